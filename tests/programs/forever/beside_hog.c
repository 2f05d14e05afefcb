// A goroutine waits for what nobody knows any more, while another one computes all the time: no moment is quiet.
// expect: GD003
// mode: race
#include "../stage.h"

static volatile int rounds;

static void lost(void) {
    chan(int) c = chan_make(int, 0);
    chan_send(c, 1); // at: GD003
}

int main(void) {
    go(lost);
    for (int i = 0; i < 6000000; i++) use(rounds);
    return 0;
}
