// A ticker that is never stopped lies in the frame of a function that has returned, and others write there.
// expect: GM003
// exit: 2
#include <goro.h>
#include <string.h>

static __attribute__((noinline)) void begin(void) {
    goro_ticker t;
    memset(&t, 0, sizeof t);
    goro_ticker_start(&t, GORO_MILLISECOND); // at: GM003
}

static __attribute__((noinline)) void write_over(int n) {
    char page[4096];
    memset(page, n, sizeof page);
    __asm__ volatile("" ::"r"(page) : "memory");
}

int main(void) {
    begin();
    for (int i = 1; i < 100; i++) {
        write_over(i);
        goro_sleep(GORO_MILLISECOND);
    }
    return 0;
}
