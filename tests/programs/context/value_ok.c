// Values are found up the tree; what they point to was written before with_value.
// expect: none
#include "../stage.h"

static int request_key, user_key;

static void handler(goro_wg *wg, goro_ctx *ctx) {
    const int *id = goro_ctx_value(ctx, &request_key);
    const char *user = goro_ctx_value(ctx, &user_key);
    if (*id != 7 || user[0] != 'a' || goro_ctx_value(ctx, wg)) goro_panic("wrong value");
    goro_wg_done(wg);
}

int main(void) {
    goro_wg wg = {0};
    int id = 7;
    goro_ctx *one = goro_ctx_with_value(goro_ctx_background(), &request_key, &id);
    goro_ctx *two = goro_ctx_with_value(one, &user_key, "ann");
    goro_wg_add(&wg, 1);
    go(handler, &wg, two);
    goro_wg_wait(&wg);
    goro_ctx_free(two);
    goro_ctx_free(one);
    return 0;
}
