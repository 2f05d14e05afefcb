/* Two goroutines copy to one array, by a call of the C library: of whom it is judged only that he is instrumented. */
#include <goro.h>
#include <stdlib.h>
#include <string.h>

static goro_mutex mu;
static char to[64], from[64];

static void copy(goro_wg *wg, size_t n) {
#ifdef REPAIRED
    goro_mutex_lock(&mu);
#endif
    memcpy(to, from, n);
#ifdef REPAIRED
    goro_mutex_unlock(&mu);
#endif
    goro_wg_done(wg);
}

int main(int argc, char **argv) {
    goro_wg wg = {0};
    size_t n = 40 + (size_t)argc; /* no compiler knows it */
    (void)argv, (void)mu;
    goro_wg_add(&wg, 2);
    go(copy, &wg, n);
    go(copy, &wg, n);
    goro_wg_wait(&wg);
    return to[1];
}
