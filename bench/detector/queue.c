/* A bounded message queue: two producers, two consumers, a mutex and two condition variables; messages on the heap. */
#include "kernel.h"

enum { ROOM = 64, MESSAGES = 120000 };

struct message {
    uint64_t number;
    char text[48];
};
static struct message *queue[ROOM];
static unsigned head, tail;
static pthread_mutex_t mu = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t not_empty = PTHREAD_COND_INITIALIZER, not_full = PTHREAD_COND_INITIALIZER;
static uint64_t sums[THREADS];

static void put(struct message *m) {
    pthread_mutex_lock(&mu);
    while (tail - head == ROOM) pthread_cond_wait(&not_full, &mu);
    queue[tail++ % ROOM] = m;
    pthread_cond_signal(&not_empty);
    pthread_mutex_unlock(&mu);
}

static struct message *take(void) {
    pthread_mutex_lock(&mu);
    while (tail == head) pthread_cond_wait(&not_empty, &mu);
    struct message *m = queue[head++ % ROOM];
    pthread_cond_signal(&not_full);
    pthread_mutex_unlock(&mu);
    return m;
}

static void *worker(void *arg) {
    long me = (long)arg;
    for (long i = 0; i < MESSAGES; i++) {
        if (me % 2) {
            struct message *m = checked(malloc(sizeof *m));
            m->number = (uint64_t)(me * MESSAGES + i);
            for (size_t k = 0; k + 1 < sizeof m->text; k++) m->text[k] = (char)('a' + (m->number + k) % 26);
            m->text[sizeof m->text - 1] = 0;
            put(m);
        } else {
            struct message *m = take();
            uint64_t h = m->number;
            for (const char *p = m->text; *p; p++) h = h * 31 + (unsigned char)*p;
            sums[me] += h;
            free(m);
        }
    }
    return NULL;
}

int main(void) {
    run_threads(THREADS, worker);
    kernel_report("queue", sums[0] + sums[2]);
    return 0;
}
