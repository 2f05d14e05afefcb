// Done on every way out.
// expect: none
#include <goro.h>

static void work(int i) {
    if (i == 2) goro_exit();
}

int main(void) {
    goro_wg wg = {0};
    for (int i = 0; i < 4; i++) goro_wg_go(&wg, work, i);
    goro_wg_wait(&wg);
    return 0;
}
