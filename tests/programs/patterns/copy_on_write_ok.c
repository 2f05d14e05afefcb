// Readers take a snapshot under a short lock; writers replace the whole.
// expect: none
#include "../stage.h"
#include <stdlib.h>
#include <string.h>

struct table { int references, size, cell[]; };
static struct table *table;
static goro_mutex mu;

static struct table *acquire(void) {
    goro_mutex_lock(&mu);
    struct table *t = table;
    t->references++;
    goro_mutex_unlock(&mu);
    return t;
}

static void release(struct table *t) {
    goro_mutex_lock(&mu);
    bool last = --t->references == 0;
    goro_mutex_unlock(&mu);
    if (last) free(t);
}

static void reader(void) {
    for (int i = 0; i < 10; i++) {
        struct table *t = acquire();
        for (int k = 0; k < t->size; k++)
            if (t->cell[k] != k) goro_panic("cell %d is %d", k, t->cell[k]);
        goro_yield();
        release(t);
    }
}

static void writer(void) {
    for (int i = 0; i < 10; i++) {
        goro_mutex_lock(&mu);
        struct table *old = table;
        struct table *bigger = malloc(sizeof *bigger + (size_t)(old->size + 1) * sizeof(int));
        memcpy(bigger, old, sizeof *old + (size_t)old->size * sizeof(int));
        bigger->cell[bigger->size] = bigger->size;
        bigger->size++;
        bigger->references = 1;
        table = bigger;
        goro_mutex_unlock(&mu);
        release(old);
        goro_yield();
    }
}

int main(void) {
    table = calloc(1, sizeof *table);
    table->references = 1;
    together3(reader, writer, reader);
    int size = table->size;
    release(table);
    return size != 10;
}
