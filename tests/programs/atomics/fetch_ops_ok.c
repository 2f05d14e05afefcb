// Every read-modify-write of every width, all atomic: no race among them, and each orders as acquire and release.
// expect: none
#include "../stage.h"
#include <stdint.h>

static int8_t a;
static int16_t b;
static int32_t c;
static int64_t d;
static int x[4];

static void one(void) {
    x[0] = x[1] = x[2] = x[3] = 1;
    __atomic_fetch_or(&a, 1, __ATOMIC_ACQ_REL);
    __atomic_fetch_xor(&b, 1, __ATOMIC_ACQ_REL);
    __atomic_fetch_add(&c, 1, __ATOMIC_ACQ_REL);
    __atomic_fetch_sub(&d, 1, __ATOMIC_ACQ_REL);
}

static void two(void) {
    while (!(__atomic_fetch_and(&a, 1, __ATOMIC_ACQ_REL) & 1)) goro_yield();
    use(x[0]);
    while (!__atomic_fetch_or(&b, 0, __ATOMIC_ACQ_REL)) goro_yield();
    use(x[1]);
    while (!__atomic_add_fetch(&c, 0, __ATOMIC_ACQ_REL)) goro_yield();
    use(x[2]);
    while (!__atomic_exchange_n(&d, 0, __ATOMIC_ACQ_REL)) goro_yield();
    use(x[3]);
}

int main(void) {
    together(one, two);
    return 0;
}
