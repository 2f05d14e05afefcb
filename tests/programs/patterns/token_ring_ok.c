// A token goes round; who has it may write the shared variable.
// expect: none
#include "../stage.h"

enum { N = 8, ROUNDS = 20 };
static long shared;

static void station(chan(int) in, chan(int) out) {
    for (int i = 0; i < ROUNDS; i++) {
        int token = chan_recv(in);
        shared += token;
        chan_send(out, token + 1);
    }
}

int main(void) {
    chan(int) c[N];
    goro_wg wg = {0};
    for (int i = 0; i < N; i++) c[i] = chan_make(int, 1);
    for (int i = 0; i < N; i++) goro_wg_go(&wg, station, c[i], c[(i + 1) % N]);
    chan_send(c[0], 0);
    goro_wg_wait(&wg);
    for (int i = 0; i < N; i++) chan_free(c[i]);
    return shared != (long)N * ROUNDS * (N * ROUNDS - 1) / 2;
}
