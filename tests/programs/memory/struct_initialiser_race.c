// A structure set by a compound literal: a write of all its fields, those left out too.
// expect: GR001
#include "../stage.h"

struct state { long a, b, c, d, e; };
static struct state shared;

static void reset(void) {
    shared = (struct state){.a = 1}; // race: first
}

static void reader(void) {
    use(shared.e); // race: second
}

int main(void) {
    together(reset, reader);
    return 0;
}
