// Main itself is among those who wait in vain, for a WaitGroup in its own frame, while another goroutine works on. The C library
// has pointers into main's stack all the time (the environment, where a thread's end jumps to): they reach nothing of main's.
// expect: GD003*1
#include "../live.h"

static void scale(chan(int) in, chan(int) out, goro_wg *wg) {
    int v;
    chan_range(v, in) chan_send(out, v / 2); // at: GD003
    goro_wg_done(wg);
}

static void end_when_told(void) {
    until_told("GD003", 1) goro_sleep(GORO_SECOND / 2);
    exit(0);
}

int main(void) {
    chan(int) in = chan_make(int, 4), out = chan_make(int, 0);
    goro_wg wg = {0};
    go(end_when_told);
    goro_wg_add(&wg, 3);
    for (int i = 0; i < 3; i++) go(scale, in, out, &wg);
    for (int i = 0; i < 4; i++) chan_send(in, i);
    chan_close(in);
    goro_wg_wait(&wg); // nobody receives from out before
    return 0;
}
