// A timeout that does not come: the worker's result is chosen long before.
// expect: none
#include "../stage.h"

static int x;
static chan(int) result;

static void worker(void) {
    x = 1;
    chan_send(result, 1);
}

static void chooser(void) {
    int v = 0;
    chan_select {
        chan_case_recv(result, v) { use(x); }
        chan_case_timeout(GORO_HOUR) { goro_panic("an hour is over"); }
    }
    use(v);
}

int main(void) {
    result = chan_make(int, 1);
    together(worker, chooser);
    chan_free(result);
    return 0;
}
