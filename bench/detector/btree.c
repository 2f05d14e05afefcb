/* A B-tree behind a read-write lock, as a small database keeps its index: 3 of 4 operations are look-ups. */
#include "kernel.h"

enum { ORDER = 32, OPERATIONS = 150000, KEYS = 200000, PRELOADED = 50000 };

struct node {
    int count, leaf;
    uint64_t key[ORDER];
    struct node *child[ORDER + 1];
};
static struct node *root;
static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;

static struct node *node_new(int leaf) {
    struct node *n = checked(calloc(1, sizeof *n));
    n->leaf = leaf;
    return n;
}

static int position(const struct node *n, uint64_t key) {
    int low = 0, high = n->count;
    while (low < high) {
        int middle = (low + high) / 2;
        if (n->key[middle] < key) low = middle + 1;
        else high = middle;
    }
    return low;
}

static int contains(const struct node *n, uint64_t key) {
    for (;;) {
        int at = position(n, key);
        if (at < n->count && n->key[at] == key) return 1;
        if (n->leaf) return 0;
        n = n->child[at];
    }
}

/* The child at `at` is full: its middle key moves up, its upper half becomes a new child. */
static void split(struct node *parent, int at) {
    struct node *full = parent->child[at], *upper = node_new(full->leaf);
    int half = ORDER / 2;
    upper->count = ORDER - half - 1;
    memcpy(upper->key, full->key + half + 1, (size_t)upper->count * sizeof upper->key[0]);
    if (!full->leaf) memcpy(upper->child, full->child + half + 1, (size_t)(upper->count + 1) * sizeof upper->child[0]);
    full->count = half;
    memmove(parent->key + at + 1, parent->key + at, (size_t)(parent->count - at) * sizeof parent->key[0]);
    memmove(parent->child + at + 2, parent->child + at + 1, (size_t)(parent->count - at) * sizeof parent->child[0]);
    parent->key[at] = full->key[half];
    parent->child[at + 1] = upper;
    parent->count++;
}

static int insert(uint64_t key) {
    if (root->count == ORDER) {
        struct node *above = node_new(0);
        above->child[0] = root;
        split(above, 0);
        root = above;
    }
    for (struct node *n = root;;) {
        int at = position(n, key);
        if (at < n->count && n->key[at] == key) return 0;
        if (n->leaf) {
            memmove(n->key + at + 1, n->key + at, (size_t)(n->count - at) * sizeof n->key[0]);
            n->key[at] = key;
            n->count++;
            return 1;
        }
        if (n->child[at]->count == ORDER) {
            split(n, at);
            if (n->key[at] == key) return 0;
            if (n->key[at] < key) at++;
        }
        n = n->child[at];
    }
}

static void *worker(void *arg) {
    uint64_t state = 200 + (uint64_t)(intptr_t)arg;
    long found = 0;
    for (long i = 0; i < OPERATIONS; i++) {
        uint64_t r = next_random(&state), key = (r >> 8) % KEYS;
        if (r % 4 == 0) {
            pthread_rwlock_wrlock(&lock);
            insert(key);
            pthread_rwlock_unlock(&lock);
        } else {
            pthread_rwlock_rdlock(&lock);
            found += contains(root, key);
            pthread_rwlock_unlock(&lock);
        }
    }
    return (void *)found;
}

static uint64_t walk(struct node *n, uint64_t sum) {
    for (int i = 0; i <= n->count; i++) {
        if (!n->leaf) sum = walk(n->child[i], sum);
        if (i < n->count) sum = checksum_add(sum, n->key[i]);
    }
    free(n);
    return sum;
}

int main(void) {
    uint64_t state = 4;
    root = node_new(1);
    for (int i = 0; i < PRELOADED; i++) insert(next_random(&state) % KEYS);
    run_threads(THREADS, worker);
    kernel_report("btree", walk(root, 0));
    return 0;
}
