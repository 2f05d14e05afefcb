// A million goroutines alive at once, each parked on a channel; the last one wakes the one before it, and so on.
// expect: none
// mode: plain
// stdout: 1000001 goroutines, sum 499999500000
// runs: 1
// timeout: 240
#include <goro.h>
#include <stdatomic.h>
#include <stdio.h>

enum { N = 1000000 };

static atomic_int here; // goroutines that have run up to their receive
static long long
    sum; // each adds its number when the one after it has: a chain of orders through the channels

static void wait_and_add(chan(int) right, chan(int) left, int number) {
    atomic_fetch_add_explicit(&here, 1, memory_order_relaxed);
    int token = chan_recv(right);
    sum += number;
    chan_send(left, token);
    chan_free(right); // nobody else uses it any more
}

int main(void) {
    chan(int) leftmost = chan_make(int, 0);
    chan(int) right = leftmost;
    for (int i = 0; i < N; i++) {
        chan(int) left = right;
        right = chan_make(int, 0);
        go(wait_and_add, right, left, i);
    }
    while (atomic_load_explicit(&here, memory_order_relaxed) < N) goro_yield();
    int alive = goro_count();
    chan_send(right, 1);
    chan_recv(leftmost);
    printf("%d goroutines, sum %lld\n", alive, sum);
    chan_free(leftmost);
    return 0;
}
