// Accesses of 1, 2, 4 and 8 bytes to the same memory, in turn and ordered.
// expect: none
#include "../stage.h"

static union { char c[16]; short s[8]; int i[4]; long l[2]; } u;
static goro_mutex mu;

static void user(void) {
    for (int k = 0; k < 64; k++) {
        goro_mutex_lock(&mu);
        u.c[k % 16]++;
        u.s[k % 8]++;
        u.i[k % 4]++;
        u.l[k % 2]++;
        goro_mutex_unlock(&mu);
        if (k % 5 == 0) goro_yield();
    }
}

int main(void) {
    together3(user, user, user);
    return 0;
}
