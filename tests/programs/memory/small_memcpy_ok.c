// The byte behind the last copied one is not touched.
// expect: none
#include "../stage.h"
#include <string.h>

static char source[9][65];

static void escape(void *copy) { __asm__ volatile("" : : "r"(copy) : "memory"); }

static void copier(void) {
    char to[64];
    memcpy(to, source[0], 1), escape(to);
    memcpy(to, source[1], 4), escape(to);
    memcpy(to, source[2], 7), escape(to);
    memcpy(to, source[3], 8), escape(to);
    memcpy(to, source[4], 16), escape(to);
    memcpy(to, source[5], 24), escape(to);
    memcpy(to, source[6], 32), escape(to);
    memcpy(to, source[7], 40), escape(to);
    memcpy(to, source[8], 64), escape(to);
}

static void writer(void) {
    static const int size[9] = {1, 4, 7, 8, 16, 24, 32, 40, 64};
    for (int i = 0; i < 9; i++) source[i][size[i]] = 1;
}

int main(void) {
    together(copier, writer);
    return 0;
}
