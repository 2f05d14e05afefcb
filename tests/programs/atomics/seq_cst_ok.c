// The plain C11 operators are sequentially consistent, and order as acquire and release do.
// expect: none
#include "../stage.h"

static int x;
static atomic_int flag;

static void writer(void) {
    x = 1;
    flag = 1;
}

static void reader(void) {
    while (!flag) goro_yield();
    use(x);
}

int main(void) {
    together(writer, reader);
    return 0;
}
