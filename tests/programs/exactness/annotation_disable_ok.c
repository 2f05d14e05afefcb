// Between disable and enable nothing is reported.
// expect: none
#include "../stage.h"

static int x;

static void count(void) {
    goro_race_disable();
    x++;
    goro_race_enable();
}

int main(void) {
    together(count, count);
    return 0;
}
