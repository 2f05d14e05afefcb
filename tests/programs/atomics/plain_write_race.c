// A plain store and an atomic load of the same variable.
// expect: GR002
#include "../stage.h"

static int x;

static void writer(void) {
    x = 1; // race: first
}

static void reader(void) {
    use(__atomic_load_n(&x, __ATOMIC_SEQ_CST)); // race: second
}

int main(void) {
    together(writer, reader);
    return 0;
}
