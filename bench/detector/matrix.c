/* Matrix multiplication in tiles, rows shared out among the threads. */
#include "kernel.h"

enum { N = 320, TILE = 32 };
static double a[N][N], b[N][N], c[N][N];

static void *multiply(void *arg) {
    long me = (long)arg;
    for (long i0 = me * TILE; i0 < N; i0 += THREADS * TILE)
        for (long k0 = 0; k0 < N; k0 += TILE)
            for (long j0 = 0; j0 < N; j0 += TILE)
                for (long i = i0; i < i0 + TILE; i++)
                    for (long k = k0; k < k0 + TILE; k++) {
                        double x = a[i][k];
                        for (long j = j0; j < j0 + TILE; j++) c[i][j] += x * b[k][j];
                    }
    return NULL;
}

int main(void) {
    uint64_t state = 3, sum = 0;
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++) {
            a[i][j] = (double)(next_random(&state) >> 54);
            b[i][j] = (double)(next_random(&state) >> 54);
        }
    run_threads(THREADS, multiply);
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++) sum = checksum_add(sum, (uint64_t)c[i][j]);
    kernel_report("matrix", sum);
    return 0;
}
