// A tree of contexts, of which only a leaf is cancelled; a deadline far away; a timer with a function: all left behind.
// expect: GX001*4
#include <goro.h>
#include <stdlib.h>

static void never(void *unused) {
    (void)unused;
    abort();
}

int main(void) {
    static goro_timer late;
    goro_ctx *root = goro_ctx_with_cancel(goro_ctx_background()); // at: GX001
    goro_ctx *middle = goro_ctx_with_timeout(root, GORO_HOUR);    // at: GX001
    goro_ctx *leaf = goro_ctx_with_cancel(middle);
    goro_ctx *late_one = goro_ctx_with_deadline(goro_ctx_background(), goro_now() + GORO_HOUR); // at: GX001
    goro_after_func(&late, GORO_HOUR, never, NULL);                                             // at: GX001
    goro_ctx_cancel(leaf);
    return goro_ctx_err(late_one);
}
