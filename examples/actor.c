// An actor: a goroutine with a mailbox, which handles one message after the other.
//
// All that the actor knows is in its own variables. Those who want something of it put a message into its mailbox; a
// message that asks for something carries the channel for the reply.
//
// expect: none
// stdout: paid 30, left 70
// stdout: refused 100, left 70
// stdout: the account is closed
#include <goro.h>
#include <stdbool.h>
#include <stdio.h>

enum request { DEPOSIT, WITHDRAW, CLOSE };

struct reply {
    bool done;
    int balance;
};

struct message {
    enum request request;
    int amount;
    chan(struct reply) reply;
};

static struct reply handle(struct message m, int *balance) {
    bool possible = m.request != WITHDRAW || m.amount <= *balance;
    if (possible && m.request == DEPOSIT) *balance += m.amount;
    if (possible && m.request == WITHDRAW) *balance -= m.amount;
    return (struct reply){possible, *balance};
}

static void account(chan(struct message) mailbox) {
    int balance = 0;
    struct message m;
    do {
        m = chan_recv(mailbox);
        struct reply r = handle(m, &balance);
        chan_send(m.reply, r);
    } while (m.request != CLOSE);
}

static struct reply ask(chan(struct message) mailbox, enum request request, int amount) {
    struct message m = {request, amount, chan_make(struct reply, 0)};
    chan_send(mailbox, m);
    struct reply r = chan_recv(m.reply);
    chan_free(m.reply);
    return r;
}

static void withdraw(chan(struct message) mailbox, int amount) {
    struct reply r = ask(mailbox, WITHDRAW, amount);
    printf("%s %d, left %d\n", r.done ? "paid" : "refused", amount, r.balance);
}

int main(void) {
    chan(struct message) mailbox = chan_make(struct message, 8);
    goro_wg actor = {0};
    goro_wg_go(&actor, account, mailbox);
    ask(mailbox, DEPOSIT, 100);
    withdraw(mailbox, 30);
    withdraw(mailbox, 100);
    ask(mailbox, CLOSE, 0);
    goro_wg_wait(&actor);
    printf("the account is closed\n");
    chan_free(mailbox);
    return 0;
}
