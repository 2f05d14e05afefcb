// Long waits for what is kept in places of all kinds: a thread-local variable, mapped memory, a deferred call's argument,
// arguments of a goroutine that has not begun, another's stack, a list in the heap.
// expect: none
#include "../live.h"

#include <sys/mman.h>

enum { WAITERS = 5 };
static goro_wg wg;
static _Thread_local chan(int) in_thread;

static void waiter(chan(int) c) {
    use(chan_recv(c));
    goro_wg_done(&wg);
}

static chan(int) begin(void) {
    chan(int) c = chan_make(int, 0);
    goro_wg_add(&wg, 1);
    go(waiter, c);
    return c;
}

static chan(int) * keep_mapped(void) {
    chan(int) *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED) abort();
    *p = begin();
    return p;
}

static void send_late(void *c) { chan_send(((chan(int) *)c)[0], 1); }

static void sleeper(void) {
    chan(int) *kept = malloc(sizeof *kept);
    *kept = begin();
    goro_at_exit(send_late, kept);
    kept = NULL;
    goro_sleep(GORO_SECOND / 5);
}

struct node {
    struct node *next;
    chan(int) c;
};
static struct node *make_list(void) {
    struct node *first = NULL;
    for (int i = 0; i < 100; i++) {
        struct node *n = calloc(1, sizeof *n);
        n->next = first;
        if (i == 0) n->c = begin();
        first = n;
    }
    return first;
}

static void local(void) {
    chan(int) c = begin();
    goro_sleep(GORO_SECOND / 5);
    chan_send(c, 1);
}

int main(void) {
    static int *hidden;
    live_start();
    hidden = (int *)keep_mapped();
    in_thread = begin();
    go(sleeper);
    go(local);
    struct node *list = make_list();
    goro_sleep(GORO_SECOND / 5);
    chan_send(in_thread, 1);
    chan_send(*(chan(int) *)hidden, 1);
    while (list->next) list = list->next;
    chan_send(list->c, 1);
    goro_wg_wait(&wg);
    live_stop();
    return 0;
}
