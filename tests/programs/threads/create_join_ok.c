// pthread_create -> the thread -> pthread_join.
// expect: none
#include "../thread_stage.h"

static int x;

static void *thread(void *arg) {
    (void)arg;
    x++;
    return &x;
}

int main(void) {
    pthread_t t;
    void *result;
    x = 1;
    pthread_create(&t, NULL, thread, NULL);
    pthread_join(t, &result);
    return *(int *)result != 2;
}
