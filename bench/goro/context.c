/* A context with a timeout, made and cancelled. */
#include "bench.h"

int main(int argc, char **argv) {
    long n = bench_count(argc, argv, 500000);
    goro_ctx *root = goro_ctx_with_cancel(goro_ctx_background());
    int64_t start = bench_now();
    for (long i = 0; i < n; i++) {
        goro_ctx *ctx = goro_ctx_with_timeout(root, GORO_HOUR);
        goro_ctx_cancel(ctx);
        goro_ctx_free(ctx);
    }
    bench_report("context_timeout", bench_now() - start, n);
    goro_ctx_cancel(root);
    goro_ctx_free(root);
    return 0;
}
