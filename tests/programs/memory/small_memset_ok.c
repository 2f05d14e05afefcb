// The byte behind.
// expect: none
#include "../stage.h"
#include <string.h>

static char target[5][65];

static void setter(void) {
    memset(target[0], 1, 3);
    memset(target[1], 0, 8);
    memset(target[2], 2, 24);
    memset(target[3], 0, 40);
    memset(target[4], 0, 64);
}

static void reader(void) {
    static const int size[5] = {3, 8, 24, 40, 64};
    for (int i = 0; i < 5; i++) use(target[i][size[i]]);
}

int main(void) {
    together(setter, reader);
    return 0;
}
