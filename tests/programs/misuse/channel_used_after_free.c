// The one who frees it uses it once more.
// expect: GC004
// exit: any
// race-exit: any
#include "../live.h"

int main(void) {
    chan(int) c = chan_make(int, 1);
    live_start();
    chan_free(c);
    use((long)chan_cap(c)); // at: GC004
    live_stop();
    return 0;
}
