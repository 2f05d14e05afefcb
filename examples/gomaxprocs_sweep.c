// How many processors are worth it? The same work with GOMAXPROCS from 1 up to what the machine has.
//
// GOMAXPROCS is how many goroutines run at the same instant. More of them help while there is work for each and a
// processor to do it; beyond that, nothing is won.
//
// expect: none
// stdout-has: GOMAXPROCS 1
// stdout-has: found 17984 primes below
#include <goro.h>
#include <stdbool.h>
#include <stdio.h>

enum { LIMIT = 200000, PIECES = 32 };

static bool is_prime(int n) {
    for (int d = 2; d * d <= n; d++)
        if (n % d == 0) return false;
    return n >= 2;
}

static void count_primes(int from, int to, int *found) {
    int count = 0;
    for (int n = from; n < to; n++) count += is_prime(n);
    *found = count;
}

static int count_in_pieces(void) {
    int found[PIECES], sum = 0;
    goro_wg wg = {0};
    for (int i = 0; i < PIECES; i++)
        goro_wg_go(&wg, count_primes, i * LIMIT / PIECES, (i + 1) * LIMIT / PIECES, &found[i]);
    goro_wg_wait(&wg);
    for (int i = 0; i < PIECES; i++) sum += found[i];
    return sum;
}

int main(void) {
    double alone = 0;
    int primes = 0;
    for (int procs = 1; procs <= goro_num_cpu(); procs++) {
        goro_gomaxprocs(procs);
        int64_t start = goro_now();
        primes = count_in_pieces();
        double ms = (double)(goro_now() - start) / GORO_MILLISECOND;
        if (procs == 1) alone = ms;
        printf("GOMAXPROCS %d: %6.1f ms, %.2f times as fast as 1\n", procs, ms, alone / ms);
    }
    printf("found %d primes below %d\n", primes, LIMIT);
    return 0;
}
