// Reading twice while nobody wants to write.
// expect: none
#include "../live.h"

static goro_rwmutex rw;

static void reader(void) {
    goro_rwmutex_rlock(&rw);
    goro_yield();
    goro_rwmutex_rlock(&rw);
    goro_rwmutex_runlock(&rw);
    goro_rwmutex_runlock(&rw);
}

int main(void) {
    live_start();
    together(reader, reader);
    goro_rwmutex_lock(&rw);
    goro_rwmutex_unlock(&rw);
    live_stop();
    return 0;
}
