// The same when the receiver waits and the sender's goroutine copies the value for it: still the receiver's write.
// expect: GR001
#include "../stage.h"

static int got;
static chan(int) c;

static void receiver(void) {
    stage_done();
    chan_recv_ok(c, &got); // race: first
}

static void reader(void) {
    use(got); // race: second
}

static void sender(void) {
    stage_await(1);
    stage_pause();
    chan_send(c, 1);
}

int main(void) {
    c = chan_make(int, 0);
    together3(receiver, reader, sender);
    chan_free(c);
    return 0;
}
