// Transfers between accounts, the two locks always taken in the order of their numbers.
// expect: none
#include "../stage.h"

enum { ACCOUNTS = 6 };
static struct { goro_mutex mu; long balance; } account[ACCOUNTS];

static void transfer(int from, int to, long amount) {
    int first = from < to ? from : to, second = from < to ? to : from;
    goro_mutex_lock(&account[first].mu);
    goro_mutex_lock(&account[second].mu);
    account[from].balance -= amount;
    account[to].balance += amount;
    goro_mutex_unlock(&account[second].mu);
    goro_mutex_unlock(&account[first].mu);
}

static void clerk(int seed) {
    for (int i = 0; i < 50; i++) {
        int from = (seed + i) % ACCOUNTS, to = (seed + 3 * i + 1) % ACCOUNTS;
        if (from != to) transfer(from, to, i);
        if (i % 7 == 0) goro_yield();
    }
}

int main(void) {
    goro_wg wg = {0};
    for (int i = 0; i < 5; i++) goro_wg_go(&wg, clerk, i);
    goro_wg_wait(&wg);
    long sum = 0;
    for (int i = 0; i < ACCOUNTS; i++) sum += account[i].balance;
    return sum != 0;
}
