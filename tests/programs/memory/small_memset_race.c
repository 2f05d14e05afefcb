// memset of constant small sizes, which compilers expand in place.
// expect: GR001*5
#include "../stage.h"
#include <string.h>

static char target[5][64];

static void setter(void) {
    memset(target[0], 1, 3);  // race: first a
    memset(target[1], 0, 8);  // race: first b
    memset(target[2], 2, 24); // race: first c
    memset(target[3], 0, 40); // race: first d
    memset(target[4], 0, 64); // race: first e
}

static void reader(void) {
    use(target[0][2]);  // race: second a
    use(target[1][7]);  // race: second b
    use(target[2][23]); // race: second c
    use(target[3][39]); // race: second d
    use(target[4][63]); // race: second e
}

int main(void) {
    together(setter, reader);
    return 0;
}
