// One goroutine owns a variable; the others read and write it through channels.
// expect: none
#include "../stage.h"

static chan(int) reads, writes;
static chan(goro_empty) quit;

static void monitor(void) {
    int value = 0, v;
    goro_empty none;
    for (bool on = true; on;) {
        chan_select {
            chan_case_send(reads, value) {}
            chan_case_recv(writes, v) { value += v; }
            chan_case_recv(quit, none) { on = false; }
        }
    }
    (void)none;
}

static void writer(void) {
    for (int i = 0; i < 20; i++) chan_send(writes, 1);
}

static void reader(void) {
    for (int i = 0, last = 0; i < 20; i++) {
        int v = chan_recv(reads);
        if (v < last) goro_panic("it went back from %d to %d", last, v);
        last = v;
    }
}

int main(void) {
    goro_wg wg = {0}, owner = {0};
    reads = chan_make(int, 0), writes = chan_make(int, 0), quit = chan_make(goro_empty, 0);
    goro_wg_go(&owner, monitor);
    for (int i = 0; i < 3; i++) {
        goro_wg_go(&wg, writer);
        goro_wg_go(&wg, reader);
    }
    goro_wg_wait(&wg);
    int total = chan_recv(reads);
    chan_close(quit);
    goro_wg_wait(&owner);
    return total != 60;
}
