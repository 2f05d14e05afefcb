// Shared objects with an atomic count of references; the last one frees.
// expect: none
#include "../stage.h"
#include <stdlib.h>

struct shared { atomic_int references; int data[16]; };

static void drop(struct shared *s) {
    if (atomic_fetch_sub_explicit(&s->references, 1, memory_order_acq_rel) == 1) {
        s->data[0] = -1;
        free(s);
    }
}

static void reader(struct shared *s) {
    for (int i = 0; i < 16; i++) use(s->data[i]);
    goro_yield();
    drop(s);
}

int main(void) {
    goro_wg wg = {0};
    for (int round = 0; round < 20; round++) {
        struct shared *s = calloc(1, sizeof *s);
        atomic_init(&s->references, 5);
        for (int i = 0; i < 5; i++) goro_wg_go(&wg, reader, s);
    }
    goro_wg_wait(&wg);
    return 0;
}
