// Tries that succeed order as the locks they are.
// expect: none
#include "../stage.h"

static int x;
static goro_rwmutex mu;

static void writer(void) {
    for (int i = 0; i < 20; i++) {
        while (!goro_rwmutex_try_lock(&mu)) goro_yield();
        x++;
        goro_rwmutex_unlock(&mu);
    }
}

static void reader(void) {
    for (int i = 0; i < 20; i++) {
        while (!goro_rwmutex_try_rlock(&mu)) goro_yield();
        use(x);
        goro_rwmutex_runlock(&mu);
    }
}

int main(void) {
    together3(writer, reader, writer);
    return x != 40;
}
