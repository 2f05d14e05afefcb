// A reader that goes on reading after its runlock.
// expect: GR001
#include "../stage.h"

static int x;
static goro_rwmutex mu;

static void reader(void) {
    goro_rwmutex_rlock(&mu);
    goro_rwmutex_runlock(&mu);
    stage_done();
    use(x); // race: first
}

static void writer(void) {
    stage_await(1);
    goro_rwmutex_lock(&mu);
    x = 1; // race: second
    goro_rwmutex_unlock(&mu);
}

int main(void) {
    together(reader, writer);
    return 0;
}
