// Counters in stripes, each with its own lock, summed under all of them.
// expect: none
#include "../stage.h"

enum { STRIPES = 4 };
static struct { goro_mutex mu; long count; } stripe[STRIPES];

static void count(int seed) {
    for (int i = 0; i < 100; i++) {
        int k = (seed + i) % STRIPES;
        goro_mutex_lock(&stripe[k].mu);
        stripe[k].count++;
        goro_mutex_unlock(&stripe[k].mu);
    }
}

static long sum(void) {
    long s = 0;
    for (int k = 0; k < STRIPES; k++) goro_mutex_lock(&stripe[k].mu);
    for (int k = 0; k < STRIPES; k++) s += stripe[k].count;
    for (int k = STRIPES - 1; k >= 0; k--) goro_mutex_unlock(&stripe[k].mu);
    return s;
}

static void looker(void) {
    long last = 0;
    for (int i = 0; i < 10; i++) {
        long s = sum();
        if (s < last) goro_panic("the sum fell");
        last = s;
        goro_yield();
    }
}

int main(void) {
    goro_wg wg = {0};
    for (int i = 0; i < 5; i++) goro_wg_go(&wg, count, i);
    goro_wg_go(&wg, looker);
    goro_wg_wait(&wg);
    return sum() != 500;
}
