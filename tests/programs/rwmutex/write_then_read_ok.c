// unlock -> rlock.
// expect: none
#include "../stage.h"

static int x;
static goro_rwmutex mu;

static void writer(void) {
    for (int i = 0; i < 20; i++) {
        goro_rwmutex_lock(&mu);
        x++;
        goro_rwmutex_unlock(&mu);
    }
}

static void reader(void) {
    for (int i = 0; i < 20; i++) {
        goro_rwmutex_rlock(&mu);
        use(x);
        goro_rwmutex_runlock(&mu);
    }
}

int main(void) {
    together3(writer, reader, reader);
    return x != 20;
}
