// A pointer is passed.
// expect: none
#include "../live.h"

struct counter {
    goro_mutex mu;
    int n;
};

static void add(struct counter *c) {
    c->n++;
    goro_mutex_try_lock(&c->mu);
}

int main(void) {
    struct counter c = {0};
    live_start();
    goro_mutex_lock(&c.mu);
    add(&c);
    goro_mutex_unlock(&c.mu);
    live_stop();
    return c.n != 1;
}
