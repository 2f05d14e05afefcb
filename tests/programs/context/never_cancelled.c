// A context that nobody cancels.
// expect: GX001
#include <goro.h>

int main(void) {
    goro_ctx *ctx = goro_ctx_with_cancel(goro_ctx_background()); // at: GX001
    return goro_ctx_err(ctx);
}
