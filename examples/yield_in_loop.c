// goro_yield in a loop that computes: lets the others answer between two steps, although there is one processor.
//
// Without it the others still get their turn (the runtime takes the processor away from whoever computes for too long), but
// late. goro_yield does not suspend the caller: it goes to the end of the queue and comes back by itself.
//
// expect: none
// stdout: the sum is 499999500000
// stdout: answered 100 questions meanwhile
#include <goro.h>
#include <stdint.h>
#include <stdio.h>

enum { STEPS = 100, STEP = 10000 };

static void sum(chan(int64_t) out, chan(goro_empty) questions) {
    int64_t s = 0;
    for (int i = 0; i < STEPS; i++) {
        for (int j = i * STEP; j < (i + 1) * STEP; j++) s += j;
        chan_send(questions, (goro_empty){}); // buffered: nobody waits here
        goro_yield();
    }
    chan_close(questions);
    chan_send(out, s);
}

static void answer(chan(goro_empty) questions, int *answered) {
    goro_empty question;
    chan_range(question, questions) ++*answered;
}

int main(void) {
    goro_gomaxprocs(1);
    chan(int64_t) out = chan_make(int64_t, 1);
    chan(goro_empty) questions = chan_make(goro_empty, STEPS);
    goro_wg wg = {0};
    int answered = 0;
    goro_wg_go(&wg, sum, out, questions);
    goro_wg_go(&wg, answer, questions, &answered);
    goro_wg_wait(&wg);
    printf("the sum is %lld\n", (long long)chan_recv(out));
    printf("answered %d questions meanwhile\n", answered);
    chan_free(out);
    chan_free(questions);
    return 0;
}
