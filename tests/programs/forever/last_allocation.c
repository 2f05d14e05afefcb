// The channel is what was allocated last: the allocator's own pointer to what is free behind it leads nobody to it.
// expect: GD003
// mode: race
#include "../stage.h"
#include "../told.h"

static void sender(void) {
    chan(int) c = chan_make(int, 0);
    chan_send(c, 1); // at: GD003
}

int main(void) {
    go(sender);
    until_told("GD003", 1) goro_sleep(GORO_SECOND / 2);
    return 0;
}
