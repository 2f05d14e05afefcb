// All the ways to get memory: what comes from them is the caller's own.
// expect: none
#include "../stage.h"
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

static void fill(char *p, size_t n) {
    memset(p, 1, n);
    free(p);
}

static void churn(void) {
    void *p = NULL;
    for (int i = 1; i < 50; i++) {
        fill(malloc(100), 100);
        fill(calloc(10, 10), 100);
        fill(realloc(NULL, 100), 100);
        fill(aligned_alloc(64, 128), 128);
        if (posix_memalign(&p, 32, 100)) goro_panic("posix_memalign");
        fill(p, 100);
        fill(memalign(128, 100), 100);
        fill(strdup("a string of some length"), 10);
        fill(strndup("a string of some length", 12), 12);
        goro_yield();
    }
}

int main(void) {
    together(churn, churn);
    return 0;
}
