// Who sits in a plain read() has the only pointer to a channel: in a register that is kept over the call, or in a block to which
// such a register leads.
// expect: none
// mode: race
// unseeded: calls that block in the kernel
#include "../stage.h"

#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

struct box {
    chan(int) c;
};

static int fd[2][2];
static goro_wg wg;

static void waiter(chan(int) c) {
    use(chan_recv(c));
    chan_free(c);
    goro_wg_done(&wg);
}

static __attribute__((noinline)) chan(int) begin(void) {
    chan(int) c = chan_make(int, 0);
    goro_wg_add(&wg, 1);
    go(waiter, c);
    return c;
}

static __attribute__((noinline)) struct box *begin_in_box(void) {
    struct box *b = malloc(sizeof *b);
    b->c = begin();
    return b;
}

/* Nothing of what was on the stack before is left there. */
static __attribute__((noinline)) void cover(void) {
    volatile char stack[8192];
    for (unsigned i = 0; i < sizeof stack; i++) stack[i] = 0;
}

static void in_register(void) {
    char byte;
    register chan(int) c = begin();
    cover();
    if (read(fd[0][0], &byte, 1) != 1) abort();
    chan_send(c, 1);
    goro_wg_done(&wg);
}

static void in_block(void) {
    char byte;
    register struct box *b = begin_in_box();
    cover();
    if (read(fd[1][0], &byte, 1) != 1) abort();
    chan_send(b->c, 1);
    free(b);
    goro_wg_done(&wg);
}

int main(void) {
    if (pipe(fd[0]) || pipe(fd[1])) return 1;
    goro_wg_add(&wg, 2);
    go(in_register);
    go(in_block);
    stage_pause();
    for (int i = 0; i < 10; i++) poll(NULL, 0, 50);
    for (int i = 0; i < 2; i++)
        if (write(fd[i][1], "x", 1) != 1) return 1;
    goro_wg_wait(&wg);
    return 0;
}
