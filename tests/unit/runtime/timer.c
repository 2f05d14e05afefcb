/* Sleep, timers, tickers and function timers by the real clock, of which only
 * lower bounds and order are asserted. */
#include "runtime/chan.h"
#include "runtime/wheel.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

static size_t check(void) {
    struct g *g = runtime_enter();
    size_t n = wheel_check();
    runtime_leave(g);
    return n;
}

static int finished[64], finishes;
static void sleep_and_note(int ms, goro_wg *wg) {
    int64_t start = goro_now();
    goro_sleep(ms * GORO_MILLISECOND);
    if (goro_now() - start < ms * GORO_MILLISECOND) abort();
    finished[__atomic_fetch_add(&finishes, 1, __ATOMIC_RELAXED)] = ms;
    goro_wg_done(wg);
}

static void sleeps_are_never_short(void **state) {
    (void)state;
    goro_wg wg = {0};
    goro_wg_add(&wg, 10);
    for (int i = 10; i > 0; i--) go(sleep_and_note, 3 * i, &wg);
    goro_wg_wait(&wg);
    assert_int_equal(finishes, 10);
    goro_sleep(0);
    goro_sleep(-5);
    assert_int_equal(check(), 0);
}

static void a_timer_sends_the_time_once(void **state) {
    (void)state;
    goro_timer t = {0};
    int64_t start = goro_now();
    goro_timer_start(&t, 2 * GORO_MILLISECOND);
    assert_int_equal(chan_len(goro_timer_chan(&t)), 0);
    assert_int_equal(chan_cap(goro_timer_chan(&t)), 0);
    int64_t at = chan_recv(goro_timer_chan(&t)), none;
    assert_true(at >= start + 2 * GORO_MILLISECOND && at <= goro_now());
    assert_false(chan_try_recv(goro_timer_chan(&t), &none));
    assert_false(goro_timer_stop(&t));
}

static void receive_one(goro_timer *t, goro_wg *wg) {
    chan_recv(goro_timer_chan(t));
    goro_wg_done(wg);
}

static void whoever_waits_for_a_timer_that_is_started_anew_gets_its_time(void **state) {
    (void)state;
    goro_timer t = {0};
    goro_wg wg = {0};
    goro_timer_start(&t, GORO_HOUR);
    goro_wg_add(&wg, 1);
    go(receive_one, &t, &wg);
    while (!((struct chan *)(void *)goro_timer_chan(&t))->receivers.first) goro_yield();
    goro_timer_start(&t, GORO_MILLISECOND);
    goro_wg_wait(&wg);
    assert_int_equal(check(), 0);
}

static void stop_and_reset_drop_an_expiry_that_was_not_received(void **state) {
    (void)state;
    goro_timer t = {0};
    int64_t at;
    goro_timer_start(&t, GORO_HOUR);
    assert_true(goro_timer_stop(&t));
    assert_false(goro_timer_stop(&t));
    goro_timer_start(&t, 1);
    goro_sleep(2 * GORO_MILLISECOND);
    assert_true(goro_timer_stop(&t)); /* expired but not received: still counts as active, as since Go 1.23 */
    assert_false(chan_try_recv(goro_timer_chan(&t), &at));
    assert_false(goro_timer_reset(&t, 1));
    goro_sleep(2 * GORO_MILLISECOND);
    assert_true(goro_timer_reset(&t, GORO_HOUR));
    assert_false(chan_try_recv(goro_timer_chan(&t), &at));
    assert_true(goro_timer_reset(&t, GORO_MILLISECOND));
    assert_true(chan_recv(goro_timer_chan(&t)) > 0);
    assert_int_equal(check(), 0);
}

static void a_ticker_ticks_until_it_is_stopped(void **state) {
    (void)state;
    goro_ticker t = {0};
    int64_t last = goro_now(), at;
    goro_ticker_start(&t, GORO_MILLISECOND);
    for (int i = 0; i < 5; i++) {
        at = chan_recv(goro_ticker_chan(&t));
        assert_true(at > last);
        last = at;
    }
    goro_ticker_reset(&t, 2 * GORO_MILLISECOND);
    at = chan_recv(goro_ticker_chan(&t));
    assert_true(at >= last + 2 * GORO_MILLISECOND);
    goro_ticker_stop(&t);
    assert_false(chan_try_recv(goro_ticker_chan(&t), &at));
    assert_int_equal(check(), 0);
}

struct job {
    goro_timer timer;
    int left;
    chan(int) out;
};
static void again(void *argument) {
    struct job *j = argument;
    if (--j->left > 0) {
        goro_after_func(&j->timer, 1, again, j);
        return;
    }
    chan(int) out = j->out;
    free(j);
    chan_send(out, 1);
}

static void a_function_timer_may_be_started_again_and_freed_in_its_function(void **state) {
    (void)state;
    struct job *j = calloc(1, sizeof *j);
    chan(int) out = j->out = chan_make(int, 0);
    j->left = 20;
    goro_after_func(&j->timer, GORO_MILLISECOND, again, j);
    assert_null(goro_timer_chan(&j->timer));
    assert_int_equal(chan_recv(out), 1);
    chan_free(out);
}

static void never(void *argument) {
    (void)argument;
    abort();
}

static void a_stopped_function_timer_is_not_called(void **state) {
    (void)state;
    goro_timer t = {0};
    goro_after_func(&t, 20 * GORO_MILLISECOND, never, NULL);
    assert_true(goro_timer_stop(&t));
    assert_false(goro_timer_reset(&t, GORO_HOUR));
    assert_true(goro_timer_stop(&t));
    assert_int_equal(check(), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sleeps_are_never_short),
        cmocka_unit_test(a_timer_sends_the_time_once),
        cmocka_unit_test(whoever_waits_for_a_timer_that_is_started_anew_gets_its_time),
        cmocka_unit_test(stop_and_reset_drop_an_expiry_that_was_not_received),
        cmocka_unit_test(a_ticker_ticks_until_it_is_stopped),
        cmocka_unit_test(a_function_timer_may_be_started_again_and_freed_in_its_function),
        cmocka_unit_test(a_stopped_function_timer_is_not_called),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
