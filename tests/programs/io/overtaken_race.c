// A goroutine sits in a read() of its own; others overtake it on a second thread, and when it is back both count at the
// same time. What it wrote while it was the only one counts, too. (A raw system call writes, so that the pipe orders nothing.)
// expect: GR001
// unseeded: a call that blocks in the kernel until another goroutine writes
#include "../stage.h"
#include <sys/syscall.h>
#include <unistd.h>

static int before, beside, p[2];

static void count(void) {
    for (int i = 0; i < 20000; i++) {
        beside++;                            // race: both beside
        __asm__ volatile("" : : : "memory"); /* else -O2 adds 20,000, once */
    }
}

static void blocked(void) {
    char c;
    before = 1; // race: first before
    stage_done();
    if (read(p[0], &c, 1) != 1) goro_panic("read");
    count();
}

static void overtaking(void) {
    stage_await(1);
    use(before); // race: second before
    if (syscall(SYS_write, p[1], "a", 1) != 1) goro_panic("write");
    count();
}

int main(void) {
    if (pipe(p)) return 1;
    together(blocked, overtaking);
    return 0;
}
