// Two goroutines in opposite orders, but the first gives way if it does not get both.
// expect: none
#include "../live.h"

static goro_mutex a, b;
static int x;

static void polite(void) {
    for (;;) {
        goro_mutex_lock(&a);
        if (goro_mutex_try_lock(&b)) break;
        goro_mutex_unlock(&a);
        goro_yield();
    }
    x++;
    goro_mutex_unlock(&b);
    goro_mutex_unlock(&a);
}

static void insistent(void) {
    goro_mutex_lock(&b);
    goro_yield();
    goro_mutex_lock(&a);
    x++;
    goro_mutex_unlock(&a);
    goro_mutex_unlock(&b);
}

int main(void) {
    live_start();
    together(polite, insistent);
    live_stop();
    return x != 2;
}
