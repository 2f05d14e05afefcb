// The sender goes on using what it has sent away.
// expect: GR001
#include "../stage.h"
#include <stdlib.h>

struct message { int hops; };
static chan(struct message *) c;

static void receiver(void) {
    struct message *m = chan_recv(c);
    m->hops++; // race: first
}

static void sender(void) {
    struct message *m = calloc(1, sizeof *m);
    chan_send(c, m);
    use(m->hops); // race: second
}

int main(void) {
    c = chan_make(struct message *, 1);
    together(sender, receiver);
    chan_free(c);
    return 0;
}
