// A pattern of bytes, shorts and ints in one cache line, each owned by one of eight goroutines.
// expect: none
#include "../stage.h"

static union { char c[64]; short s[32]; int i[16]; long l[8]; } u;

static void owner(int k) {
    for (int round = 0; round < 50; round++) {
        u.c[8 * k]++;
        u.c[8 * k + 1]++;
        u.s[4 * k + 1]++;
        u.i[2 * k + 1]++;
        if (round == 25) u.l[k] = 0;
        goro_yield();
    }
}

int main(void) {
    goro_wg wg = {0};
    for (int k = 0; k < 8; k++) goro_wg_go(&wg, owner, k);
    goro_wg_wait(&wg);
    return 0;
}
