// A goroutine that computes without end does not keep the others from running, on one P either.
// expect: none
// mode: plain
#include "../stage.h"

static void hog(void) {
    for (volatile long i = 0;; i++) {}
}

static void polite(chan(int) c) { chan_send(c, 1); }

int main(void) {
    chan(int) c = chan_make(int, 0);
    go(hog);
    goro_yield();
    go(polite, c);
    return chan_recv(c) != 1;
}
