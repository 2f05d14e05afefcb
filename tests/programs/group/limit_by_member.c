// A member starts another one when the group is at its limit: it waits for the room that it takes up itself. The findings name
// lines of this file, not of the group's.
// expect: GD001
// mode: race
// exit: 2
#include "../stage.h"

static goro_group g;

static int inner(void *arg) {
    (void)arg;
    return 0;
}

static int outer(void *arg) {
    goro_group_go(&g, inner, arg); // at: GD001
    return 0;
}

int main(void) {
    goro_group_init(&g, goro_ctx_background());
    goro_group_set_limit(&g, 1);
    goro_group_go(&g, outer, NULL);
    return goro_group_wait(&g); // at: GD001
}
