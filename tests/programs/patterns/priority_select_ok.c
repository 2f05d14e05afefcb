// A select that looks at the urgent channel first, then at both.
// expect: none
#include "../stage.h"

static chan(int) urgent, normal;

static void producer(void) {
    for (int i = 0; i < 20; i++) {
        if (i % 4 == 0) chan_send(urgent, i);
        else chan_send(normal, i);
    }
    chan_close(urgent);
    chan_close(normal);
}

static void consumer(void) {
    chan(int) u = urgent, n = normal;
    int v, got = 0;
    bool ok;
    while (u || n) {
        bool had = true;
        chan_select {
            chan_case_recv_ok(u, v, ok) {
                if (ok) got++;
                else u = NULL;
            }
            chan_default { had = false; }
        }
        if (had) continue; // not in the case: there it would end the select alone
        chan_select {
            chan_case_recv_ok(u, v, ok) {
                if (ok) got++;
                else u = NULL;
            }
            chan_case_recv_ok(n, v, ok) {
                if (ok) got++;
                else n = NULL;
            }
        }
    }
    if (got != 20) goro_panic("got %d", got);
    (void)v;
}

int main(void) {
    urgent = chan_make(int, 1);
    normal = chan_make(int, 1);
    together(producer, consumer);
    chan_free(urgent);
    chan_free(normal);
    return 0;
}
