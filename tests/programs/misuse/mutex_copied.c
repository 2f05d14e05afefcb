// A structure is passed by value, and with it a mutex that is locked.
// expect: GM003
#include "../live.h"

struct counter {
    goro_mutex mu;
    int n;
};

static void add(struct counter c) {
    c.n++;
    goro_mutex_try_lock(&c.mu); // at: GM003
}

int main(void) {
    struct counter c = {0};
    live_start();
    goro_mutex_lock(&c.mu);
    add(c);
    goro_mutex_unlock(&c.mu);
    live_stop();
    return 0;
}
