// memcpy of constant small sizes, which compilers expand in place: reads of the source up to the last byte.
// expect: GR001*9
#include "../stage.h"
#include <string.h>

static char source[9][64];

static void escape(void *copy) { __asm__ volatile("" : : "r"(copy) : "memory"); }

static void copier(void) {
    char to[64];
    memcpy(to, source[0], 1);  escape(to); // race: first a
    memcpy(to, source[1], 4);  escape(to); // race: first b
    memcpy(to, source[2], 7);  escape(to); // race: first c
    memcpy(to, source[3], 8);  escape(to); // race: first d
    memcpy(to, source[4], 16); escape(to); // race: first e
    memcpy(to, source[5], 24); escape(to); // race: first f
    memcpy(to, source[6], 32); escape(to); // race: first g
    memcpy(to, source[7], 40); escape(to); // race: first h
    memcpy(to, source[8], 64); escape(to); // race: first i
}

static void writer(void) {
    source[0][0] = 1;  // race: second a
    source[1][3] = 1;  // race: second b
    source[2][6] = 1;  // race: second c
    source[3][7] = 1;  // race: second d
    source[4][15] = 1; // race: second e
    source[5][23] = 1; // race: second f
    source[6][31] = 1; // race: second g
    source[7][39] = 1; // race: second h
    source[8][63] = 1; // race: second i
}

int main(void) {
    together(copier, writer);
    return 0;
}
