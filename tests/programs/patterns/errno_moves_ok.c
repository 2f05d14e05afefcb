// errno goes with the goroutine when it goes on on another thread: its own thread is held meanwhile by somebody whose
// errno is another.
// expect: none
#include "../stage.h"
#include <sys/syscall.h>
#include <unistd.h>

static void hold_thread(chan(goro_empty) wake, chan(goro_empty) end) {
    errno = 1000;
    goro_lock_thread(); // the thread that the other one has left, mostly
    chan_close(wake);
    chan_recv(end);
    if (errno != 1000) goro_panic("errno of the holder is %d", errno);
    goro_unlock_thread();
}

static void wander(int mine) {
    for (int moves = 0; moves < 5;) {
        chan(goro_empty) wake = chan_make(goro_empty, 0), end = chan_make(goro_empty, 0);
        long before = syscall(SYS_gettid); // pthread_self is declared to be the same for ever
        errno = mine;
        go(hold_thread, wake, end);
        chan_recv(wake);
        if (errno != mine) goro_panic("errno is %d, not %d", errno, mine);
        moves += syscall(SYS_gettid) != before;
        chan_close(end);
    }
}

int main(void) {
    goro_wg wg = {0};
    for (int i = 1; i <= 4; i++) goro_wg_go(&wg, wander, i);
    goro_wg_wait(&wg);
    return 0;
}
