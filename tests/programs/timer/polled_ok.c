// A timer's channel that is only looked at, in a program with no other goroutine, gets its time all the same.
// expect: none
#include <goro.h>

int main(void) {
    goro_timer timer = {0};
    int64_t at;
    goro_timer_start(&timer, GORO_MILLISECOND);
    while (!chan_try_recv(goro_timer_chan(&timer), &at)) continue;
    return 0;
}
