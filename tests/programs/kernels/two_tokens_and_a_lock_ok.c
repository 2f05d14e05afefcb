// All locks are opened before any answer is waited for.
// expect: none
#include "../live.h"

struct breaker {
    chan(goro_empty) places;
    goro_mutex gate[2];
    chan(int) answers[2];
};

static void request(struct breaker *b, int i) {
    if (i == 0) stage_await(1);
    chan_send(b->places, (goro_empty){});
    stage_done();
    goro_mutex_lock(&b->gate[i]);
    goro_mutex_unlock(&b->gate[i]);
    chan_recv(b->places);
    chan_send(b->answers[i], i);
}

int main(void) {
    struct breaker b = {.places = chan_make(goro_empty, 1)};
    live_start();
    for (int i = 0; i < 2; i++) b.answers[i] = chan_make(int, 1);
    for (int i = 0; i < 2; i++) goro_mutex_lock(&b.gate[i]);
    for (int i = 0; i < 2; i++) go(request, &b, i);
    stage_await(1);
    for (int i = 0; i < 2; i++) goro_mutex_unlock(&b.gate[i]);
    for (int i = 0; i < 2; i++) use(chan_recv(b.answers[i]));
    live_stop();
    return 0;
}
