// An atomic store and a plain load of the same variable.
// expect: GR002
#include "../stage.h"

static int x;

static void writer(void) {
    __atomic_store_n(&x, 1, __ATOMIC_SEQ_CST); // race: first
}

static void reader(void) {
    use(x); // race: second
}

int main(void) {
    together(writer, reader);
    return 0;
}
