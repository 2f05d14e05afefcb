// Workers that run until a quit channel is closed, joined before the end.
// expect: none
#include "../stage.h"

static chan(goro_empty) quit;
static long work[4];

static void worker(int me) {
    goro_empty none;
    for (bool on = true; on;) {
        chan_select {
            chan_case_recv(quit, none) { on = false; }
            chan_default {
                work[me]++;
                goro_yield();
            }
        }
    }
    (void)none;
}

int main(void) {
    goro_wg wg = {0};
    quit = chan_make(goro_empty, 0);
    for (int i = 0; i < 4; i++) goro_wg_go(&wg, worker, i);
    stage_pause();
    chan_close(quit);
    goro_wg_wait(&wg);
    long sum = 0;
    for (int i = 0; i < 4; i++) sum += work[i];
    chan_free(quit);
    return sum < 0;
}
