/* A hash map with chained buckets and striped locks: inserts, look-ups and removals by all threads. */
#include "kernel.h"

enum { BUCKETS = 1 << 14, STRIPES = 64, OPERATIONS = 400000, KEYS = 1 << 15 };

struct node {
    struct node *next;
    uint64_t key, value;
};
static struct node *bucket[BUCKETS];
static pthread_mutex_t stripe[STRIPES];

static struct node **find(uint64_t key, unsigned *which) {
    unsigned h = (unsigned)(key * UINT64_C(0x9e3779b97f4a7c15) >> 50);
    struct node **at = &bucket[h % BUCKETS];
    *which = h % STRIPES;
    return at;
}

/* Adds to the value of a key; a value that becomes a multiple of 16 goes. Sums do not depend on the order. */
static void bump(uint64_t key, uint64_t by) {
    unsigned which;
    struct node **at = find(key, &which);
    pthread_mutex_lock(&stripe[which]);
    while (*at && (*at)->key != key) at = &(*at)->next;
    if (!*at) {
        struct node *n = checked(malloc(sizeof *n));
        *n = (struct node){NULL, key, 0};
        *at = n;
    }
    (*at)->value += by;
    if ((*at)->value % 16 == 0) {
        struct node *gone = *at;
        *at = gone->next;
        free(gone);
    }
    pthread_mutex_unlock(&stripe[which]);
}

static void *worker(void *arg) {
    uint64_t state = 100 + (uint64_t)(intptr_t)arg;
    for (long i = 0; i < OPERATIONS; i++) bump(next_random(&state) % KEYS, 1);
    return NULL;
}

int main(void) {
    uint64_t sum = 0;
    for (int i = 0; i < STRIPES; i++) pthread_mutex_init(&stripe[i], NULL);
    run_threads(THREADS, worker);
    for (int i = 0; i < BUCKETS; i++)
        for (struct node *n = bucket[i], *next; n; n = next) {
            next = n->next;
            sum += n->key * 31 + n->value % 16;
            free(n);
        }
    kernel_report("hashmap", sum);
    return 0;
}
