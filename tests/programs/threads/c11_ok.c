// C11's threads: a mutex that is made, handed round and destroyed, a condition variable, call_once.
// expect: none
#include <stdlib.h>
#include <threads.h>

static mtx_t mu;
static cnd_t changed;
static once_flag once = ONCE_FLAG_INIT;
static int turn, made;

static void make(void) { made++; }

static int take_turns(void *arg) {
    int me = *(int *)arg;
    call_once(&once, make);
    for (int i = 0; i < 20; i++) {
        mtx_lock(&mu);
        while (turn % 2 != me) cnd_wait(&changed, &mu);
        turn++;
        cnd_broadcast(&changed);
        mtx_unlock(&mu);
    }
    return made;
}

int main(void) {
    thrd_t t[2];
    int names[2] = {0, 1}, got;
    if (mtx_init(&mu, mtx_plain) || cnd_init(&changed)) abort();
    for (int i = 0; i < 2; i++)
        if (thrd_create(&t[i], take_turns, &names[i])) abort();
    for (int i = 0; i < 2; i++)
        if (thrd_join(t[i], &got) || got != 1) abort();
    mtx_destroy(&mu);
    cnd_destroy(&changed);
    return turn != 40;
}
