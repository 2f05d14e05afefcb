// Functions that give a goroutine the address of a local variable and wait for it before they return, or leave the frame in
// other ways; and frames that lie where others were.
// expect: none
// each: waited
// each: through_a_helper
// each: by_channel
// each: by_mutex
// each: by_flag
// each: sent
// each: never_used
// each: memory_used_again
// each: recursion
// each: variable_length
// each: jumped_out
// each: goroutine_exit
// each: fork_and_join
// each: static_instead
// each: malloc_instead
#include "../pick.h"
#include "../stage.h"
#include <setjmp.h>
#include <stdlib.h>

#define APART static __attribute__((noinline))

static goro_wg all;

APART void work(int *p) {
    ++*p;
    goro_wg_done(&all);
}
APART void start_and_wait(int n) {
    int x = n;
    goro_wg_add(&all, 1);
    go(work, &x);
    goro_wg_wait(&all);
    use(x);
}
static void waited(void) {
    for (int i = 0; i < 3; i++) start_and_wait(i);
}

APART void launch(int *p) { goro_wg_go(&all, work, p); }
APART void start_by_helper(void) {
    int a[20] = {0};
    goro_wg_add(&all, 20);
    for (int i = 0; i < 20; i++) launch(&a[i]);
    goro_wg_wait(&all);
}
static void through_a_helper(void) { start_by_helper(), start_by_helper(); }

struct job {
    int in, out;
    chan(int) done;
};
APART void do_job(struct job *j) {
    j->out = j->in + 1;
    chan_send(j->done, 1);
}
APART void start_job(void) {
    struct job j = {1, 0, chan_make(int, 1)};
    go(do_job, &j);
    chan_recv(j.done);
    chan_free(j.done);
}
static void by_channel(void) { start_job(), start_job(); }

struct shared {
    goro_mutex lock;
    bool done;
    int n;
};
APART void share(struct shared *s) {
    goro_mutex_lock(&s->lock);
    s->n++;
    s->done = true;
    goro_mutex_unlock(&s->lock);
}
APART void start_sharing(void) {
    struct shared s = {0};
    bool done = false;
    go(share, &s);
    while (!done) {
        goro_yield();
        goro_mutex_lock(&s.lock);
        done = s.done;
        goro_mutex_unlock(&s.lock);
    }
}
static void by_mutex(void) { start_sharing(), start_sharing(); }

struct flagged {
    int n;
    atomic_int done;
};
APART void set_flag(struct flagged *f) {
    f->n = 1;
    atomic_store(&f->done, 1);
}
APART void start_flagged(void) {
    struct flagged f = {0};
    go(set_flag, &f);
    while (!atomic_load(&f.done)) goro_yield();
}
static void by_flag(void) { start_flagged(), start_flagged(); }

APART void receive(chan(int *) c, chan(int) back) {
    int *p = chan_recv(c);
    ++*p;
    chan_send(back, 1);
}
APART void send_and_wait(chan(int *) c, chan(int) back) {
    int x = 1;
    chan_send(c, &x);
    chan_recv(back);
}
static void sent(void) {
    chan(int *) c = chan_make(int *, 0);
    chan(int) back = chan_make(int, 0);
    for (int i = 0; i < 2; i++) {
        go(receive, c, back);
        send_and_wait(c, back);
    }
    chan_free(c);
    chan_free(back);
}

APART void look_away(int *p) {
    use(p != NULL);
    goro_wg_done(&all);
}
APART void start_looking_away(void) {
    int x = 1;
    go(look_away, &x);
    use(x);
}
static void never_used(void) {
    goro_wg_add(&all, 1);
    start_looking_away();
    goro_wg_wait(&all);
}

APART void use_stack(int n) {
    volatile int a[40];
    for (int i = 0; i < 40; i++) a[i] = n;
    use(a[n % 40]);
}
APART void add_up(const int *a, int *sum) {
    for (int i = 0; i < 40; i++) *sum += a[i];
    goro_wg_done(&all);
}
APART void start_adding(void) {
    int a[40], sum = 0;
    for (int i = 0; i < 40; i++) a[i] = i;
    goro_wg_add(&all, 1);
    go(add_up, a, &sum);
    goro_wg_wait(&all);
    use(sum);
}
static void memory_used_again(void) {
    for (int i = 0; i < 3; i++) {
        start_and_wait(i);
        use_stack(i);
        start_adding();
        start_by_helper();
    }
}

APART void count(int *p) { ++*p; }
APART void recurse(int depth) {
    int x = depth;
    goro_wg wg = {0};
    if (!depth) return;
    goro_wg_go(&wg, recurse, depth - 1);
    goro_wg_go(&wg, count, &x);
    recurse(depth - 1);
    goro_wg_wait(&wg);
    use(x);
}
static void recursion(void) { recurse(4), recurse(3); }

APART void start_variable_length(int n) {
    int a[n];
    a[n - 1] = n;
    goro_wg_add(&all, 1);
    go(work, &a[n - 1]);
    goro_wg_wait(&all);
    int b[2 * n];
    b[n] = a[n - 1];
    use_stack(b[n]);
}
static void variable_length(void) {
    for (int n = 1; n < 50; n += 7) start_variable_length(n);
}

static jmp_buf away;
APART void start_and_jump(int n) {
    int x = n;
    goro_wg_add(&all, 1);
    go(work, &x);
    goro_wg_wait(&all);
    longjmp(away, 1);
}
static void jumped_out(void) {
    for (volatile int i = 0; i < 3; i++) {
        if (!setjmp(away)) start_and_jump(i);
        use_stack(i);
        start_and_wait(i);
    }
}

APART void start_and_exit(void) {
    int x = 1;
    goro_wg_add(&all, 1);
    go(work, &x);
    goro_wg_wait(&all);
    goro_exit();
}
static void exiting(void) { start_and_exit(); }
static void goroutine_exit(void) {
    for (int i = 0; i < 5; i++) {
        goro_wg wg = {0};
        goro_wg_go(&wg, exiting);
        goro_wg_wait(&wg);
    }
}

APART void fib(int n, long *result) {
    long a = 0, b = 0;
    goro_wg wg = {0};
    if (n < 2) {
        *result = n;
        return;
    }
    goro_wg_go(&wg, fib, n - 1, &a);
    fib(n - 2, &b);
    goro_wg_wait(&wg);
    *result = a + b;
}
static void fork_and_join(void) {
    long result;
    fib(8, &result);
    use(result);
}

APART void start_static(void) {
    static int x;
    go(work, &x);
}
static void static_instead(void) {
    goro_wg_add(&all, 1);
    start_static();
    goro_wg_wait(&all);
}

APART void work_and_free(int *p) {
    ++*p;
    free(p);
    goro_wg_done(&all);
}
APART void start_malloc(void) {
    int *p = malloc(sizeof *p);
    *p = 1;
    go(work_and_free, p);
}
static void malloc_instead(void) {
    goro_wg_add(&all, 1);
    start_malloc();
    goro_wg_wait(&all);
}

static const struct pattern patterns[] = {
    PATTERN(waited),          PATTERN(through_a_helper),  PATTERN(by_channel),
    PATTERN(by_mutex),        PATTERN(by_flag),           PATTERN(sent),
    PATTERN(never_used),      PATTERN(memory_used_again), PATTERN(recursion),
    PATTERN(variable_length), PATTERN(jumped_out),        PATTERN(goroutine_exit),
    PATTERN(fork_and_join),   PATTERN(static_instead),    PATTERN(malloc_instead),
};

int main(int argc, char **argv) { return RUN_PATTERNS(patterns, argc, argv); }
