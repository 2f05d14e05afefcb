// 300 goroutines contend for one mutex, with a yield inside.
// expect: none
#include "../stage.h"

static int x;
static goro_mutex mu;

static void count(void) {
    for (int i = 0; i < 5; i++) {
        goro_mutex_lock(&mu);
        int seen = x;
        goro_yield();
        x = seen + 1;
        goro_mutex_unlock(&mu);
    }
}

int main(void) {
    goro_wg wg = {0};
    for (int i = 0; i < 300; i++) goro_wg_go(&wg, count);
    goro_wg_wait(&wg);
    return x != 1500;
}
