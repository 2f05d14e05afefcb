// A read that only its deadline ends is no deadlock, and whoever sees it end goes on in peace; neither is one that a
// goroutine ends by closing the descriptor.
// expect: none
#include "../stage.h"
#include <errno.h>
#include <poll.h>
#include <unistd.h>

static int p[2], q[2];
static goro_wg wg;

static void read_until_closed(void) {
    char c;
    if (goro_read(q[0], &c, 1) != -1 || errno != EBADF) goro_panic("the descriptor was closed");
}

int main(void) {
    char c;
    if (pipe(p) || pipe(q)) return 1;
    goro_set_deadline(p[0], POLLIN, goro_now() + 20 * GORO_MILLISECOND);
    if (goro_read(p[0], &c, 1) != -1 || errno != ETIMEDOUT) return 2;
    goro_wg_go(&wg, read_until_closed);
    goro_sleep(GORO_MILLISECOND);
    goro_close(q[0]);
    goro_wg_wait(&wg);
    return 0;
}
