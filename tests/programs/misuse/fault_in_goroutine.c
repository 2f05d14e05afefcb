// A fault tells its signal and the goroutine's stack, and the program dies of it.
// expect: none
// exit: 139
// stderr-has: [signal SIGSEGV: segmentation violation code=0x1 addr=0x10 pc=0x
// stderr-has: goroutine 2 [running]:
// stderr-has: created by main in goroutine 1
#include "../stage.h"

static void child(int *volatile p) { p[4] = 1; }

int main(void) {
    chan(int) c = chan_make(int, 0);
    go(child, NULL);
    return chan_recv(c);
}
