// A state machine driven by events of many, under one lock, with callbacks made outside it.
// expect: none
#include "../stage.h"

static goro_mutex mu;
static enum { IDLE, RUNNING, DONE } state;
static int events, callbacks[40];

static void event(int i) {
    int ticket = -1;
    goro_mutex_lock(&mu);
    if (state == IDLE) state = RUNNING;
    if (state == RUNNING) ticket = events++;
    if (events == 40) state = DONE;
    goro_mutex_unlock(&mu);
    if (ticket >= 0) callbacks[ticket] = i + 1; // nobody else has this ticket
}

int main(void) {
    goro_wg wg = {0};
    for (int i = 0; i < 50; i++) goro_wg_go(&wg, event, i);
    goro_wg_wait(&wg);
    for (int i = 0; i < 40; i++)
        if (!callbacks[i]) return 1;
    return state != DONE;
}
