// Any number of unordered reads.
// expect: none
#include "../stage.h"

static const int table[] = {1, 2, 3};
static int x = 5;

static void reader(void) {
    for (int i = 0; i < 50; i++) {
        use(x + table[i % 3]);
        if (i % 10 == 0) goro_yield();
    }
}

int main(void) {
    goro_wg wg = {0};
    for (int i = 0; i < 50; i++) goro_wg_go(&wg, reader);
    goro_wg_wait(&wg);
    return 0;
}
