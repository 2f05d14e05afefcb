// ... and only as that: the sender has not learnt what the waiting receiver did before (that is for send k + C).
// expect: GR001
#include "../stage.h"

static int x;
static chan(int) c;

static void receiver(void) {
    x = 1; // race: first
    stage_done();
    chan_recv(c);
}

static void sender(void) {
    stage_await(1);
    stage_pause();
    chan_send(c, 1);
    use(x); // race: second
}

int main(void) {
    c = chan_make(int, 2);
    together(receiver, sender);
    chan_free(c);
    return 0;
}
