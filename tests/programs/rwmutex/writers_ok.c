// unlock -> lock.
// expect: none
#include "../stage.h"

static int x;
static goro_rwmutex mu;

static void count(void) {
    for (int i = 0; i < 50; i++) {
        goro_rwmutex_lock(&mu);
        x++;
        goro_rwmutex_unlock(&mu);
    }
}

int main(void) {
    together(count, count);
    return x != 100;
}
