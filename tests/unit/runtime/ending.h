/* How a program ends, and what it says: a case runs in a process of its own, the test program started again with the
 * case's name. */
#ifndef GORO_TESTS_ENDING_H
#define GORO_TESTS_ENDING_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

struct ending_case {
    const char *name;
    void (*run)(void);
};

/* For main, in the process that was started again. */
static inline int ending_run(const struct ending_case *cases, size_t n, const char *name) {
    for (size_t i = 0; i < n; i++)
        if (strcmp(name, cases[i].name) == 0) {
            cases[i].run();
            return 0;
        }
    return 1;
}

struct ending {
    int status; /* as waitpid gives it */
    char text[16384];
};

static inline struct ending run_case(const char *name) {
    extern char **environ;
    struct ending e = {0};
    int out[2];
    pid_t child;
    posix_spawn_file_actions_t actions;
    char *argv[] = {"ending", (char *)name, NULL};
    assert_int_equal(pipe(out), 0);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, out[1], 1);
    posix_spawn_file_actions_adddup2(&actions, out[1], 2);
    posix_spawn_file_actions_addclose(&actions, out[0]);
    assert_int_equal(posix_spawn(&child, "/proc/self/exe", &actions, NULL, argv, environ), 0);
    posix_spawn_file_actions_destroy(&actions);
    close(out[1]);
    size_t n = 0;
    for (ssize_t r; (r = read(out[0], e.text + n, sizeof e.text - 1 - n)) > 0; n += (size_t)r) {}
    close(out[0]);
    assert_int_equal(waitpid(child, &e.status, 0), child);
    return e;
}

/* The exit status, or 128 + the signal that it died of, as a shell says it. */
static inline int ending_status(const struct ending *e) {
    return WIFSIGNALED(e->status) ? 128 + WTERMSIG(e->status) : WEXITSTATUS(e->status);
}

static inline void expect(const struct ending *e, int status, const char *const *texts) {
    if (ending_status(e) != status) {
        print_error("%s\n", e->text);
        assert_int_equal(ending_status(e), status);
    }
    for (; *texts; texts++) {
        if (!strstr(e->text, *texts)) {
            print_error("not found: %s\nin:\n%s\n", *texts, e->text);
            fail();
        }
    }
}
#define expect_ending(name, status, ...)                                                                               \
    do {                                                                                                               \
        struct ending e_ = run_case(name);                                                                             \
        expect(&e_, status, (const char *const[]){__VA_ARGS__, NULL});                                                 \
    } while (0)

#endif
