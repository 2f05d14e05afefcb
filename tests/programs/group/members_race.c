// The members of a group are unordered with each other.
// expect: GR001
#include "../stage.h"

static int x;

static int job(void *arg) {
    (void)arg;
    x++; // race: both
    return 0;
}

int main(void) {
    goro_group g;
    goro_group_init(&g, goro_ctx_background());
    goro_group_go(&g, job, NULL);
    goro_group_go(&g, job, NULL);
    return goro_group_wait(&g);
}
