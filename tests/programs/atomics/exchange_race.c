// The pointer published with a relaxed exchange: its block is not.
// expect: GR001
#include "../stage.h"
#include <stdlib.h>

struct letter { int text; };
static struct letter *_Atomic mailbox;

static void writer(void) {
    struct letter *l = malloc(sizeof *l);
    l->text = 1; // race: first
    atomic_exchange_explicit(&mailbox, l, memory_order_relaxed);
}

static void reader(void) {
    struct letter *l;
    while (!(l = atomic_load_explicit(&mailbox, memory_order_acquire))) goro_yield();
    use(l->text); // race: second
}

int main(void) {
    together(writer, reader);
    free(mailbox);
    return 0;
}
