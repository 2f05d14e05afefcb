// The function stops its ticker before it returns.
// expect: none
#include <goro.h>
#include <string.h>

static __attribute__((noinline)) void begin(void) {
    goro_ticker t;
    memset(&t, 0, sizeof t);
    goro_ticker_start(&t, GORO_MILLISECOND);
    goro_ticker_stop(&t);
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
