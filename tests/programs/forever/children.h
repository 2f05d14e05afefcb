/* The children of this process, also those that no wait() sees. */
#ifndef TESTS_PROGRAMS_CHILDREN_H
#define TESTS_PROGRAMS_CHILDREN_H

#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Does the kernel show them? */
static inline bool children_shown(void) { return access("/proc/thread-self/children", R_OK) == 0; }

/* Calls visit with the number of each child that has this name; how many there are. */
static inline int children_named(const char *name, void (*visit)(int pid)) {
    char path[300], text[64];
    int found = 0;
    DIR *threads = opendir("/proc/self/task");
    for (struct dirent *e; threads && (e = readdir(threads));) {
        snprintf(path, sizeof path, "/proc/self/task/%s/children", e->d_name);
        FILE *f = fopen(path, "r");
        for (int pid; f && fscanf(f, "%d", &pid) == 1;) {
            snprintf(path, sizeof path, "/proc/%d/comm", pid);
            int fd = open(path, O_RDONLY);
            ssize_t n = fd < 0 ? 0 : read(fd, text, sizeof text - 1);
            if (fd >= 0) close(fd);
            if (n <= 0 || strncmp(text, name, (size_t)n - 1) != 0 || strlen(name) != (size_t)n - 1) continue;
            found++;
            if (visit) visit(pid);
        }
        if (f) fclose(f);
    }
    if (threads) closedir(threads);
    return found;
}

#endif
