// A fault of the program's own ends it, whoever is registered for the signal.
// expect: none
// exit: 139
// stderr-has: [signal SIGSEGV: segmentation violation
#include "../stage.h"
#include <signal.h>

int main(void) {
    chan(int) c = chan_make(int, 1);
    goro_notify(c, SIGSEGV);
    *(volatile int *)NULL = 1;
    return chan_recv(c);
}
