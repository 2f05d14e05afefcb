// Programs whose number of schedules is known: shapes SHAPE GOROUTINES OPERATIONS.
#include <goro.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

static atomic_int x, own[32]; // every other one: a search goes by words of eight bytes
static atomic_bool flag;
static goro_mutex mu;
static int count, operations, plain;

static void one_word(void) {
    for (int i = 0; i < operations; i++) atomic_fetch_add(&x, 1);
}
static void own_word(int i) {
    for (int k = 0; k < operations; k++) atomic_fetch_add(&own[2 * i], 1);
}
static void two_words(void) {
    atomic_fetch_add(&own[0], 1);
    atomic_fetch_add(&own[2], 1);
}
static void load(void) { (void)atomic_load(&x); }
static void store(void) { atomic_store(&x, 1); }
static void add_plainly(void) { plain++; }
static void lock_once(void) {
    goro_mutex_lock(&mu);
    goro_mutex_unlock(&mu);
}
static void set(void) { atomic_store(&flag, true); }

static void select_one(void) {
    chan(int) full[8];
    int v;
    for (int i = 0; i < 3; i++) chan_send(full[i] = chan_make(int, 1), i);
    chan_select {
        chan_case_recv(full[0], v) {}
        chan_case_recv(full[1], v) {}
        chan_case_recv(full[2], v) {}
    }
    for (int i = 0; i < 3; i++) chan_free(full[i]);
}

int main(int argc, char **argv) {
    const char *shape = argv[1];
    count = argc > 2 ? atoi(argv[2]) : 1;
    operations = argc > 3 ? atoi(argv[3]) : 1;
    if (!strcmp(shape, "select")) select_one();
    if (!strcmp(shape, "yield")) {
        go(set);
        while (!atomic_load(&flag)) goro_yield();
    }
    if (!strcmp(shape, "spin")) {
        go(set);
        while (!atomic_load(&flag)) continue;
    }
    for (int i = 0; i < count; i++) {
        if (!strcmp(shape, "one_word")) go(one_word);
        if (!strcmp(shape, "own_word")) go(own_word, i);
        if (!strcmp(shape, "two_words")) go(two_words);
        if (!strcmp(shape, "loads")) go(load);
        if (!strcmp(shape, "plain")) go(add_plainly);
        if (!strcmp(shape, "mutex")) go(lock_once);
    }
    if (!strcmp(shape, "loads")) go(store);
    goro_sleep(GORO_SECOND); /* counted time: when all else has ended */
    return 0;
}
