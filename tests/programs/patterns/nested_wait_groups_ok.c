// WaitGroups inside goroutines inside WaitGroups, all on stacks.
// expect: none
#include "../stage.h"

static atomic_int leaves;

static void node(int depth) {
    goro_wg wg = {0};
    if (depth == 0) {
        atomic_fetch_add(&leaves, 1);
        return;
    }
    for (int i = 0; i < 3; i++) goro_wg_go(&wg, node, depth - 1);
    goro_wg_wait(&wg);
}

int main(void) {
    node(5);
    return atomic_load(&leaves) != 243;
}
