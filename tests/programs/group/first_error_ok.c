// The first failure cancels the group's context, and with its order: who hears of it may read the reason.
// expect: none
#include "../stage.h"

static int reason;
static goro_group g;

static int failing(void *arg) {
    (void)arg;
    reason = 5;
    return 5;
}

static int patient(void *arg) {
    (void)arg;
    chan_recv(goro_ctx_done(goro_group_ctx(&g)));
    use(reason);
    return 0;
}

int main(void) {
    goro_group_init(&g, goro_ctx_background());
    for (int i = 0; i < 5; i++) goro_group_go(&g, patient, NULL);
    goro_group_go(&g, failing, NULL);
    return goro_group_wait(&g) != reason;
}
