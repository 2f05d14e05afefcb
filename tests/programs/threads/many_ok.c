// 500 threads one after the other and in bunches: every slot and stack is used again and again.
// expect: none
#include "../thread_stage.h"

static int x;
static pthread_mutex_t mu = PTHREAD_MUTEX_INITIALIZER;

static void *worker(void *arg) {
    int on_stack[64];
    for (int i = 0; i < 64; i++) on_stack[i] = i;
    pthread_mutex_lock(&mu);
    x += on_stack[63];
    pthread_mutex_unlock(&mu);
    return arg;
}

int main(void) {
    for (int i = 0; i < 250; i++) together(worker, worker);
    return x != 500 * 63;
}
