// Contexts, groups, timers and tickers that look abandoned or hung, and are not.
// expect: none
// each: tree_from_the_root cancelled_twice deadline_first value_chain child_outlives_wait waiter_on_background
// each: err_polled done_in_select group_first_error group_limit group_of_groups group_ctx_watched sem_gives_up
// each: ticker_dropped ticker_reset timer_stopped_late timer_reused after_func_chain after_func_stopped timeout_unused
// each: debounce heartbeat deadline_moved sleep_sort retry_with_pause freed_tree
// runs: 2
#include "../pick.h"
#include "../stage.h"

#include <stdlib.h>

#define CHECK(x) ((x) ? (void)0 : abort())

static void await_done(goro_ctx *ctx) { chan_recv(goro_ctx_done(ctx)); }

static void tree_from_the_root(void) {
    goro_ctx *root = goro_ctx_with_cancel(goro_ctx_background()), *at = root;
    goro_wg wg = {0};
    for (int i = 0; i < 6; i++) {
        at = goro_ctx_with_cancel(i % 2 ? root : at);
        goro_wg_go(&wg, await_done, at);
    }
    stage_pause();
    goro_ctx_cancel(root);
    goro_wg_wait(&wg);
    CHECK(goro_ctx_err(at) == GORO_CANCELED);
}

static void cancelled_twice(void) {
    goro_ctx *ctx = goro_ctx_with_cancel(goro_ctx_background());
    goro_wg wg = {0};
    goro_wg_go(&wg, goro_ctx_cancel, ctx);
    goro_wg_go(&wg, goro_ctx_cancel, ctx);
    await_done(ctx);
    goro_wg_wait(&wg);
}

static void deadline_first(void) {
    goro_ctx *ctx = goro_ctx_with_timeout(goro_ctx_background(), 5 * GORO_MILLISECOND);
    await_done(ctx);
    CHECK(goro_ctx_err(ctx) == GORO_DEADLINE_EXCEEDED);
    goro_ctx_cancel(ctx);
    CHECK(goro_ctx_err(ctx) == GORO_DEADLINE_EXCEEDED);
}

static void value_chain(void) {
    static int keys[5];
    goro_ctx *ctx = goro_ctx_background();
    for (int i = 0; i < 5; i++) ctx = goro_ctx_with_value(ctx, &keys[i], &keys[4 - i]);
    for (int i = 0; i < 5; i++) CHECK(goro_ctx_value(ctx, &keys[i]) == &keys[4 - i]);
    CHECK(!goro_ctx_value(ctx, &ctx) && goro_ctx_err(ctx) == 0);
}

static void child_outlives_wait(void) { /* made after its parent was cancelled: it is born so */
    goro_ctx *parent = goro_ctx_with_cancel(goro_ctx_background());
    goro_ctx_cancel(parent);
    goro_ctx *child = goro_ctx_with_timeout(parent, GORO_HOUR);
    await_done(child);
    CHECK(goro_ctx_err(child) == GORO_CANCELED);
}

static void answer(chan(int) c) { chan_send(c, 1); }
static void waiter_on_background(void) { /* done of the background never comes: the other case does */
    chan(int) c = chan_make(int, 0);
    goro_empty nothing;
    int v = 0;
    go(answer, c);
    chan_select {
        chan_case_recv(goro_ctx_done(goro_ctx_background()), nothing) abort();
        chan_case_recv(c, v) use(v);
    }
    CHECK(v == 1);
    chan_free(c);
}

static void poll_err(goro_ctx *ctx, int *seen) {
    while (!goro_ctx_err(ctx)) goro_yield();
    use(*seen);
}
static void err_polled(void) {
    goro_ctx *ctx = goro_ctx_with_cancel(goro_ctx_background());
    goro_wg wg = {0};
    int seen = 0;
    goro_wg_go(&wg, poll_err, ctx, &seen);
    stage_pause();
    seen = 1;
    goro_ctx_cancel(ctx); /* the poll is ordered behind it */
    goro_wg_wait(&wg);
}

static void produce_until(goro_ctx *ctx, chan(int) out) {
    goro_empty nothing;
    bool over = false;
    for (int i = 0; !over; i++) {
        chan_select {
            chan_case_send(out, i) use(i);
            chan_case_recv(goro_ctx_done(ctx), nothing) over = true;
        }
    }
}
static void done_in_select(void) {
    goro_ctx *ctx = goro_ctx_with_cancel(goro_ctx_background());
    chan(int) out = chan_make(int, 0);
    goro_wg wg = {0};
    goro_wg_go(&wg, produce_until, ctx, out);
    for (int i = 0; i < 4; i++) CHECK(chan_recv(out) == i);
    goro_ctx_cancel(ctx);
    goro_wg_wait(&wg);
    chan_free(out);
}

