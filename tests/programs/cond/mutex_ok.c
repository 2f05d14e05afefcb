// The usual monitor: state under the mutex, wait in a loop.
// expect: none
#include "../stage.h"

static goro_mutex mu;
static goro_cond nonempty;
static int queue[100], head, tail;

static void producer(void) {
    for (int i = 0; i < 100; i++) {
        goro_mutex_lock(&mu);
        queue[tail++] = i;
        goro_cond_signal(&nonempty);
        goro_mutex_unlock(&mu);
    }
}

static void consumer(void) {
    for (int i = 0; i < 50; i++) {
        goro_mutex_lock(&mu);
        while (head == tail) goro_cond_wait(&nonempty);
        use(queue[head++]);
        goro_mutex_unlock(&mu);
    }
}

int main(void) {
    goro_cond_init(&nonempty, &mu);
    together3(producer, consumer, consumer);
    return head != 100;
}
