/* What the scenarios of the table share: their registration, saying what happens, and waiting for others.
 *
 * SCENARIO(primitive, name) { … } is the row "primitive | name" of table.txt. It says in words what it sees; those words, and
 * how the process ends, are the row's outcome. A scenario is a process of its own, so it gives nothing back at its end. */
#ifndef TESTS_SEMANTICS_SCENARIO_H
#define TESTS_SEMANTICS_SCENARIO_H

#include <goro.h>
#include <stdatomic.h>
#include <stdbool.h>

struct scenario {
    const char *primitive, *name; /* name NULL: every one with a dot in it */
    void (*run)(const char *name);
    struct scenario *next;
};
void scenario_add(struct scenario *s);

#define SCENARIO(primitive_, name_) SCENARIO_N_(primitive_, primitive_##_##name_, #name_)
#define SCENARIO_N_(primitive_, id, text)                                                                              \
    static void run_##id(const char *name);                                                                            \
    __attribute__((constructor)) static void add_##id(void) {                                                          \
        static struct scenario id = {.primitive = #primitive_, .name = text, .run = run_##id};                         \
        scenario_add(&id);                                                                                             \
    }                                                                                                                  \
    static void run_##id(const char *name __attribute__((unused)))

/* A word or several, and a blank. */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));
const char *truth(bool b);

/* Lets the others run for a while. What is said must be the same however far they come. */
void settle(void);
void await(atomic_bool *flag);
void set(atomic_bool *flag);

/* Who stands last in an object's queue: it changes when somebody joins. A look without the object's lock, which is nobody's
 * race: only the address counts, and only that it changes. */
__attribute__((no_sanitize_thread)) static inline const void *last_waiter(const struct goro_queue_ *q) {
    return *(void *const volatile *)&q->last;
}
/* Starts a goroutine and waits until it stands in the queue. */
#define go_and_await(queue, ...)                                                                                       \
    do {                                                                                                               \
        const void *last_ = last_waiter(queue);                                                                        \
        go(__VA_ARGS__);                                                                                               \
        while (last_waiter(queue) == last_) goro_yield();                                                              \
    } while (0)

/* The goroutines of a scenario that many of them share. */
void close_it(chan(int) c);
void send_it(chan(int) c, int v);
chan(int) closed_channel(void);
/* Sleeps until a timer that was started `ns` ago or more has fired. */
void pass(int64_t ns);

#endif
