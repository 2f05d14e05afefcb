// A nil channel in a select orders nothing, though others have a nil channel in theirs.
// expect: GR001
#include "../stage.h"

static int x;

static void poll_nil(void) {
    chan(int) nil = NULL;
    int v = 0;
    chan_select {
        chan_case_recv(nil, v) { goro_panic("received %d from nil", v); }
        chan_case_send(nil, 1) { goro_panic("sent to nil"); }
        chan_default {}
    }
}

static void writer(void) {
    x = 1; // race: first
    poll_nil();
    stage_done();
}

static void reader(void) {
    stage_await(1);
    poll_nil();
    use(x); // race: second
}

int main(void) {
    together(writer, reader);
    return 0;
}
