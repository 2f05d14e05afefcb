// A reader locks for reading again while a writer has come in between: both wait for ever.
// finds: GM002
#include <goro.h>

static goro_rwmutex mu;
static int cells[2] = {1, 2};

static int cell(int i) {
    goro_rwmutex_rlock(&mu);
    int v = cells[i];
    goro_rwmutex_runlock(&mu);
    return v;
}

static void sum(goro_wg *wg) {
    goro_rwmutex_rlock(&mu);
    cell(0);
    goro_rwmutex_runlock(&mu);
    goro_wg_done(wg);
}

static void set(goro_wg *wg) {
    goro_rwmutex_lock(&mu);
    cells[0]++;
    goro_rwmutex_unlock(&mu);
    goro_wg_done(wg);
}

int main(void) {
    goro_wg wg = {0};
    goro_wg_add(&wg, 2);
    go(sum, &wg);
    go(set, &wg);
    goro_wg_wait(&wg);
    return 0;
}
