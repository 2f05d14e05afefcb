// A structure of 24 bytes copied by assignment while its last field is written.
// expect: GR001
#include "../stage.h"

struct point { long x, y, z; };
static struct point shared;

static void copier(void) {
    struct point mine = shared; // race: first
    use(mine.z);
}

static void writer(void) {
    shared.z = 1; // race: second
}

int main(void) {
    together(copier, writer);
    return 0;
}
