// Many push onto an atomic list, one takes the whole list at once.
// expect: none
#include "../stage.h"
#include <stdlib.h>

struct node { struct node *next; int v; };
static struct node *_Atomic inbox;
static atomic_int left = 4;

static void push(int from) {
    for (int i = 0; i < 20; i++) {
        struct node *n = malloc(sizeof *n);
        n->v = from + i;
        n->next = atomic_load_explicit(&inbox, memory_order_relaxed);
        while (!atomic_compare_exchange_weak_explicit(&inbox, &n->next, n, memory_order_release, memory_order_relaxed)) {}
        if (i % 5 == 0) goro_yield();
    }
    atomic_fetch_sub(&left, 1);
}

static void take_all(int *count) {
    for (;;) {
        int end = atomic_load(&left) == 0;
        struct node *n = atomic_exchange_explicit(&inbox, NULL, memory_order_acquire);
        while (n) {
            struct node *next = n->next;
            use(n->v);
            free(n);
            n = next;
            ++*count;
        }
        if (end) return;
        goro_yield();
    }
}

int main(void) {
    goro_wg wg = {0};
    int count = 0;
    for (int i = 0; i < 4; i++) goro_wg_go(&wg, push, i * 20);
    goro_wg_go(&wg, take_all, &count);
    goro_wg_wait(&wg);
    return count != 80;
}