static int fail(void *n) { return *(int *)n; }
static int wait_for_failure(void *g) {
    chan_recv(goro_ctx_done(goro_group_ctx(g)));
    return 0;
}
static void group_first_error(void) {
    goro_group g;
    int five = 5;
    goro_group_init(&g, goro_ctx_background());
    for (int i = 0; i < 3; i++) goro_group_go(&g, wait_for_failure, &g);
    goro_group_go(&g, fail, &five);
    CHECK(goro_group_wait(&g) == 5);
}
static int yield_some(void *unused) {
    (void)unused;
    for (int i = 0; i < 5; i++) goro_yield();
    return 0;
}
static void group_limit(void) { /* the sixth go waits for a place */
    goro_group g;
    goro_group_init(&g, goro_ctx_background());
    goro_group_set_limit(&g, 2);
    for (int i = 0; i < 6; i++) goro_group_go(&g, yield_some, NULL);
    CHECK(goro_group_wait(&g) == 0);
}
static int run_group(void *ctx) {
    goro_group g;
    goro_group_init(&g, ctx);
    for (int i = 0; i < 2; i++) goro_group_go(&g, yield_some, NULL);
    return goro_group_wait(&g);
}
static void group_of_groups(void) {
    goro_group g;
    goro_group_init(&g, goro_ctx_background());
    for (int i = 0; i < 3; i++) goro_group_go(&g, run_group, goro_group_ctx(&g));
    CHECK(goro_group_wait(&g) == 0);
}
static void group_ctx_watched(void) { /* a watcher outside of the group, which wait's return ends */
    goro_group g;
    goro_wg wg = {0};
    goro_group_init(&g, goro_ctx_background());
    goro_wg_go(&wg, await_done, goro_group_ctx(&g));
    goro_group_go(&g, yield_some, NULL);
    CHECK(goro_group_wait(&g) == 0);
    goro_wg_wait(&wg);
}

static void sem_gives_up(void) {
    goro_sem s;
    goro_ctx *ctx = goro_ctx_with_timeout(goro_ctx_background(), 5 * GORO_MILLISECOND);
    goro_sem_init(&s, 1);
    CHECK(goro_sem_acquire(&s, NULL, 1) == 0);
    CHECK(goro_sem_acquire(&s, ctx, 1) == GORO_DEADLINE_EXCEEDED); /* would wait for itself, but not for ever */
    goro_sem_release(&s, 1);
    goro_ctx_cancel(ctx);
}

static void ticker_dropped(void) { /* ticks that nobody takes */
    goro_ticker t = {0};
    goro_ticker_start(&t, GORO_MILLISECOND);
    goro_sleep(10 * GORO_MILLISECOND);
    use(chan_recv(goro_ticker_chan(&t)));
    goro_ticker_stop(&t);
}
static void ticker_reset(void) {
    goro_ticker t = {0};
    goro_ticker_start(&t, GORO_HOUR);
    goro_ticker_reset(&t, GORO_MILLISECOND);
    for (int i = 0; i < 3; i++) use(chan_recv(goro_ticker_chan(&t)));
    goro_ticker_stop(&t);
}
static void timer_stopped_late(void) {
    goro_timer t = {0};
    goro_timer_start(&t, GORO_MILLISECOND);
    use(chan_recv(goro_timer_chan(&t)));
    CHECK(!goro_timer_stop(&t));
}
static void timer_reused(void) {
    goro_timer t = {0};
    for (int i = 0; i < 4; i++) {
        goro_timer_start(&t, i % 2 ? GORO_HOUR : GORO_MILLISECOND);
        if (i % 2) CHECK(goro_timer_stop(&t));
        else use(chan_recv(goro_timer_chan(&t)));
    }
}

static struct {
    goro_timer timer;
    int left;
    chan(goro_empty) over;
} chain;
static void next_link(void *unused) {
    if (--chain.left == 0) chan_send(chain.over, (goro_empty){});
    else goro_after_func(&chain.timer, GORO_MILLISECOND, next_link, unused);
}
static void after_func_chain(void) { /* main waits on a channel that only a timer's function will send to */
    chain.left = 4;
    chain.over = chan_make(goro_empty, 0);
    goro_after_func(&chain.timer, GORO_MILLISECOND, next_link, NULL);
    chan_recv(chain.over);
    chan_free(chain.over);
}
static void never(void *unused) {
    (void)unused;
    abort();
}
static void after_func_stopped(void) {
    goro_timer t = {0};
    goro_after_func(&t, GORO_HOUR, never, NULL);
    CHECK(goro_timer_stop(&t));
}
static void timeout_unused(void) {
    chan(int) c = chan_make(int, 1);
    int v = 0;
    chan_send(c, 3);
    chan_select {
        chan_case_recv(c, v) use(v);
        chan_case_timeout(GORO_HOUR) abort();
    }
    CHECK(v == 3);
    chan_free(c);
}

