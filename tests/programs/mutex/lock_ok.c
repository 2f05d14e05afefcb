// Unlock is before the next lock.
// expect: none
#include "../stage.h"

static int x;
static goro_mutex mu;

static void count(void) {
    for (int i = 0; i < 100; i++) {
        goro_mutex_lock(&mu);
        x++;
        goro_mutex_unlock(&mu);
    }
}

int main(void) {
    together3(count, count, count);
    return x != 300;
}
