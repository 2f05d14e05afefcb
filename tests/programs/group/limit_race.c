// A limit of two lets two run at once.
// expect: GR001
#include "../stage.h"

static int x;

static int job(void *arg) {
    (void)arg;
    stage_done();
    stage_await(2);
    x++; // race: both
    return 0;
}

int main(void) {
    goro_group g;
    goro_group_init(&g, goro_ctx_background());
    goro_group_set_limit(&g, 2);
    goro_group_go(&g, job, NULL);
    goro_group_go(&g, job, NULL);
    return goro_group_wait(&g);
}
