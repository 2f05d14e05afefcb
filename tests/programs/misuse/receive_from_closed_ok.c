// A receive from a closed channel gives zero, again and again; what was in the buffer comes first.
// expect: none
#include "../stage.h"

int main(void) {
    chan(int) c = chan_make(int, 3);
    int v = 9;
    chan_send(c, 1);
    chan_send(c, 2);
    chan_close(c);
    if (chan_len(c) != 2 || chan_recv(c) != 1) return 1;
    if (!chan_recv_ok(c, &v) || v != 2) return 2;
    if (chan_recv_ok(c, &v) || v != 0) return 3;
    if (chan_recv(c) != 0 || chan_try_recv(c, &v)) return 4;
    chan_free(c);
    return 0;
}
