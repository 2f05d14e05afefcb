// A member starts another one, and there is room for both.
// expect: none
#include "../stage.h"

static goro_group g;

static int inner(void *arg) {
    (void)arg;
    return 0;
}

static int outer(void *arg) {
    goro_group_go(&g, inner, arg);
    return 0;
}

int main(void) {
    goro_group_init(&g, goro_ctx_background());
    goro_group_set_limit(&g, 2);
    goro_group_go(&g, outer, NULL);
    return goro_group_wait(&g);
}
