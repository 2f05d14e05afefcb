// Cancelled, freed without, ended with its parent, past its deadline, or with no more than a value: nothing is left.
// expect: none
#include <goro.h>

int main(void) {
    static int key;
    goro_ctx *parent = goro_ctx_with_cancel(goro_ctx_background());
    goro_ctx *child = goro_ctx_with_timeout(parent, GORO_HOUR);
    goro_ctx *freed = goro_ctx_with_cancel(goro_ctx_background());
    goro_ctx *late = goro_ctx_with_timeout(goro_ctx_background(), GORO_MILLISECOND);
    goro_ctx *value = goro_ctx_with_value(goro_ctx_background(), &key, &key);
    goro_ctx_cancel(parent);
    goro_ctx_free(freed);
    goro_sleep(20 * GORO_MILLISECOND);
    return goro_ctx_err(child) != GORO_CANCELED || goro_ctx_err(late) != GORO_DEADLINE_EXCEEDED ||
           goro_ctx_value(value, &key) != &key;
}
