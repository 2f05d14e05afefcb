// The repaired twin: a channel tells of what was written before, and a mutex guards what both count.
// expect: none
#include "../stage.h"
#include <sys/syscall.h>
#include <unistd.h>

static int before, beside, p[2];
static goro_mutex mu;
static chan(int) told;

static void count(void) {
    for (int i = 0; i < 2000; i++) {
        goro_mutex_lock(&mu);
        beside++;
        goro_mutex_unlock(&mu);
    }
}

static void blocked(void) {
    char c;
    before = 1;
    chan_send(told, 1);
    if (read(p[0], &c, 1) != 1) goro_panic("read");
    count();
}

static void overtaking(void) {
    chan_recv(told);
    use(before);
    if (syscall(SYS_write, p[1], "a", 1) != 1) goro_panic("write");
    count();
}

int main(void) {
    told = chan_make(int, 1);
    if (pipe(p)) return 1;
    together(blocked, overtaking);
    chan_free(told);
    return 0;
}
