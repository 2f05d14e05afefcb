// memcpy of constant small sizes writes its target.
// expect: GR001*4
#include "../stage.h"
#include <string.h>

static char target[4][64];

static void copier(void) {
    char from[64] = {1};
    __asm__ volatile("" : : "r"(from) : "memory");
    memcpy(target[0], from, 8);  // race: first a
    memcpy(target[1], from, 24); // race: first b
    memcpy(target[2], from, 40); // race: first c
    memcpy(target[3], from, 63); // race: first d
}

static void reader(void) {
    use(target[0][7]);  // race: second a
    use(target[1][23]); // race: second b
    use(target[2][39]); // race: second c
    use(target[3][62]); // race: second d
}

int main(void) {
    together(copier, reader);
    return 0;
}
