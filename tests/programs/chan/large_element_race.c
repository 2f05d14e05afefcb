// The value to be sent is read by the sender's own expression: that read races as any other.
// expect: GR001
#include "../stage.h"

struct big { long cell[10]; };
static struct big b;
static chan(struct big) c;

static void sender(void) {
    chan_send(c, b); // race: first
}

static void writer(void) {
    b.cell[7] = 1; // race: second
}

int main(void) {
    c = chan_make(struct big, 1);
    together(sender, writer);
    chan_recv(c);
    chan_free(c);
    return 0;
}
