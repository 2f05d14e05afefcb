// With --virtual-time sleeping takes no time, and the program's clock goes on all the same: every timer in its turn.
// expect: none
// mode: race
// options: --virtual-time
// stdout: second after 30 minutes
// stdout: ticks 4
// stdout: first after 60 minutes
// stdout: timed out after 1440 minutes
#include <goro.h>
#include <stdio.h>

static int64_t start;

static int minutes(void) { return (int)((goro_now() - start) / GORO_MINUTE); }

static void sleeper(const char *name, int64_t ns, goro_wg *wg) {
    goro_sleep(ns);
    printf("%s after %d minutes\n", name, minutes());
    goro_wg_done(wg);
}

static void count_ticks(goro_wg *wg) {
    goro_ticker ticker = {0};
    goro_ticker_start(&ticker, 10 * GORO_MINUTE);
    for (int i = 0; i < 4; i++) chan_recv(goro_ticker_chan(&ticker));
    goro_ticker_stop(&ticker);
    printf("ticks 4\n");
    goro_wg_done(wg);
}

int main(void) {
    goro_wg wg = {0};
    chan(int) never = chan_make(int, 0);
    int v;
    start = goro_now();
    goro_wg_add(&wg, 3);
    go(sleeper, "first", GORO_HOUR, &wg);
    go(sleeper, "second", GORO_HOUR / 2, &wg);
    go(count_ticks, &wg);
    goro_wg_wait(&wg);
    chan_select {
        chan_case_recv(never, v) {}
        chan_case_timeout(23 * GORO_HOUR) { printf("timed out after %d minutes\n", minutes()); }
    }
    chan_free(never);
    return 0;
}
