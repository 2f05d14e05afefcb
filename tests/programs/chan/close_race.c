// What is done after the close is unordered.
// expect: GR001
#include "../stage.h"

static int x;
static chan(int) c;

static void closer(void) {
    chan_close(c);
    x = 1; // race: first
}

static void receiver(void) {
    chan_recv(c);
    use(x); // race: second
}

int main(void) {
    c = chan_make(int, 0);
    together(closer, receiver);
    chan_free(c);
    return 0;
}
