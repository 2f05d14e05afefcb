// main locks twice, and nobody else is there: GM002 says why all are asleep.
// expect: GM002
// exit: 2
// stderr-has: fatal error: all goroutines are asleep - deadlock!
#include <goro.h>

static goro_mutex mu;

int main(void) {
    goro_mutex_lock(&mu);
    goro_mutex_lock(&mu); // at: GM002
    return 0;
}
