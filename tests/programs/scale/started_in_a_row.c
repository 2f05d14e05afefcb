// A million goroutines started by a loop that never waits: those that have not begun come first when there are many, so that
// the memory of those that have ended serves again.
// expect: none
// mode: plain
// stdout: 1000000 done in little memory
// runs: 1
// timeout: 240
#include <goro.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/resource.h>

enum { N = 1000000, LITTLE_KIB = 64 << 10 }; // their records alone would be 192 MB

static void work(goro_wg *wg, atomic_int *done) {
    atomic_fetch_add_explicit(done, 1, memory_order_relaxed);
    goro_wg_done(wg);
}

int main(void) {
    static atomic_int done;
    goro_wg wg = {0};
    struct rusage u;
    goro_wg_add(&wg, N);
    for (int i = 0; i < N; i++) go(work, &wg, &done);
    goro_wg_wait(&wg);
    getrusage(RUSAGE_SELF, &u);
    printf("%d done in %s memory\n", atomic_load(&done), u.ru_maxrss < LITTLE_KIB ? "little" : "much");
    return 0;
}
