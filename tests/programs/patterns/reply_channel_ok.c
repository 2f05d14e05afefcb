// A request carries the channel for its answer; the asker frees it.
// expect: none
#include "../stage.h"

struct request { int n; chan(int) reply; };

static void serve(chan_rx(struct request) requests) {
    struct request r;
    chan_range(r, requests) chan_send(r.reply, r.n * 2);
}

static void ask(chan_tx(struct request) requests, int n) {
    struct request r = {n, chan_make(int, 1)};
    chan_send(requests, r);
    if (chan_recv(r.reply) != 2 * n) goro_panic("wrong answer");
    chan_free(r.reply);
}

int main(void) {
    chan(struct request) requests = chan_make(struct request, 0);
    goro_wg wg = {0}, server = {0};
    goro_wg_go(&server, serve, chan_as_rx(requests));
    for (int i = 0; i < 20; i++) goro_wg_go(&wg, ask, chan_as_tx(requests), i);
    goro_wg_wait(&wg);
    chan_close(requests);
    goro_wg_wait(&server);
    chan_free(requests);
    return 0;
}
