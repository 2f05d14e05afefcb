/* What a stand-in for an instrumented program needs: it sends records about itself, with its own real stacks.
 *
 * Used by programs that the tests compile in many ways (compiler, -O, DWARF version, stripped, ...). */
#ifndef GORO_TEST_SENDER_H
#define GORO_TEST_SENDER_H

#include "detector/finding.h"
#include "detector/wire.h"

#include <elf.h>
#include <execinfo.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static uint8_t sender_record[sizeof(struct wire_header) + WIRE_PAYLOAD_MAX];
static uint32_t sender_sequence;

static inline int sender_fd(void) {
    const char *fd = getenv("GORO_RACE_FD");

    return fd ? atoi(fd) : -1;
}
/* A socket, or a file. */
static inline void sender_put(size_t n) {
    if (n && send(sender_fd(), sender_record, n, MSG_NOSIGNAL) < 0 &&
        write(sender_fd(), sender_record, n) < 0)
        perror("sender");
    sender_sequence++;
}
static inline void sender_end(struct wire_writer *w) {
    sender_put(wire_end(w, (uint32_t)getpid(), sender_sequence));
}

static inline const uint8_t *sender_build_id(struct dl_phdr_info *info, size_t *length) {
    for (unsigned i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *p = &info->dlpi_phdr[i];
        const char *at = (const char *)(info->dlpi_addr + p->p_vaddr), *end = at + p->p_memsz;
        if (p->p_type != PT_NOTE) continue;
        while (at + sizeof(ElfW(Nhdr)) <= end) {
            const ElfW(Nhdr) *note = (const void *)at;
            const char *name = at + sizeof *note, *data = name + ((note->n_namesz + 3) & ~3u);
            if (note->n_type == NT_GNU_BUILD_ID && note->n_namesz == 4) {
                *length = note->n_descsz;
                return (const uint8_t *)data;
            }
            at = data + ((note->n_descsz + 3) & ~3u);
        }
    }
    *length = 0;
    return NULL;
}

static inline int sender_module(struct dl_phdr_info *info, size_t size, void *arg) {
    char self[4096];
    uint64_t low = UINT64_MAX, high = 0;
    size_t length;
    const uint8_t *id = sender_build_id(info, &length);
    const char *path = info->dlpi_name;
    struct wire_writer w;

    (void)size, (void)arg;
    if (!*path) {
        ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
        self[n > 0 ? n : 0] = 0;
        path = self;
    }
    for (unsigned i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *p = &info->dlpi_phdr[i];
        if (p->p_type != PT_LOAD) continue;
        if (info->dlpi_addr + p->p_vaddr < low) low = info->dlpi_addr + p->p_vaddr;
        if (info->dlpi_addr + p->p_vaddr + p->p_memsz > high)
            high = info->dlpi_addr + p->p_vaddr + p->p_memsz;
    }
    wire_begin(&w, sender_record, sizeof sender_record, WIRE_MODULE);
    wire_string(&w, WIRE_PATH, path);
    wire_number(&w, WIRE_BIAS, info->dlpi_addr);
    wire_number(&w, WIRE_LOW, low);
    wire_number(&w, WIRE_HIGH, high);
    if (id) wire_bytes(&w, WIRE_BUILD_ID, id, length);
    sender_end(&w);
    return 0;
}

static inline void sender_hello(void) {
    struct wire_writer w;
    char self[4096];
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);

    self[n > 0 ? n : 0] = 0;
    sender_sequence = 0;
    wire_begin(&w, sender_record, sizeof sender_record, WIRE_HELLO);
    wire_string(&w, WIRE_PROGRAM, self);
    wire_number(&w, WIRE_PARENT_PID, (uint64_t)getppid());
    wire_number(&w, WIRE_SEED, 17);
    wire_number(&w, WIRE_INSTRUMENTED, 1);
    sender_end(&w);
    dl_iterate_phdr(sender_module, NULL);
}

static inline void sender_goodbye(uint64_t tasks) {
    struct wire_writer w;

    wire_begin(&w, sender_record, sizeof sender_record, WIRE_GOODBYE);
    wire_number(&w, WIRE_TASKS_EVER, tasks);
    sender_end(&w);
}

static inline void sender_finding(const struct finding *f) {
    sender_put(wire_finding(sender_record, sizeof sender_record, WIRE_FINDING, f, (uint32_t)getpid(), sender_sequence));
}

struct sender_stack {
    void *frames[64];
    int count;
};
/* The caller's stack; its first frame is the call of this. */
__attribute__((noinline)) static void sender_capture(struct sender_stack *s) {
    void *all[65];
    int n = backtrace(all, 65);

    s->count = n > 0 ? n - 1 : 0;
    memcpy(s->frames, all + 1, (size_t)s->count * sizeof *all);
}
static inline struct finding_stack sender_frames(const struct sender_stack *s) {
    return (struct finding_stack){.count = (uint32_t)s->count, .frames = (const uintptr_t *)s->frames};
}

#endif
