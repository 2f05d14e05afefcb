// expect: GM001
// exit: 2
// stderr-has: fatal error: sync: Unlock of unlocked RWMutex
#include "../stage.h"

int main(void) {
    goro_rwmutex mu = {0};
    goro_rwmutex_unlock(&mu); // at: GM001
    return 0;
}
