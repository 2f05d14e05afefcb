// Group: go and wait are a go and a WaitGroup.
// expect: none
#include "../stage.h"

static int x[10];

static int job(void *arg) {
    int *cell = arg;
    *cell += 1;
    return 0;
}

int main(void) {
    goro_group g;
    goro_group_init(&g, goro_ctx_background());
    for (int i = 0; i < 10; i++) {
        x[i] = i;
        goro_group_go(&g, job, &x[i]);
    }
    if (goro_group_wait(&g)) return 1;
    int sum = 0;
    for (int i = 0; i < 10; i++) sum += x[i];
    return sum != 55;
}
