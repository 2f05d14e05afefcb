// A goroutine that owns a variable: nobody else touches the balance, so it needs no lock.
//
// The others send what they want to have done. Do not communicate by sharing memory; share memory by communicating.
//
// expect: none
// stdout: the balance is 1000
#include <goro.h>
#include <stdio.h>

struct teller {
    chan(int) deposits;
    chan(chan(int)) questions; // each brings the channel on which the answer is awaited
};

static void own_balance(struct teller *t, chan(goro_empty) stop) {
    int balance = 0, amount = 0;
    chan(int) answer = NULL;
    goro_empty nothing;
    for (;;) {
        chan_select {
            chan_case_recv(t->deposits, amount) { balance += amount; }
            chan_case_recv(t->questions, answer) { chan_send(answer, balance); }
            chan_case_recv(stop, nothing) { return; }
        }
    }
}

static void deposit_often(struct teller *t) {
    for (int i = 0; i < 100; i++) chan_send(t->deposits, 1);
}

static int ask_balance(struct teller *t) {
    chan(int) answer = chan_make(int, 1);
    chan_send(t->questions, answer);
    int balance = chan_recv(answer);
    chan_free(answer);
    return balance;
}

int main(void) {
    struct teller t = {chan_make(int, 0), chan_make(chan(int), 0)};
    chan(goro_empty) stop = chan_make(goro_empty, 0);
    goro_wg owner = {0}, customers = {0};
    goro_wg_go(&owner, own_balance, &t, stop);
    for (int i = 0; i < 10; i++) goro_wg_go(&customers, deposit_often, &t);
    goro_wg_wait(&customers);
    printf("the balance is %d\n", ask_balance(&t));
    chan_close(stop);
    goro_wg_wait(&owner);
    chan_free(t.deposits);
    chan_free(t.questions);
    chan_free(stop);
    return 0;
}
