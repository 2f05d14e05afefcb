// Atomic and plain reads of the same variable do not race; plain access before the spawn and after the join is ordered.
// expect: none
#include "../stage.h"

static int x;

static void reader(void) {
    use(x);
    use(__atomic_load_n(&x, __ATOMIC_RELAXED));
}

int main(void) {
    x = 1;
    together(reader, reader);
    x = 2;
    return 0;
}
