// As beside_hog.c, and each look is made in a copy of the process, whose answer is waited for at a time that the seed decides.
// expect: GD003
// mode: race
// env: GORO_RACE_OPTIONS=apart=0
#include "../stage.h"

static volatile int rounds;

static void lost(void) {
    chan(int) c = chan_make(int, 0);
    chan_send(c, 1); // at: GD003
}

int main(void) {
    go(lost);
    for (int i = 0; i < 12000000; i++) use(rounds);
    return 0;
}
