// Reference counting: the last one out knows what all others did.
// expect: none
#include "../stage.h"

enum { N = 8 };
static int x[N];
static atomic_int references = N;

static void user(int i) {
    x[i] = i;
    if (atomic_fetch_sub_explicit(&references, 1, memory_order_acq_rel) == 1)
        for (int k = 0; k < N; k++) x[k]++;
}

int main(void) {
    goro_wg wg = {0};
    for (int i = 0; i < N; i++) goro_wg_go(&wg, user, i);
    goro_wg_wait(&wg);
    return 0;
}
