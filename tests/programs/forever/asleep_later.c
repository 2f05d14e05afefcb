// One goroutine is lost at once; later the whole program falls asleep, on a channel that a variable keeps. Both are said.
// expect: GD003 GD001
// mode: race
// exit: 2
#include "../stage.h"
#include "../told.h"

static chan(int) kept;

static void lost(void) {
    chan(int) c = chan_make(int, 0);
    chan_send(c, 1); // at: GD003
}

int main(void) {
    kept = chan_make(int, 0);
    go(lost);
    until_told("GD003", 1) goro_sleep(GORO_SECOND / 2);
    return chan_recv(kept); // at: GD001
}
