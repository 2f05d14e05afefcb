// Two threads without synchronisation.
// expect: GR001
#include "../thread_stage.h"

static int x;

static void *thread(void *arg) {
    x++; // race: both
    return arg;
}

int main(void) {
    together(thread, thread);
    return 0;
}
