/* Finds the holders of a socket in /proc.
 *
 * A child that was forked a moment before its parent ended has not said anything yet; the end of the stream does not
 * come either while a daemon keeps its copy. So the processes are looked at: a child runs the same program as a
 * process that has said hello.
 *
 * Not done: a subreaper, which would know all descendants, but changes what programs see as their parent. */
#include "reports/holders.h"

#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The target of /proc/PID/name; false for what cannot be read, and for zombies. */
static bool read_link(const char *pid, const char *name, char *target, size_t size) {
    char path[512];
    ssize_t n;

    snprintf(path, sizeof path, "/proc/%s/%s", pid, name);
    n = readlink(path, target, size - 1);
    target[n > 0 ? n : 0] = 0;
    return n > 0;
}

static bool holds_socket(const char *pid, const char *wanted) {
    char path[64], target[64];
    struct dirent *entry;
    bool found = false;
    DIR *d;

    snprintf(path, sizeof path, "/proc/%.20s/fd", pid);
    d = opendir(path);
    while (d && !found && (entry = readdir(d))) {
        snprintf(path, sizeof path, "fd/%.20s", entry->d_name);
        found = read_link(pid, path, target, sizeof target) && !strcmp(target, wanted);
    }
    if (d) closedir(d);
    return found;
}

static const struct process *find_sender(const struct wire_input *in, uint32_t pid) {
    for (const struct process *p = in->newest; p; p = p->older)
        if (p->pid == pid) return p;
    return NULL;
}

static bool is_known_program(const struct wire_input *in, const char *path) {
    for (const struct process *p = in->newest; p; p = p->older)
        if (p->program && !strcmp(p->program, path)) return true;
    return false;
}

struct holders holders_count(const struct wire_input *in, uint64_t inode) {
    struct holders h = {0};
    char socket[64], program[4096];
    struct dirent *entry;
    DIR *d = opendir("/proc");

    snprintf(socket, sizeof socket, "socket:[%llu]", (unsigned long long)inode);
    while (d && (entry = readdir(d))) {
        const char *pid = entry->d_name;
        const struct process *p;
        if (!isdigit((unsigned char)*pid) || !read_link(pid, "exe", program, sizeof program)) continue;
        p = find_sender(in, (uint32_t)strtoul(pid, NULL, 10));
        if ((p && p->goodbye) || !holds_socket(pid, socket)) continue;
        if ((p && p->hello) || is_known_program(in, program))
            h.senders++;
        else
            h.strangers++;
    }
    if (d) closedir(d);
    return h;
}
