// goro_panic prints its text and ends the program with status 2.
// expect: none
// exit: 2
// stderr-has: panic: the answer is 42
// stderr-has: goroutine 1
#include "../stage.h"

int main(void) {
    goro_panic("the answer is %d", 42);
    return 0;
}
