// pthread_once.
// expect: none
#include "../thread_stage.h"

static int x;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void init(void) { x = 1; }

static void *user(void *arg) {
    pthread_once(&once, init);
    use(x);
    return arg;
}

int main(void) {
    together(user, user);
    return 0;
}
