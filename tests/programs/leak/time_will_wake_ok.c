// Goroutines that sleep, hear a timer, wait with a timeout or for a pipe when main returns: time or somebody outside
// wakes them.
// expect: GX001
#include "../stage.h"

#include <unistd.h>

static int ends[2];
static goro_timer hour;

static void sleeper(void) { goro_sleep(GORO_HOUR); }
static void hearer(void) {
    goro_timer_start(&hour, GORO_HOUR); // at: GX001
    chan_recv(goro_timer_chan(&hour));
}
static void with_timeout(chan(int) c) {
    int v = 0;
    chan_select {
        chan_case_recv(c, v) use(v);
        chan_case_timeout(GORO_HOUR) {}
    }
}
static void reader(void) {
    char byte;
    goro_read(ends[0], &byte, 1);
}

int main(void) {
    chan(int) c = chan_make(int, 0);
    if (pipe(ends)) return 1;
    go(sleeper);
    go(hearer);
    go(with_timeout, c);
    go(reader);
    goro_sleep(10 * GORO_MILLISECOND);
    return 0;
}
