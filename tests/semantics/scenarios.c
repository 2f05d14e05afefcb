/* scenarios PRIMITIVE NAME: runs one scenario of the table. `scenarios` alone lists them. */
#include "scenario.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static struct scenario *all;

void scenario_add(struct scenario *s) {
    s->next = all;
    all = s;
}

void say(const char *format, ...) {
    va_list ap;
    va_start(ap, format);
    vprintf(format, ap);
    va_end(ap);
    putchar(' ');
}

const char *truth(bool b) { return b ? "true" : "false"; }

void settle(void) {
    for (int i = 0; i < 200; i++) goro_yield();
}

void await(atomic_bool *flag) {
    while (!atomic_load(flag)) goro_yield();
}
void set(atomic_bool *flag) { atomic_store(flag, true); }

void close_it(chan(int) c) { chan_close(c); }
void send_it(chan(int) c, int v) { chan_send(c, v); }

chan(int) closed_channel(void) {
    chan(int) c = chan_make(int, 0);
    chan_close(c);
    return c;
}

void pass(int64_t ns) {
    goro_sleep(ns > 0 ? ns : 1);
    goro_sleep(GORO_MILLISECOND); /* its alarm is due after any that was due before */
}

static bool is_meant(const struct scenario *s, const char *primitive, const char *name) {
    if (strcmp(s->primitive, primitive) != 0) return false;
    return s->name ? strcmp(s->name, name) == 0 : strchr(name, '.') != NULL;
}

int main(int argc, char **argv) {
    for (struct scenario *s = all; s; s = s->next) {
        if (argc < 3) {
            printf("%s %s\n", s->primitive, s->name ? s->name : "STATE.OPERATION");
        } else if (is_meant(s, argv[1], argv[2])) {
            s->run(argv[2]);
            return 0;
        }
    }
    if (argc < 3) return 0;
    fprintf(stderr, "no such scenario: %s %s\n", argv[1], argv[2]);
    return 99;
}
