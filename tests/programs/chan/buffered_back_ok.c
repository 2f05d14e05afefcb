// Receive k is before the return of send k + C: a buffered channel as a semaphore of C.
// expect: none
#include "../stage.h"

static int x;
static chan(int) c;

static void sender(void) {
    for (int i = 0; i < 3; i++) chan_send(c, i);
    use(x);
}

static void receiver(void) {
    x = 1;
    for (int i = 0; i < 3; i++) chan_recv(c);
}

int main(void) {
    c = chan_make(int, 2);
    together(sender, receiver);
    chan_free(c);
    return 0;
}
