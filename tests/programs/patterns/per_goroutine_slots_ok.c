// A dense array of structs of 12 bytes, one per goroutine: neighbours share words and cache lines.
// expect: none
#include "../stage.h"

static struct { int a, b, c; } slot[50];

static void worker(int i) {
    for (int k = 0; k < 20; k++) {
        slot[i].a += k;
        slot[i].b ^= k;
        slot[i].c = slot[i].a + slot[i].b;
        if (k == 10) goro_yield();
    }
}

int main(void) {
    goro_wg wg = {0};
    for (int i = 0; i < 50; i++) goro_wg_go(&wg, worker, i);
    goro_wg_wait(&wg);
    for (int i = 0; i < 50; i++)
        if (slot[i].a != 190) return 1;
    return 0;
}
