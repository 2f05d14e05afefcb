// expect: GM001
// exit: 2
// stderr-has: fatal error: sync: RUnlock of unlocked RWMutex
#include "../stage.h"

int main(void) {
    goro_rwmutex mu = {0};
    goro_rwmutex_rlock(&mu);
    goro_rwmutex_runlock(&mu);
    goro_rwmutex_runlock(&mu); // at: GM001
    return 0;
}
