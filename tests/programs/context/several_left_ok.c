// The same, with the root cancelled, the deadline's context freed, and the timer stopped.
// expect: none
#include <goro.h>
#include <stdlib.h>

static void never(void *unused) {
    (void)unused;
    abort();
}

int main(void) {
    static goro_timer late;
    goro_ctx *root = goro_ctx_with_cancel(goro_ctx_background());
    goro_ctx *middle = goro_ctx_with_timeout(root, GORO_HOUR);
    goro_ctx *leaf = goro_ctx_with_cancel(middle);
    goro_ctx *late_one = goro_ctx_with_deadline(goro_ctx_background(), goro_now() + GORO_HOUR);
    goro_after_func(&late, GORO_HOUR, never, NULL);
    goro_ctx_cancel(leaf);
    goro_ctx_cancel(root);
    goro_ctx_free(late_one);
    return !goro_timer_stop(&late);
}
