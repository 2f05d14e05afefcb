// The repaired twin of slower_answer.c: the channel has room for both.
// expect: none
#include "../stage.h"

static void ask(int who, chan(int) answers) { chan_send(answers, who); }

static __attribute__((noinline)) int first_answer(void) {
    chan(int) answers = chan_make(int, 2);
    go(ask, 1, answers);
    go(ask, 2, answers);
    return chan_recv(answers);
}

int main(void) {
    use(first_answer());
    goro_sleep(GORO_SECOND / 5);
    return 0;
}
