/* For programs that go on, or are asleep, until goro-race has told of them. How long that takes is the machine's affair: the
 * looks for the lost are so far apart that they cost one part in a hundred of the time, a thread comes to its lock when the
 * kernel lets it.
 *
 *     until_told("GD003", 1) goro_sleep(GORO_SECOND / 2);
 *
 * sleeps once, and again as long as fewer findings of that code stand on our standard error, which is goro-race's too. It is
 * read where it is a file; who has it on a terminal or in a pipe, or has no race detection, sleeps once. */
#ifndef TESTS_PROGRAMS_TOLD_H
#define TESTS_PROGRAMS_TOLD_H

#include <fcntl.h>
#include <goro.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A finding begins a line with its code. Allocates nothing: some programs are about what was allocated last. */
static inline bool told(const char *code, int n) {
    char text[16384] = "\n";
    struct stat s;
    int file = goro_race_enabled() && fstat(2, &s) == 0 && S_ISREG(s.st_mode) ? open("/proc/self/fd/2", O_RDONLY) : -1;
    if (file < 0) return true;
    ssize_t length = read(file, text + 1, sizeof text - 2);
    close(file);
    text[length < 0 ? 0 : length + 1] = 0;
    for (const char *line = text; n > 0 && (line = strchr(line, '\n')); line++)
        n -= strncmp(line + 1, code, strlen(code)) == 0;
    return n <= 0;
}

#define until_told(code, n)                                                                                            \
    for (int told_rounds = 0; told_rounds == 0 || (told_rounds < 20 && !told(code, n)); told_rounds++)

#endif
