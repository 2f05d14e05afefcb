// Two goroutines wait for each other's word, with channels in a structure that only they know.
// expect: GD003
#include "../live.h"

struct talk {
    chan(int) question, answer;
};

static void asker(struct talk *t) {
    int v = chan_recv(t->answer); // at: GD003
    chan_send(t->question, v);
}

static void answerer(struct talk *t) {
    int v = chan_recv(t->question); // at: GD003
    chan_send(t->answer, v);
}

static __attribute__((noinline)) void start(void) {
    struct talk *t = malloc(sizeof *t);
    t->question = chan_make(int, 0);
    t->answer = chan_make(int, 0);
    go(asker, t);
    go(answerer, t);
}

int main(void) {
    live_start();
    start();
    until_told("GD003", 1) goro_sleep(GORO_SECOND / 2);
    live_stop();
    return 0;
}
