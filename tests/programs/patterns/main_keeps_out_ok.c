// main writes before it starts anyone and after all have been joined, with no lock in sight.
// expect: none
#include "../stage.h"

static int phase, log_of[30], entries;
static goro_mutex mu;

static void worker(void) {
    goro_mutex_lock(&mu);
    log_of[entries++] = phase;
    goro_mutex_unlock(&mu);
}

int main(void) {
    for (phase = 0; phase < 5; phase++) {
        goro_wg wg = {0};
        for (int i = 0; i < 6; i++) goro_wg_go(&wg, worker);
        goro_wg_wait(&wg);
        if (entries != 6 * (phase + 1)) return 1;
    }
    return log_of[29] != 4;
}
