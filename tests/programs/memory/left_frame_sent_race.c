// A function sends the address of a local variable over a channel and returns while the receiver uses it.
// expect: GR003
// mode: race
// each: unbuffered
// each: buffered
// each: in_a_select
// each: in_a_struct
// each: by_a_goroutine
#include "../pick.h"
#include "../stage.h"

#define APART static __attribute__((noinline))

struct message {
    int kind;
    int *p;
};

static goro_wg all;
static int value = 1;

static void receive(chan(int *) c) {
    int *p = chan_recv(c);
    use(*p); // race: first
    goro_wg_done(&all);
}
static void receive_message(chan(struct message) c) {
    struct message m = chan_recv(c);
    use(*m.p); // race: first
    goro_wg_done(&all);
}

APART void send_pointer(chan(int *) c) {
    int x = value;
    chan_send(c, &x); // race: second
} // race: second
APART void send_in_select(chan(int *) c) {
    int x = value;
    chan_select {                // race: second
        chan_case_send(c, &x) {} // race: second
    }
} // race: second
APART void send_message(chan(struct message) c) {
    int x = value;
    struct message m = {1, &x};
    chan_send(c, m); // race: second
} // race: second

static void send_at_once(chan(int *) c) {
    int x = value;
    chan_send(c, &x); // race: second
} // race: second

static void unbuffered(void) {
    chan(int *) c = chan_make(int *, 0);
    goro_wg_go(&all, receive, c);
    goro_wg_add(&all, 1);
    send_pointer(c);
    goro_wg_wait(&all);
}
static void buffered(void) {
    chan(int *) c = chan_make(int *, 1);
    goro_wg_add(&all, 1);
    go(receive, c);
    send_pointer(c);
    goro_wg_wait(&all);
}
static void in_a_select(void) {
    chan(int *) c = chan_make(int *, 0);
    goro_wg_add(&all, 1);
    go(receive, c);
    send_in_select(c);
    goro_wg_wait(&all);
}
static void in_a_struct(void) {
    chan(struct message) c = chan_make(struct message, 0);
    goro_wg_add(&all, 1);
    go(receive_message, c);
    send_message(c);
    goro_wg_wait(&all);
}

static void by_a_goroutine(void) {
    chan(int *) c = chan_make(int *, 0);
    goro_wg_add(&all, 1);
    go(receive, c);
    stage_pause(); // it has a stack of its own before the sender's is free
    go(send_at_once, c);
    goro_wg_wait(&all);
}

static const struct pattern patterns[] = {PATTERN(unbuffered), PATTERN(buffered), PATTERN(in_a_select),
                                          PATTERN(in_a_struct), PATTERN(by_a_goroutine)};

int main(int argc, char **argv) { return RUN_PATTERNS(patterns, argc, argv); }
