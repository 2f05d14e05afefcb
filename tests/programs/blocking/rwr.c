// A reader reads again behind a writer, and the writer waits for the reader.
// expect: GM002
// exit: 2
// stderr-has: fatal error: all goroutines are asleep - deadlock!
#include "../stage.h"

static goro_rwmutex rw;

static void one(void) {
    goro_rwmutex_rlock(&rw);
    stage_done();
    stage_pause();
    goro_rwmutex_rlock(&rw); // at: GM002
}

static void two(void) {
    stage_await(1);
    goro_rwmutex_lock(&rw);
}

int main(void) {
    together(one, two);
    return 0;
}
