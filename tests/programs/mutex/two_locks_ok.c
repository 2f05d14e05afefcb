// One lock each for two variables.
// expect: none
#include "../stage.h"

static struct { goro_mutex mu; int x; } a, b;

static void count(void) {
    for (int i = 0; i < 50; i++) {
        goro_mutex_lock(&a.mu);
        a.x++;
        goro_mutex_unlock(&a.mu);
        goro_mutex_lock(&b.mu);
        b.x++;
        goro_mutex_unlock(&b.mu);
    }
}

int main(void) {
    together(count, count);
    return a.x + b.x != 200;
}
