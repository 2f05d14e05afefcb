// Waiting with a limit, first way: a timeout case in a select.
//
// The slow goroutine has a channel of capacity one for its answer. If it had none, its send would wait for a receiver that
// has long given up, and the goroutine would stay behind: a leak that is easy to write. timeout_context.c shows the other
// way, in which the worker is told to stop.
//
// expect: none
// stdout: the fast one answers 1
// stdout: the slow one takes too long
#include <goro.h>
#include <stdio.h>

static void answer_after(int64_t delay_ns, int value, chan(int) out) {
    goro_sleep(delay_ns);
    chan_send(out, value);
}

static void ask(const char *name, int64_t delay_ns, int64_t limit_ns, int value) {
    chan(int) answers = chan_make(int, 1);
    goro_wg wg = {0};
    int answer = 0;
    goro_wg_go(&wg, answer_after, delay_ns, value, answers);
    chan_select {
        chan_case_recv(answers, answer) { printf("the %s one answers %d\n", name, answer); }
        chan_case_timeout(limit_ns) { printf("the %s one takes too long\n", name); }
    }
    goro_wg_wait(&wg); // here only so that the channel can be freed: a real program would let it run
    chan_free(answers);
}

int main(void) {
    ask("fast", 0, 10 * GORO_SECOND, 1);
    ask("slow", 200 * GORO_MILLISECOND, 10 * GORO_MILLISECOND, 2);
    return 0;
}
