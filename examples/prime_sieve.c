// The prime sieve as a chain of goroutines: each takes out the multiples of one prime and hands on the rest.
//
// The first number that comes out of the chain is a prime; a filter for it is then put at the chain's end. When the
// numbers run out, the close travels down the chain, and each filter frees the channel that it was the last to use.
//
// expect: none
// stdout: 2 3 5 7 11 13 17 19 23 29 31 37 41 43 47
#include <goro.h>
#include <stdio.h>

static void generate(chan(int) out, int limit) {
    for (int n = 2; n <= limit; n++) chan_send(out, n);
    chan_close(out);
}

static void filter(chan(int) in, chan(int) out, int prime) {
    int n;
    chan_range(n, in) {
        if (n % prime != 0) chan_send(out, n);
    }
    chan_free(in);
    chan_close(out);
}

int main(void) {
    chan(int) end = chan_make(int, 0);
    go(generate, end, 50);
    int prime;
    while (chan_recv_ok(end, &prime)) {
        printf(prime == 2 ? "%d" : " %d", prime);
        chan(int) next = chan_make(int, 0);
        go(filter, end, next, prime);
        end = next;
    }
    printf("\n");
    chan_free(end);
    return 0;
}
