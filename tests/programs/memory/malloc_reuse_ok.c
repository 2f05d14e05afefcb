// Blocks freed by one and given out to another again: the new owner is ordered with nobody, and need not be.
// expect: none
#include "../stage.h"
#include <stdlib.h>

static void churn(void) {
    for (int i = 0; i < 300; i++) {
        size_t n = 16u << (i % 6);
        char *p = malloc(n);
        p[0] = p[n - 1] = (char)i;
        char *q = realloc(p, n * 2);
        q[2 * n - 1] = 1;
        free(q);
        goro_yield();
    }
}

int main(void) {
    together3(churn, churn, churn);
    return 0;
}
