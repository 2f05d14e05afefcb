// A thread of the program's own is joined, which waits for what a goroutine sends.
#include <goro.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>
static int ends[2];
static void *reads(void *unused) {
    char c;
    if (read(ends[0], &c, 1) != 1) abort();
    return unused;
}
static void joins(goro_wg *wg) {
    pthread_t t;
    if (pthread_create(&t, NULL, reads, NULL) || pthread_join(t, NULL)) abort();
    goro_wg_done(wg);
}
static void writes(goro_wg *wg) {
    if (write(ends[1], "x", 1) != 1) abort();
    goro_wg_done(wg);
}
int main(void) {
    goro_wg wg = {0};
    if (pipe(ends)) return 2;
    goro_wg_add(&wg, 2);
    go(joins, &wg);
    go(writes, &wg);
    goro_wg_wait(&wg);
    return 0;
}
