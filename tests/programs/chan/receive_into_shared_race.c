// chan_recv_ok writes the variable that it is given: that write is the receiver's, and races as any other.
// expect: GR001
#include "../stage.h"

static int got;
static chan(int) c;

static void receiver(void) {
    chan_recv_ok(c, &got); // race: first
}

static void reader(void) {
    use(got); // race: second
}

int main(void) {
    c = chan_make(int, 1);
    chan_send(c, 1);
    together(receiver, reader);
    chan_free(c);
    return 0;
}
