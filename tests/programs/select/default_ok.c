// Polling with a default until a case is ready: the chosen case orders.
// expect: none
#include "../stage.h"

static int x;
static chan(int) c;

static void sender(void) {
    x = 1;
    chan_send(c, 1);
}

static void chooser(void) {
    int v = 0;
    while (!v) {
        chan_select {
            chan_case_recv(c, v) { use(x); }
            chan_default { goro_yield(); }
        }
    }
}

int main(void) {
    c = chan_make(int, 0);
    together(sender, chooser);
    chan_free(c);
    return 0;
}
