// What comes after pthread_create is unordered with the thread.
// expect: GR001
#include "../thread_stage.h"

static int x;

static void *thread(void *arg) {
    use(x); // race: first
    return arg;
}

int main(void) {
    pthread_t t;
    pthread_create(&t, NULL, thread, NULL);
    x = 1; // race: second
    pthread_join(t, NULL);
    return 0;
}
