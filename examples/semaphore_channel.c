// A buffered channel as a semaphore: ten goroutines, of which at most three may be at work at a time.
//
// A send into a full channel waits, so a channel of capacity three has room for three tokens: put one in before the work,
// take one out after it. (goro_sem does the same and can also give several units at once.)
//
// expect: none
// stdout: 10 done, never more than 3 at a time
#include <goro.h>
#include <stdatomic.h>
#include <stdio.h>

enum { GOROUTINES = 10, LIMIT = 3 };

static atomic_int at_work, most, done;

static void note_most(int now) {
    int seen = atomic_load(&most);
    while (now > seen && !atomic_compare_exchange_weak(&most, &seen, now)) {}
}

static void work(chan(goro_empty) tokens) {
    chan_send(tokens, (goro_empty){});
    note_most(atomic_fetch_add(&at_work, 1) + 1);
    goro_yield(); // stands for the work: lets the others try to come in
    atomic_fetch_sub(&at_work, 1);
    atomic_fetch_add(&done, 1);
    chan_recv(tokens);
}

int main(void) {
    chan(goro_empty) tokens = chan_make(goro_empty, LIMIT);
    goro_wg wg = {0};
    for (int i = 0; i < GOROUTINES; i++) goro_wg_go(&wg, work, tokens);
    goro_wg_wait(&wg);
    if (atomic_load(&most) <= LIMIT)
        printf("%d done, never more than %d at a time\n", atomic_load(&done), LIMIT);
    else
        printf("%d were at work at a time\n", atomic_load(&most));
    chan_free(tokens);
    return 0;
}
