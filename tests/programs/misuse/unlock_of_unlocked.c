// expect: GM001
// exit: 2
// stderr-has: fatal error: sync: unlock of unlocked mutex
#include "../stage.h"

int main(void) {
    goro_mutex mu = {0};
    goro_mutex_lock(&mu);
    goro_mutex_unlock(&mu);
    goro_mutex_unlock(&mu); // at: GM001
    return 0;
}
