// 300 goroutines under one mutex, and one without it.
// expect: GR001
#include "../stage.h"

static int x;
static goro_mutex mu;

static void count(void) {
    goro_mutex_lock(&mu);
    x++; // race: first
    goro_mutex_unlock(&mu);
}

static void stray(void) {
    x++; // race: second
}

int main(void) {
    goro_wg wg = {0};
    for (int i = 0; i < 300; i++) {
        goro_wg_go(&wg, count);
        if (i == 150) goro_wg_go(&wg, stray);
    }
    goro_wg_wait(&wg);
    return 0;
}
