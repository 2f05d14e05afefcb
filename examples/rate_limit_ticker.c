// A ticker as a rate limit: one request per tick, however fast they come.
//
// expect: none
// stdout: request 1
// stdout: request 2
// stdout: request 3
// stdout: request 4
// stdout: not faster than one per tick
#include <goro.h>
#include <stdio.h>

int main(void) {
    const int64_t tick = 10 * GORO_MILLISECOND;
    chan(int) requests = chan_make(int, 4);
    for (int i = 1; i <= 4; i++) chan_send(requests, i);
    chan_close(requests);

    int64_t start = goro_now();
    goro_ticker limiter = {0};
    goro_ticker_start(&limiter, tick);
    int request;
    chan_range(request, requests) {
        chan_recv(goro_ticker_chan(&limiter));
        printf("request %d\n", request);
    }
    goro_ticker_stop(&limiter);
    // Four ticks are at least three whole intervals: a tick that nobody took in time is kept, one of them.
    if (goro_now() - start >= 3 * tick) printf("not faster than one per tick\n");
    chan_free(requests);
    return 0;
}
