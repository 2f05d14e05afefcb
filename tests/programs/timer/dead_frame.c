// Timers that a function of main's left behind in its frame, and a destructor that runs for a while over it, at the end.
// expect: GX001*3
#include <goro.h>
#include <string.h>
#include <unistd.h>

static __attribute__((destructor)) void at_end(void) {
    char page[4096];
    for (int i = 0; i < 80; i++) {
        memset(page, i + 1, sizeof page);
        __asm__ volatile("" ::"r"(page) : "memory");
        usleep(1000);
    }
    goro_sleep(GORO_MILLISECOND);
}

static __attribute__((noinline)) void leave_timers(void) {
    goro_timer far, near, far_too;
    memset(&far, 0, sizeof far), memset(&near, 0, sizeof near), memset(&far_too, 0, sizeof far_too);
    goro_timer_start(&far, GORO_HOUR);              // at: GX001
    goro_timer_start(&near, 40 * GORO_MILLISECOND); // at: GX001
    goro_timer_start(&far_too, 5 * GORO_SECOND);    // at: GX001
    goro_sleep(GORO_MILLISECOND);
}

int main(void) {
    leave_timers();
    return 0;
}
