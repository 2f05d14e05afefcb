// Two that are told to quit by the same close are not ordered with each other.
// expect: GR001
#include "../stage.h"

static int x;
static chan(int) values;
static chan(goro_empty) quit;

static void chooser(void) {
    int v;
    goro_empty none;
    chan_select {
        chan_case_recv(values, v) { goro_panic("nobody sends: %d", v); }
        chan_case_recv(quit, none) {
            x++; // race: both
        }
    }
    (void)none;
}

int main(void) {
    goro_wg wg = {0};
    values = chan_make(int, 0);
    quit = chan_make(goro_empty, 0);
    goro_wg_go(&wg, chooser);
    goro_wg_go(&wg, chooser);
    chan_close(quit);
    goro_wg_wait(&wg);
    chan_free(values);
    chan_free(quit);
    return 0;
}
