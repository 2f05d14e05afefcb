// Several channels, several signals, a select, stop and a second round; the handler comes into everything that goes on.
// expect: none
#include "../stage.h"
#include <signal.h>
#include <unistd.h>

enum { ROUNDS = 20 };

static void work(chan(int) in, chan(int) out) {
    int v;
    chan_range(v, in) chan_send(out, v + 1);
    chan_close(out);
}

int main(void) {
    chan(int) in = chan_make(int, 0), out = chan_make(int, 1), usr = chan_make(int, 4),
              all = chan_make(int, 2 * ROUNDS);
    int v, sum = 0, signals = 0;
    goro_notify(usr, SIGUSR1);
    goro_notify(all, SIGUSR1);
    goro_notify(all, SIGUSR2);
    go(work, in, out);
    for (int i = 0; i < ROUNDS; i++) {
        kill(getpid(), i % 2 ? SIGUSR1 : SIGUSR2);
        chan_send(in, i);
        chan_select {
            chan_case_recv(out, v) sum += v;
            chan_case_timeout(GORO_MINUTE) goro_panic("nothing came");
        }
        if (i % 2) signals += chan_recv(usr) == SIGUSR1;
        chan_recv(all);
    }
    chan_close(in);
    chan_recv(out);
    goro_notify_stop(usr);
    goro_notify_stop(all);
    chan_free(usr);
    chan_free(all);
    if (sum != ROUNDS * (ROUNDS + 1) / 2 || signals != ROUNDS / 2) goro_panic("%d %d", sum, signals);
    return 0;
}
