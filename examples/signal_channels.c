// Channels that carry no value, only the news that something has happened.
//
// goro_empty takes no room. A send tells one goroutine; a close tells everybody who waits now or later, which makes it the
// starting pistol of a race (of the sporting kind).
//
// expect: none
// stdout: three runners are ready
// stdout: three runners have finished
#include <goro.h>
#include <stdio.h>

enum { RUNNERS = 3 };

static void run(chan(goro_empty) ready, chan(goro_empty) start, chan(goro_empty) finished) {
    goro_empty nothing;
    chan_send(ready, (goro_empty){});
    (void)chan_recv_ok(start, &nothing); // returns false, for a closed channel has no values
    chan_send(finished, (goro_empty){});
}

int main(void) {
    chan(goro_empty) ready = chan_make(goro_empty, 0);
    chan(goro_empty) start = chan_make(goro_empty, 0);
    chan(goro_empty) finished = chan_make(goro_empty, RUNNERS);
    goro_wg wg = {0};

    for (int i = 0; i < RUNNERS; i++) goro_wg_go(&wg, run, ready, start, finished);
    for (int i = 0; i < RUNNERS; i++) chan_recv(ready);
    printf("three runners are ready\n");
    chan_close(start);
    for (int i = 0; i < RUNNERS; i++) chan_recv(finished);
    printf("three runners have finished\n");
    goro_wg_wait(&wg);
    chan_free(ready);
    chan_free(start);
    chan_free(finished);
    return 0;
}
