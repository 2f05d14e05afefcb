// Many readers at once that only read.
// expect: none
#include "../stage.h"

static int table[100];
static goro_rwmutex mu;

static void reader(void) {
    goro_rwmutex_rlock(&mu);
    int sum = 0;
    for (int i = 0; i < 100; i++) sum += table[i];
    goro_yield();
    for (int i = 0; i < 100; i++) sum -= table[i];
    goro_rwmutex_runlock(&mu);
    if (sum) goro_panic("the table changed under a read lock");
}

static void writer(void) {
    goro_rwmutex_lock(&mu);
    for (int i = 0; i < 100; i++) table[i]++;
    goro_rwmutex_unlock(&mu);
}

int main(void) {
    goro_wg wg = {0};
    for (int i = 0; i < 20; i++) goro_wg_go(&wg, i % 5 ? reader : writer);
    goro_wg_wait(&wg);
    return 0;
}
