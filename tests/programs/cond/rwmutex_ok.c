// A cond over the write side of an rwmutex, and one over its read side.
// expect: none
#include "../stage.h"

static goro_rwmutex mu;
static goro_cond write_cond, read_cond;
static int version;

static void writer(void) {
    goro_rwmutex_lock(&mu);
    while (version == 0) goro_cond_wait(&write_cond);
    version = 2;
    goro_rwmutex_unlock(&mu);
    goro_cond_broadcast(&read_cond);
}

static void reader(void) {
    goro_rwmutex_rlock(&mu);
    while (version != 2) goro_cond_wait(&read_cond);
    goro_rwmutex_runlock(&mu);
}

static void starter(void) {
    goro_rwmutex_lock(&mu);
    version = 1;
    goro_rwmutex_unlock(&mu);
    goro_cond_signal(&write_cond);
}

int main(void) {
    goro_wg wg = {0};
    goro_cond_init(&write_cond, &mu);
    goro_cond_init_rlock(&read_cond, &mu);
    goro_wg_go(&wg, writer);
    for (int i = 0; i < 5; i++) goro_wg_go(&wg, reader);
    goro_wg_go(&wg, starter);
    goro_wg_wait(&wg);
    return version != 2;
}
