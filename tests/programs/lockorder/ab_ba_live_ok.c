// Opposite orders in turn, and the turn is given by a channel: they cannot meet.
// expect: none
#include "../live.h"

static goro_mutex a, b;

static void take_both(goro_mutex *one, goro_mutex *other, chan(int) mine, chan(int) yours, goro_wg *wg) {
    int turn;
    chan_range(turn, mine) {
        goro_mutex_lock(one);
        goro_mutex_lock(other);
        goro_mutex_unlock(other);
        goro_mutex_unlock(one);
        if (turn == 50) break;
        chan_send(yours, turn + 1);
    }
    chan_close(yours);
    goro_wg_done(wg);
}

int main(void) {
    chan(int) x = chan_make(int, 1), y = chan_make(int, 1);
    goro_wg wg = {0};
    live_start();
    goro_wg_add(&wg, 2);
    go(take_both, &a, &b, x, y, &wg);
    go(take_both, &b, &a, y, x, &wg);
    chan_send(x, 0);
    goro_wg_wait(&wg);
    chan_free(x);
    chan_free(y);
    live_stop();
    return 0;
}
