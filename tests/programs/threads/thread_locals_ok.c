// Each thread has its own; a thread-specific destructor runs in the thread, before the join.
// expect: none
#include "../thread_stage.h"
#include <stdlib.h>

static _Thread_local int mine;
static pthread_key_t key;

static void destroy(void *block) {
    *(int *)block += mine;
    free(block);
}

static void *user(void *arg) {
    int *block = malloc(sizeof *block);
    for (int i = 0; i < 100; i++) mine++;
    *block = mine;
    pthread_setspecific(key, block);
    return arg;
}

int main(void) {
    pthread_key_create(&key, destroy);
    together(user, user);
    return mine;
}
