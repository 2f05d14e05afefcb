// Two buffers swap between a filler and a user through two channels.
// expect: none
#include "../stage.h"

static chan(int *) full, empty;

static void fill(void) {
    for (int round = 0; round < 50; round++) {
        int *b = chan_recv(empty);
        for (int i = 0; i < 64; i++) b[i] = round;
        chan_send(full, b);
    }
    chan_close(full);
}

static void use_up(void) {
    int *b, round = 0;
    chan_range(b, full) {
        for (int i = 0; i < 64; i++)
            if (b[i] != round) goro_panic("torn buffer");
        round++;
        chan_send(empty, b);
    }
}

int main(void) {
    static int a[64], b[64];
    full = chan_make(int *, 2);
    empty = chan_make(int *, 2);
    chan_send(empty, a);
    chan_send(empty, b);
    together(fill, use_up);
    return 0;
}
