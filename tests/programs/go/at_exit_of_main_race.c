// A deferred call of main is main's: a goroutine that nobody has joined is unordered with it.
// expect: GR001
#include "../stage.h"

static int x;

static void deferred(void *arg) {
    (void)arg;
    stage_await(1);
    use(x); // race: first
}

static void child(void) {
    x = 1; // race: second
    stage_done();
}

int main(void) {
    goro_at_exit(deferred, NULL);
    go(child);
    return 0;
}
