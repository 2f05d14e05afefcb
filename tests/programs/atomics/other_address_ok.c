// Four one-byte flags side by side in one word, each for its own variable.
// expect: none
#include "../stage.h"

static int x[4];
static atomic_char flag[4];

static void writer(int i) {
    x[i] = i;
    atomic_store_explicit(&flag[i], 1, memory_order_release);
}

static void reader(int i) {
    while (!atomic_load_explicit(&flag[i], memory_order_acquire)) goro_yield();
    use(x[i]);
}

int main(void) {
    goro_wg wg = {0};
    for (int i = 0; i < 4; i++) {
        goro_wg_go(&wg, writer, i);
        goro_wg_go(&wg, reader, i);
    }
    goro_wg_wait(&wg);
    return 0;
}
