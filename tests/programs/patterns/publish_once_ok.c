// A pointer published by a release, read by acquires; the object behind it never changes again.
// expect: none
#include "../stage.h"
#include <stdlib.h>

struct config { int a, b; };
static struct config *_Atomic current;

static struct config *get(void) {
    struct config *c = atomic_load_explicit(&current, memory_order_acquire);
    if (c) return c;
    struct config *mine = malloc(sizeof *mine), *expected = NULL;
    *mine = (struct config){1, 2};
    if (atomic_compare_exchange_strong_explicit(&current, &expected, mine, memory_order_acq_rel, memory_order_acquire))
        return mine;
    free(mine);
    return expected;
}

static void user(void) {
    struct config *c = get();
    if (c->a + c->b != 3) goro_panic("half made");
}

int main(void) {
    goro_wg wg = {0};
    for (int i = 0; i < 10; i++) goro_wg_go(&wg, user);
    goro_wg_wait(&wg);
    free(atomic_load(&current));
    return 0;
}
