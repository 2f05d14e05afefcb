// Two are asked, the first answer is taken: nobody will ever receive the other one. The program then waits for a child's
// word, by a plain sleep of the runtime's.
// expect: GD003*1
#include "../stage.h"
#include "../told.h"

static void ask(int who, chan(int) answers) {
    chan_send(answers, who); // at: GD003
}

static __attribute__((noinline)) int first_answer(void) {
    chan(int) answers = chan_make(int, 0);
    go(ask, 1, answers);
    go(ask, 2, answers);
    return chan_recv(answers);
}

int main(void) {
    use(first_answer());
    until_told("GD003", 1) goro_sleep(GORO_SECOND / 2);
    return 0;
}
