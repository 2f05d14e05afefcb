// A timeout orders nothing with what others did meanwhile.
// expect: GR001
#include "../stage.h"

static int x;
static chan(int) never;

static void writer(void) {
    x = 1; // race: first
}

static void chooser(void) {
    int v = 0;
    chan_select {
        chan_case_recv(never, v) { goro_panic("nobody sends: %d", v); }
        chan_case_timeout(5 * GORO_MILLISECOND) {
            use(x); // race: second
        }
    }
}

int main(void) {
    never = chan_make(int, 0);
    together(writer, chooser);
    chan_free(never);
    return 0;
}
