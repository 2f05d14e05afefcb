// Who sends is started all the same, and has room for all: nobody has to drain.
// expect: none
#include "../live.h"

enum { ANSWERS = 3 };

static void ask(chan(int) answers, goro_ctx *ctx) {
    goro_empty nothing;
    int v;
    for (int i = 0; i < ANSWERS; i++) {
        chan_select {
            chan_case_recv(answers, v) use(v);
            chan_case_recv(goro_ctx_done(ctx), nothing) return;
        }
    }
}
static void answer(chan(int) answers) {
    for (int i = 0; i < ANSWERS; i++) chan_send(answers, i);
}

int main(void) {
    chan(int) answers = chan_make(int, ANSWERS);
    goro_ctx *ctx = goro_ctx_with_cancel(goro_ctx_background());
    goro_wg wg = {0};
    live_start();
    goro_ctx_cancel(ctx);
    goro_wg_go(&wg, ask, answers, ctx);
    goro_wg_go(&wg, answer, answers);
    goro_wg_wait(&wg);
    live_stop();
    chan_free(answers);
    return 0;
}
