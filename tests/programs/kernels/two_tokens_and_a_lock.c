// Two requests share one place. The one that has it waits for a lock that its owner will open when the other has answered, which
// waits for the place.
// expect: GD003*2
#include "../live.h"

struct breaker {
    chan(goro_empty) places;
    goro_mutex gate[2];
    chan(int) answers[2];
};

static void request(struct breaker *b, int i) {
    if (i == 0) stage_await(1);           /* the second has the place */
    chan_send(b->places, (goro_empty){}); // at: GD003
    stage_done();
    goro_mutex_lock(&b->gate[i]); // at: GD003
    goro_mutex_unlock(&b->gate[i]);
    chan_recv(b->places);
    chan_send(b->answers[i], i);
}

static void own(struct breaker *b) {
    for (int i = 0; i < 2; i++) goro_mutex_lock(&b->gate[i]);
    for (int i = 0; i < 2; i++) go(request, b, i);
    for (int i = 0; i < 2; i++) {
        stage_await(1);
        goro_mutex_unlock(&b->gate[i]);
        use(chan_recv(b->answers[i])); // at: GD003
    }
}

static __attribute__((noinline)) void start(void) {
    struct breaker *b = calloc(1, sizeof *b);
    if (!b) abort();
    b->places = chan_make(goro_empty, 1);
    for (int i = 0; i < 2; i++) b->answers[i] = chan_make(int, 1);
    go(own, b);
}

int main(void) {
    live_start();
    start();
    until_told("GD003", 2) goro_sleep(GORO_SECOND / 2);
    live_stop();
    return 0;
}
