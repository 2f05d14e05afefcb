// A goroutine waits for ever while others sit in plain calls that block: one in read(), main in poll().
// expect: GD003
// mode: race
// unseeded: calls that block in the kernel
#include "../stage.h"
#include "../told.h"

#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

static int fd[2];

static void lost(void) {
    chan(int) c = chan_make(int, 0);
    chan_send(c, 1); // at: GD003
}

static void reader(goro_wg *wg) {
    char byte;
    if (read(fd[0], &byte, 1) != 1) abort();
    goro_wg_done(wg);
}

static __attribute__((noinline)) void cover(void) {
    volatile char stack[8192];
    for (unsigned i = 0; i < sizeof stack; i++) stack[i] = 0;
}

int main(void) {
    goro_wg wg = {0};
    if (pipe(fd)) return 1;
    goro_wg_add(&wg, 1);
    go(reader, &wg);
    go(lost);
    stage_pause();
    cover();
    until_told("GD003", 1) poll(NULL, 0, 500);
    if (write(fd[1], "x", 1) != 1) return 1;
    goro_wg_wait(&wg);
    return 0;
}
