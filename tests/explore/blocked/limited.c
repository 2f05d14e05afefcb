// Waits with a time limit that a signal would end early: who looks at the outcome must not see that.
#include <goro.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/select.h>
#include <unistd.h>
static int ends[2];
static void looks(goro_wg *wg) {
    struct pollfd p = {.fd = ends[0], .events = POLLIN};
    struct timeval t = {.tv_sec = 20};
    fd_set set;
    if (poll(&p, 1, 20000) != 1) abort();
    FD_ZERO(&set);
    FD_SET(ends[0], &set);
    if (select(ends[0] + 1, &set, NULL, NULL, &t) != 1) abort();
    goro_wg_done(wg);
}
static void writes(goro_wg *wg) {
    if (write(ends[1], "x", 1) != 1) abort();
    goro_wg_done(wg);
}
int main(void) {
    goro_wg wg = {0};
    if (pipe(ends)) return 2;
    goro_wg_add(&wg, 2);
    go(looks, &wg);
    go(writes, &wg);
    goro_wg_wait(&wg);
    return 0;
}
