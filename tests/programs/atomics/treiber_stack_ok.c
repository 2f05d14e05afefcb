// A lock-free stack, with all nodes kept until the end.
// expect: none
#include "../stage.h"
#include <stdlib.h>

struct node { struct node *next; int value; };
static struct node *_Atomic top;

static void push_many(int from) {
    for (int i = 0; i < 50; i++) {
        struct node *n = malloc(sizeof *n);
        n->value = from + i;
        n->next = atomic_load_explicit(&top, memory_order_relaxed);
        while (!atomic_compare_exchange_weak_explicit(&top, &n->next, n, memory_order_release, memory_order_relaxed))
            goro_yield();
    }
}

int main(void) {
    goro_wg wg = {0};
    for (int i = 0; i < 4; i++) goro_wg_go(&wg, push_many, i * 50);
    goro_wg_wait(&wg);
    int sum = 0;
    for (struct node *n = top, *next; n; n = next) {
        next = n->next;
        sum += n->value;
        free(n);
    }
    return sum != 199 * 100;
}
