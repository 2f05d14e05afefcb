// A readers-writer lock of one's own, made of a mutex and a cond.
// expect: none
#include "../stage.h"

static goro_mutex mu;
static goro_cond changed;
static int readers, writing, data;

static void reader(void) {
    for (int i = 0; i < 10; i++) {
        goro_mutex_lock(&mu);
        while (writing) goro_cond_wait(&changed);
        readers++;
        goro_mutex_unlock(&mu);
        use(data);
        goro_yield();
        use(data);
        goro_mutex_lock(&mu);
        if (--readers == 0) goro_cond_broadcast(&changed);
        goro_mutex_unlock(&mu);
    }
}

static void writer(void) {
    for (int i = 0; i < 10; i++) {
        goro_mutex_lock(&mu);
        while (writing || readers) goro_cond_wait(&changed);
        writing = 1;
        goro_mutex_unlock(&mu);
        data++;
        goro_yield();
        goro_mutex_lock(&mu);
        writing = 0;
        goro_cond_broadcast(&changed);
        goro_mutex_unlock(&mu);
    }
}

int main(void) {
    goro_cond_init(&changed, &mu);
    together3(reader, writer, reader);
    return data != 10;
}
