/* The scheduler under stress: trees of goroutines that are born, yield, sleep, lock, wait and end in random order, while
 * GOMAXPROCS goes up and down.
 *
 * Checked in each round: every goroutine runs exactly once; what a mutex guards is never seen half done; a WaitGroup's
 * wait returns when all are done and not before; a frame's local values outlive every switch. */
#include "stress.h"

#include <errno.h>
#include <stdatomic.h>

static goro_mutex mu;
struct pair {
    unsigned a, b;
};
static struct pair pair; /* a == b whenever mu is free */
static atomic_uint started, ended, who;

static void use_mutex(struct dice *d) {
    goro_mutex_lock(&mu);
    stress_check(pair.a == pair.b);
    pair.a++;
    if (dice_roll(d, 2)) goro_yield();
    pair.b++;
    goro_mutex_unlock(&mu);
}

/* Keeps the stack busy over switches: depth frames, each with values that must be the same afterwards. */
static unsigned dig(unsigned depth, struct dice *d) {
    volatile unsigned values[16];
    for (unsigned i = 0; i < 16; i++) values[i] = depth * 16 + i;
    if (dice_roll(d, 3) == 0) goro_yield();
    unsigned below = depth ? dig(depth - 1, d) : 0;
    for (unsigned i = 0; i < 16; i++) stress_check(values[i] == depth * 16 + i);
    return below + 1;
}

static void keep_errno(struct dice *d) {
    int mine = 1 + (int)dice_roll(d, 100);
    errno = mine;
    goro_yield();
    stress_check(errno == mine);
}

static void live(unsigned depth) {
    struct dice d = dice_for(atomic_fetch_add(&who, 1));
    atomic_fetch_add(&started, 1);
    goro_wg children = {0};
    unsigned count = depth ? dice_roll(&d, 5) : 0;
    for (unsigned i = 0; i < count; i++) goro_wg_go(&children, live, depth - 1);
    switch (dice_roll(&d, 6)) {
    case 0: use_mutex(&d); break;
    case 1: stress_check(dig(dice_roll(&d, 20), &d) > 0); break;
    case 2: goro_sleep((int64_t)dice_roll(&d, 100) * GORO_MICROSECOND); break;
    case 3: keep_errno(&d); break;
    default: goro_yield();
    }
    goro_wg_wait(&children);
    atomic_fetch_add(&ended, 1);
}

static void one_round(void) {
    struct dice d = dice_for(~0u);
    static int at_start;
    if (!at_start) at_start = goro_gomaxprocs(0);
    int procs = at_start > 1 ? 1 + (int)dice_roll(&d, (unsigned)at_start) : 1;
    goro_gomaxprocs(procs);
    atomic_store(&started, 0);
    atomic_store(&ended, 0);
    atomic_store(&who, 0);
    unsigned roots = 1 + dice_roll(&d, 50);
    goro_wg wg = {0};
    for (unsigned i = 0; i < roots; i++) goro_wg_go(&wg, live, 3);
    if (dice_roll(&d, 2)) goro_gomaxprocs(at_start);
    goro_wg_wait(&wg);
    stress_check(atomic_load(&started) == atomic_load(&ended) && atomic_load(&started) == atomic_load(&who));
    stress_check(atomic_load(&started) >= roots && pair.a == pair.b);
    goro_gomaxprocs(at_start);
}

int main(int argc, char **argv) {
    return stress_main(argc, argv, one_round);
}
