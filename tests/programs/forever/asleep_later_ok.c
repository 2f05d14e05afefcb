// The same, but somebody is there for both channels.
// expect: none
// mode: race
#include "../stage.h"

static chan(int) kept;

static void patient(chan(int) c) {
    chan_send(c, 1);
    chan_send(kept, 1);
}

int main(void) {
    chan(int) c = chan_make(int, 0);
    kept = chan_make(int, 0);
    go(patient, c);
    goro_sleep(200 * GORO_MILLISECOND);
    use(chan_recv(c));
    use(chan_recv(kept));
    return 0;
}
