// Whoever is cancelled leaves the rest of its answers to a helper, while the one who would send them has heard the cancel, too.
// expect: GD003*1
#include "../live.h"

enum { ANSWERS = 3 };
struct question {
    chan(int) answers[ANSWERS];
    goro_ctx *ctx;
};

static void drain(struct question *q) {
    for (int i = 0; i < ANSWERS; i++) use(chan_recv(q->answers[i])); // at: GD003
}

static void ask(struct question *q) {
    goro_empty nothing;
    int v;
    for (int i = 0; i < ANSWERS; i++) {
        chan_select {
            chan_case_recv(q->answers[i], v) use(v);
            chan_case_recv(goro_ctx_done(q->ctx), nothing) {
                go(drain, q);
                return;
            }
        }
    }
}

static void answer(struct question *q) {
    goro_empty nothing;
    for (int i = 0; i < ANSWERS; i++) {
        chan_select {
            chan_case_send(q->answers[i], i) use(i);
            chan_case_recv(goro_ctx_done(q->ctx), nothing) return;
        }
    }
}

static __attribute__((noinline)) void start(void) {
    struct question *q = calloc(1, sizeof *q);
    goro_wg wg = {0};
    if (!q) abort();
    for (int i = 0; i < ANSWERS; i++) q->answers[i] = chan_make(int, 0);
    q->ctx = goro_ctx_with_cancel(goro_ctx_background());
    goro_ctx_cancel(q->ctx);
    goro_wg_go(&wg, ask, q); /* nobody sends yet: it hears the cancel */
    goro_wg_wait(&wg);
    goro_wg_go(&wg, answer, q);
    goro_wg_wait(&wg);
}

int main(void) {
    live_start();
    go(start); /* on a stack of its own, which ends: nothing is left of q in main's */
    until_told("GD003", 1) goro_sleep(GORO_SECOND / 2);
    live_stop();
    return 0;
}
