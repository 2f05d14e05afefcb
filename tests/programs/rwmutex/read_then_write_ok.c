// runlock -> lock, from every reader.
// expect: none
#include "../stage.h"

static int x;
static goro_rwmutex mu;

static void reader(void) {
    goro_rwmutex_rlock(&mu);
    use(x);
    goro_rwmutex_runlock(&mu);
    stage_done();
}

static void writer(void) {
    stage_await(2);
    goro_rwmutex_lock(&mu);
    x = 1;
    goro_rwmutex_unlock(&mu);
}

int main(void) {
    together3(reader, reader, writer);
    return 0;
}
