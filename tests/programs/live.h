/* A program that is not quiet: a goroutine that hears a ticker, and one that waits for a pipe. They hide a deadlock of
 * the others from whoever only asks whether all are asleep. Both end when live_stop is called. */
#ifndef TESTS_PROGRAMS_LIVE_H
#define TESTS_PROGRAMS_LIVE_H

#include "stage.h"
#include "told.h"

#include <stdlib.h>
#include <unistd.h>

static struct {
    chan(goro_empty) stop;
    int pipe[2];
    goro_wg wg;
} live;

static void live_tick(void) {
    goro_ticker t = {0};
    int64_t now;
    goro_empty nothing;
    bool over = false;
    goro_ticker_start(&t, GORO_MILLISECOND);
    while (!over) {
        chan_select {
            chan_case_recv(goro_ticker_chan(&t), now) use(now);
            chan_case_recv(live.stop, nothing) over = true;
        }
    }
    goro_ticker_stop(&t);
}

static void live_read(void) {
    char byte;
    if (goro_read(live.pipe[0], &byte, 1) != 1) abort();
}

static inline void live_start(void) {
    live.stop = chan_make(goro_empty, 0);
    if (pipe(live.pipe)) abort();
    goro_wg_go(&live.wg, live_tick);
    goro_wg_go(&live.wg, live_read);
}

static inline void live_stop(void) {
    chan_close(live.stop);
    if (goro_write(live.pipe[1], "x", 1) != 1) abort();
    goro_wg_wait(&live.wg);
    close(live.pipe[0]);
    close(live.pipe[1]);
    chan_free(live.stop);
}

#endif
