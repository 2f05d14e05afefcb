/* Goroutines that wait for ever, or seem to. */
#include <goro.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static _Atomic uintptr_t hidden;
static chan(int) kept;

static void sender(void) {
    chan(int) c = chan_make(int, 0);
    hidden = ~(uintptr_t)c;
    chan_send(c, 1);
}

static void waits_for_kept(void) { chan_recv(kept); }

static void waits_alone(void) {
    chan(int) c = chan_make(int, 0);
    chan_recv(c);
}

/* No scan of memory finds the channel, but the program does. */
static void wakes_after_all(void) {
    go(sender);
    goro_sleep(GORO_SECOND);
    chan(int) c = (chan(int)) ~hidden;
    if (chan_recv(c) == 1) puts("received");
}

static void leaves_behind(void) {
    kept = chan_make(int, 0);
    go(waits_for_kept);
    go(waits_alone);
    for (int i = 0; i < 10; i++) goro_yield();
}

int main(int argc, char **argv) {
    if (argc > 1 && !strcmp(argv[1], "wakes")) wakes_after_all();
    else leaves_behind();
    return 0;
}
