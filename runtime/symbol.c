/* Reads the tables as the ELF specification (System V ABI, "Symbol Table") gives them. The file may be another one by now, or
 * cut short: nothing is read past its end, and what does not fit is taken for "no name". Memory is mapped behind the back
 * of a detector, whose locks the thread may hold.
 *
 * Threads: any; nothing is kept from one call to the next. */
#include "runtime/symbol.h"

#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

struct module {
    uintptr_t pc, base;
    const char *path; /* "" of the program itself */
    bool found;
};

static int contains(struct dl_phdr_info *info, size_t size, void *arg) {
    struct module *m = arg;
    (void)size;
    for (unsigned i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *p = &info->dlpi_phdr[i];
        uintptr_t low = info->dlpi_addr + p->p_vaddr;
        if (p->p_type != PT_LOAD || m->pc < low || m->pc - low >= p->p_memsz) continue;
        m->base = info->dlpi_addr;
        m->path = info->dlpi_name ? info->dlpi_name : "";
        m->found = true;
        return 1;
    }
    return 0;
}

/* A whole file in memory. */
struct image {
    const char *bytes;
    size_t size;
};

static bool image_open(struct image *f, const char *path) {
    struct stat st;
    int fd = open(*path ? path : "/proc/self/exe", O_RDONLY | O_CLOEXEC);
    if (fd < 0) return false;
    *f = (struct image){0};
    if (fstat(fd, &st) == 0 && st.st_size > 0) {
        long at = syscall(SYS_mmap, NULL, st.st_size, (long)PROT_READ, (long)MAP_PRIVATE, (long)fd, 0L);
        if (at != -1) *f = (struct image){(const char *)at, (size_t)st.st_size};
    }
    close(fd);
    return f->bytes != NULL;
}

/* n things of `each` bytes at `offset`; NULL: they do not lie within the file. */
static const void *image_at(const struct image *f, uint64_t offset, uint64_t n, uint64_t each) {
    if (offset > f->size || n > (f->size - offset) / each || offset % 8 != 0) return NULL;
    return f->bytes + offset;
}

static const ElfW(Shdr) * find_section(const struct image *f, uint32_t type, const ElfW(Shdr) * *strings) {
    const ElfW(Ehdr) *head = image_at(f, 0, 1, sizeof *head);
    if (!head || memcmp(head->e_ident, ELFMAG, SELFMAG) != 0 || head->e_shentsize != sizeof(ElfW(Shdr))) return NULL;
    const ElfW(Shdr) *all = image_at(f, head->e_shoff, head->e_shnum, sizeof *all);
    for (unsigned i = 0; all && i < head->e_shnum; i++) {
        if (all[i].sh_type != type || all[i].sh_link >= head->e_shnum) continue;
        *strings = &all[all[i].sh_link];
        return &all[i];
    }
    return NULL;
}

/* The function that contains `at`; of several the one that begins last. One of size 0, from assembly, reaches to the next. */
static bool search(const struct image *f, uint32_t type, uintptr_t at, char *name, size_t size, size_t *offset) {
    const ElfW(Shdr) * names, *table = find_section(f, type, &names);
    if (!table) return false;
    size_t n = table->sh_size / sizeof(ElfW(Sym));
    const ElfW(Sym) *symbols = image_at(f, table->sh_offset, n, sizeof *symbols), *best = NULL;
    if (names->sh_offset > f->size || names->sh_size > f->size - names->sh_offset) return false;
    for (size_t i = 0; symbols && i < n; i++) {
        const ElfW(Sym) *s = &symbols[i];
        unsigned kind = ELF64_ST_TYPE(s->st_info);
        if ((kind != STT_FUNC && kind != STT_GNU_IFUNC) || s->st_shndx == SHN_UNDEF || s->st_value > at) continue;
        if (s->st_size ? at - s->st_value >= s->st_size : best && best->st_size) continue;
        if (!best || s->st_value > best->st_value || !best->st_size) best = s;
    }
    if (!best || best->st_name >= names->sh_size) return false;
    const char *text = f->bytes + names->sh_offset + best->st_name;
    size_t length = strnlen(text, names->sh_size - best->st_name);
    if (length >= size) length = size - 1;
    memcpy(name, text, length);
    name[length] = 0;
    *offset = at - best->st_value;
    return true;
}

bool symbol_name(uintptr_t pc, char *name, size_t size, size_t *offset) {
    struct module m = {.pc = pc};
    struct image f;
    dl_iterate_phdr(contains, &m);
    if (!m.found || !image_open(&f, m.path)) return false;
    bool known = search(&f, SHT_SYMTAB, pc - m.base, name, size, offset) ||
                 search(&f, SHT_DYNSYM, pc - m.base, name, size, offset);
    syscall(SYS_munmap, f.bytes, f.size);
    return known;
}
