// Elements of any size are copied whole; the copy is the receiver's own.
// expect: none
#include "../stage.h"

struct big { int cell[100]; };
static chan(struct big) c;

static void sender(void) {
    struct big b;
    for (int round = 0; round < 10; round++) {
        for (int i = 0; i < 100; i++) b.cell[i] = round + i;
        chan_send(c, b);
    }
    chan_close(c);
}

static void receiver(void) {
    struct big b;
    int round = 0;
    chan_range(b, c) {
        for (int i = 0; i < 100; i++)
            if (b.cell[i] != round + i) goro_panic("round %d cell %d is %d", round, i, b.cell[i]);
        round++;
        b.cell[0] = -1;
    }
    if (round != 10) goro_panic("%d rounds", round);
}

int main(void) {
    c = chan_make(struct big, 3);
    together(sender, receiver);
    chan_free(c);
    return 0;
}
