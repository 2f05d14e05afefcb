// After enable it is again.
// expect: GR001
#include "../stage.h"

static int x, y;

static void count(void) {
    goro_race_disable();
    x++;
    goro_race_enable();
    y++; // race: both
}

int main(void) {
    together(count, count);
    return 0;
}