static void press(chan(int) keys) {
    for (int i = 0; i < 5; i++) chan_send(keys, i);
}
static void debounce(void) { /* acts when nothing has come for a while */
    chan(int) keys = chan_make(int, 0);
    int last = -1, v;
    bool quiet = false;
    go(press, keys);
    while (!quiet) {
        chan_select {
            chan_case_recv(keys, v) last = v;
            chan_case_timeout(20 * GORO_MILLISECOND) quiet = last >= 0;
        }
    }
    CHECK(last == 4);
    chan_free(keys);
}

static void beat(chan(int) pulse, chan(goro_empty) stop) {
    goro_ticker t = {0};
    goro_empty nothing;
    int64_t now;
    bool over = false;
    goro_ticker_start(&t, GORO_MILLISECOND);
    while (!over) {
        chan_select {
            chan_case_recv(goro_ticker_chan(&t), now) {
                use(now);
                chan_try_send(pulse, 1);
            }
            chan_case_recv(stop, nothing) over = true;
        }
    }
    goro_ticker_stop(&t);
}
static void heartbeat(void) {
    chan(int) pulse = chan_make(int, 1);
    chan(goro_empty) stop = chan_make(goro_empty, 0);
    goro_wg wg = {0};
    goro_wg_go(&wg, beat, pulse, stop);
    for (int i = 0; i < 3; i++) CHECK(chan_recv(pulse) == 1);
    chan_close(stop);
    goro_wg_wait(&wg);
    chan_free(pulse);
    chan_free(stop);
}

static void deadline_moved(void) { /* a read that time would end, ended by bytes */
    goro_timer t = {0};
    goro_timer_start(&t, GORO_HOUR);
    CHECK(goro_timer_reset(&t, GORO_MILLISECOND));
    use(chan_recv(goro_timer_chan(&t)));
}

static void sleep_then_send(int n, chan(int) c) {
    goro_sleep(n * 5 * GORO_MILLISECOND);
    chan_send(c, n);
}
static void sleep_sort(void) {
    chan(int) c = chan_make(int, 0);
    int sum = 0;
    for (int i = 1; i <= 3; i++) go(sleep_then_send, i, c);
    for (int i = 0; i < 3; i++) sum += chan_recv(c);
    CHECK(sum == 6);
    chan_free(c);
}

static void retry_with_pause(void) {
    goro_ctx *ctx = goro_ctx_with_timeout(goro_ctx_background(), GORO_HOUR);
    goro_empty nothing;
    int tries = 0;
    while (!goro_ctx_err(ctx) && ++tries < 3) {
        chan_select {
            chan_case_timeout(GORO_MILLISECOND) use(tries);
            chan_case_recv(goro_ctx_done(ctx), nothing) abort();
        }
    }
    goro_ctx_cancel(ctx);
}

static void freed_tree(void) {
    goro_ctx *parent = goro_ctx_with_cancel(goro_ctx_background());
    goro_ctx *child = goro_ctx_with_timeout(parent, GORO_HOUR);
    goro_wg wg = {0};
    goro_wg_go(&wg, await_done, child);
    goro_ctx_cancel(parent);
    goro_wg_wait(&wg);
    goro_ctx_free(child);
    goro_ctx_free(parent);
}

int main(int argc, char **argv) {
    static const struct pattern all[] = {
        PATTERN(tree_from_the_root), PATTERN(cancelled_twice),     PATTERN(deadline_first),
        PATTERN(value_chain),        PATTERN(child_outlives_wait), PATTERN(waiter_on_background),
        PATTERN(err_polled),         PATTERN(done_in_select),      PATTERN(group_first_error),
        PATTERN(group_limit),        PATTERN(group_of_groups),     PATTERN(group_ctx_watched),
        PATTERN(sem_gives_up),       PATTERN(ticker_dropped),      PATTERN(ticker_reset),
        PATTERN(timer_stopped_late), PATTERN(timer_reused),        PATTERN(after_func_chain),
        PATTERN(after_func_stopped), PATTERN(timeout_unused),      PATTERN(debounce),
        PATTERN(heartbeat),          PATTERN(deadline_moved),      PATTERN(sleep_sort),
        PATTERN(retry_with_pause),   PATTERN(freed_tree),
    };
    return RUN_PATTERNS(all, argc, argv);
}
