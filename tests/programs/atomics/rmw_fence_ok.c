// Reference counting with release, and an acquire fence for the last one out.
// expect: none
// cflags: -Wno-unknown-warning-option -Wno-tsan
#include "../stage.h"

enum { N = 4 };
static int x[N];
static atomic_int references = N;

static void user(int i) {
    x[i] = i;
    if (atomic_fetch_sub_explicit(&references, 1, memory_order_release) == 1) {
        atomic_thread_fence(memory_order_acquire);
        for (int k = 0; k < N; k++) x[k]++;
    }
}

int main(void) {
    goro_wg wg = {0};
    for (int i = 0; i < N; i++) goro_wg_go(&wg, user, i);
    goro_wg_wait(&wg);
    return 0;
}
