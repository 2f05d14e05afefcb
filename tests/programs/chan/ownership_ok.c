// A block passes from hand to hand with its pointer; whoever has it may write, and the last frees it.
// expect: none
#include "../stage.h"
#include <stdlib.h>

struct message { int hops; char body[100]; };

static void hand(chan_rx(struct message *) in, chan_tx(struct message *) out) {
    struct message *m;
    chan_range(m, in) {
        m->body[m->hops++] = 'x';
        chan_send(out, m);
    }
    chan_close(out);
}

int main(void) {
    chan(struct message *) a = chan_make(struct message *, 0);
    chan(struct message *) b = chan_make(struct message *, 2);
    chan(struct message *) c = chan_make(struct message *, 2);
    go(hand, chan_as_rx(a), chan_as_tx(b));
    go(hand, chan_as_rx(b), chan_as_tx(c));
    int hops = 0;
    for (int i = 0; i < 5; i++) {
        chan_send(a, (struct message *)calloc(1, sizeof(struct message)));
        struct message *m = chan_recv(c);
        hops += m->hops;
        free(m);
    }
    chan_close(a);
    chan_recv(c);
    chan_free(c);
    return hops != 10;
}
