// Waiting with a limit, second way: a context with a timeout, which also tells the worker to stop.
//
// Whoever gets a context looks at goro_ctx_done from time to time, or selects on it, and returns when it is closed.
//
// expect: none
// stdout: the worker was told to stop
// stdout: the caller sees: deadline exceeded
#include <goro.h>
#include <stdio.h>

static void work(goro_ctx *ctx, chan(int) out) {
    goro_empty nothing;
    int64_t steps = 0;
    for (;;) {
        chan_select {
            chan_case_recv(goro_ctx_done(ctx), nothing) {
                printf("the worker was told to stop\n");
                chan_close(out);
                return;
            }
            chan_case_timeout(GORO_MILLISECOND) { steps++; } // stands for a step of the work
        }
    }
}

int main(void) {
    chan(int) out = chan_make(int, 0);
    goro_ctx *ctx = goro_ctx_with_timeout(goro_ctx_background(), 10 * GORO_MILLISECOND);
    go(work, ctx, out);
    int result;
    if (chan_recv_ok(out, &result))
        printf("the result is %d\n", result);
    else if (goro_ctx_err(ctx) == GORO_DEADLINE_EXCEEDED)
        printf("the caller sees: deadline exceeded\n");
    goro_ctx_cancel(ctx); // always, also when it has expired: it gives back the timer
    goro_ctx_free(ctx);
    chan_free(out);
    return 0;
}
