// A pointer swapped into a mailbox: who takes it out may read what it points to.
// expect: none
#include "../stage.h"
#include <stdlib.h>

struct letter { int text; };
static struct letter *_Atomic mailbox;

static void writer(void) {
    for (int i = 0; i < 20; i++) {
        struct letter *l = malloc(sizeof *l);
        l->text = i;
        free(atomic_exchange_explicit(&mailbox, l, memory_order_acq_rel));
    }
}

static void reader(void) {
    for (int i = 0; i < 20; i++) {
        struct letter *l = atomic_exchange_explicit(&mailbox, NULL, memory_order_acq_rel);
        if (l) use(l->text);
        free(l);
        goro_yield();
    }
}

int main(void) {
    together(writer, reader);
    free(mailbox);
    return 0;
}
