// A select over channels that nobody uses, and one without cases is the same.
// expect: GD001
// exit: 2
// stderr-has: fatal error: all goroutines are asleep - deadlock!
#include "../stage.h"

int main(void) {
    chan(int) a = chan_make(int, 0), b = chan_make(int, 0);
    int v = 0;
    chan_select {
        chan_case_recv(a, v) {}
        chan_case_send(b, 1) {}
    }
    return v;
}
