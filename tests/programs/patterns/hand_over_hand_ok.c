// A linked list with a lock per node, locked hand over hand.
// expect: none
#include "../stage.h"
#include <stdlib.h>

struct node { goro_mutex mu; int key; struct node *next; };
static struct node head = {.key = -1};

static void insert(int key) {
    struct node *n = calloc(1, sizeof *n), *at = &head;
    n->key = key;
    goro_mutex_lock(&at->mu);
    while (at->next && at->next->key < key) {
        struct node *next = at->next;
        goro_mutex_lock(&next->mu);
        goro_mutex_unlock(&at->mu);
        at = next;
    }
    n->next = at->next;
    at->next = n;
    goro_mutex_unlock(&at->mu);
}

static void inserter(int from) {
    for (int i = 0; i < 20; i++) insert((from + i * 7) % 101);
}

int main(void) {
    goro_wg wg = {0};
    for (int i = 0; i < 4; i++) goro_wg_go(&wg, inserter, i * 13);
    goro_wg_wait(&wg);
    int count = 0, last = -1;
    for (struct node *n = head.next, *next; n; n = next) {
        next = n->next;
        if (n->key < last) return 1;
        last = n->key;
        count++;
        free(n);
    }
    return count != 80;
}
