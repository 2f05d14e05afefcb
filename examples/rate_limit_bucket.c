// A buffered channel as a rate limit that allows bursts: a bucket of tokens.
//
// The bucket holds three tokens and begins full. A request takes a token; without one it waits. A goroutine puts a token
// back at every tick, unless the bucket is full. So three requests pass at once, the others one per tick.
//
// expect: none
// stdout: request 1 passed at once
// stdout: request 2 passed at once
// stdout: request 3 passed at once
// stdout: request 4 had to wait
// stdout: request 5 had to wait
#include <goro.h>
#include <stdio.h>

enum { BURST = 3, REQUESTS = 5 };

static void refill(chan(goro_empty) bucket, goro_ticker *ticker, chan(goro_empty) stop) {
    int64_t when = 0;
    goro_empty nothing;
    for (;;) {
        chan_select {
            chan_case_recv(goro_ticker_chan(ticker), when) { (void)chan_try_send(bucket, (goro_empty){}); }
            chan_case_recv(stop, nothing) { return; }
        }
    }
}

int main(void) {
    chan(goro_empty) bucket = chan_make(goro_empty, BURST);
    chan(goro_empty) stop = chan_make(goro_empty, 0);
    goro_ticker ticker = {0};
    goro_wg wg = {0};
    goro_empty token;

    for (int i = 0; i < BURST; i++) chan_send(bucket, (goro_empty){});
    for (int request = 1; request <= REQUESTS; request++) {
        if (request == BURST + 1) { // not before, so that the output is the same on a slow machine
            goro_ticker_start(&ticker, 10 * GORO_MILLISECOND);
            goro_wg_go(&wg, refill, bucket, &ticker, stop);
        }
        if (request <= BURST && chan_try_recv(bucket, &token)) {
            printf("request %d passed at once\n", request);
        } else {
            chan_recv(bucket);
            printf("request %d had to wait\n", request);
        }
    }
    chan_close(stop);
    goro_wg_wait(&wg);
    goro_ticker_stop(&ticker);
    chan_free(bucket);
    chan_free(stop);
    return 0;
}
