/* Select: which case is chosen, what it leaves behind in the other channels, the two passes of chan_select. */
#include "runtime/chan.h"
#include "runtime/wheel.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

static void check(void *channel) {
    struct g *g = runtime_enter();
    chan_check(channel);
    runtime_leave(g);
}
#define CHECK(c) check(goro_chan_ptr(c))

static unsigned waiters_of(void *channel) {
    struct chan *c = channel;
    struct g *g = runtime_enter();
    lock_take(&c->lock);
    unsigned n = queue_check(&c->senders) + queue_check(&c->receivers);
    lock_drop(&c->lock);
    runtime_leave(g);
    return n;
}
#define AWAIT_WAITERS(c, n)                                                                                            \
    while (waiters_of(goro_chan_ptr(c)) != (n)) goro_yield()

static void default_only_when_nothing_is_ready(void **state) {
    (void)state;
    chan(int) c = chan_make(int, 1), nil = NULL;
    int v = -1, chosen = 0;
    chan_select {
        chan_case_recv(c, v) { chosen = 1; }
        chan_case_recv(nil, v) { chosen = 2; }
        chan_case_send(nil, 3) { chosen = 3; }
        chan_default { chosen = 4; }
    }
    assert_int_equal(chosen, 4);
    chan_send(c, 9);
    chan_select {
        chan_case_recv(c, v) { chosen = 1; }
        chan_default { chosen = 4; }
    }
    assert_int_equal(chosen, 1);
    assert_int_equal(v, 9);
    CHECK(c);
    chan_free(c);
}

static int evaluated[4], at;
static chan(int) channel_of(chan(int) c, int which) {
    evaluated[at++] = which;
    return c;
}
static int value_of(int v, int which) {
    evaluated[at++] = which;
    return v;
}

static void expressions_are_evaluated_once_in_order(void **state) {
    (void)state;
    chan(int) a = chan_make(int, 1), b = chan_make(int, 1);
    int v = 0, runs = 0;
    at = 0;
    chan_select {
        chan_case_recv(channel_of(a, 1), v) { runs += 10; }
        chan_case_send(channel_of(b, 2), value_of(5, 3)) { runs++; }
    }
    assert_int_equal(at, 3);
    for (int i = 0; i < 3; i++) assert_int_equal(evaluated[i], i + 1);
    assert_int_equal(runs, 1);
    assert_int_equal(chan_recv(b), 5);
    chan_free(a);
    chan_free(b);
}

static int leave_by(int how, chan(int) c) {
    int v, result = 0;
    for (int i = 0; i < 3; i++) {
        chan_select {
            chan_case_recv(c, v) {
                result += 100;
                if (how == 0) break;
                if (how == 1) continue;
                if (how == 2) return result + v;
                if (how == 3) goto out;
                result += 1000;
            }
            chan_default { result += 1; }
        }
    }
out:
    return result;
}

static void break_continue_return_and_goto_end_a_select(void **state) {
    (void)state;
    static const int expected[] = {300, 300, 107, 100, 3300};
    for (int how = 0; how < 5; how++) {
        chan(int) c = chan_make(int, 3);
        for (int i = 0; i < 3; i++) chan_send(c, 7);
        assert_int_equal(leave_by(how, c), expected[how]);
        chan_free(c);
    }
}

static void ready_cases_are_chosen_evenly(void **state) {
    (void)state;
    enum { N = 4000, CASES = 5 };
    chan(int) c[CASES];
    int count[CASES] = {0}, v;
    for (int i = 0; i < CASES; i++) c[i] = chan_make(int, 1);
    for (int round = 0; round < N; round++) {
        for (int i = 0; i < CASES; i++) chan_try_send(c[i], i);
        chan_select {
            chan_case_recv(c[0], v) { count[v]++; }
            chan_case_recv(c[1], v) { count[v]++; }
            chan_case_recv(c[2], v) { count[v]++; }
            chan_case_recv(c[3], v) { count[v]++; }
            chan_case_recv(c[4], v) { count[v]++; }
        }
    }
    /* a fair choice is outside of these bounds less than once in 10^9 runs (6 standard deviations) */
    for (int i = 0; i < CASES; i++) assert_in_range(count[i], 800 - 152, 800 + 152);
    for (int i = 0; i < CASES; i++) chan_free(c[i]);
}

static void select_forever(chan(int) a, chan(int) b, chan(goro_empty) stop, chan(int) out) {
    int v, sum = 0;
    goro_empty e;
    for (;;) chan_select {
            chan_case_recv(a, v) { sum += v; }
            chan_case_recv(b, v) { sum += 1000 * v; }
            chan_case_recv(stop, e) {
                chan_send(out, sum);
                return;
            }
        }
}

static void a_parked_select_is_served_and_leaves_no_waiter(void **state) {
    (void)state;
    chan(int) a = chan_make(int, 0), b = chan_make(int, 1), out = chan_make(int, 0);
    chan(goro_empty) stop = chan_make(goro_empty, 0);
    go(select_forever, a, b, stop, out);
    for (int i = 1; i <= 50; i++) {
        AWAIT_WAITERS(stop, 1);
        chan_send(a, i);
        AWAIT_WAITERS(a, 1);
        chan_send(b, i);
        AWAIT_WAITERS(b, 1);
        CHECK(a);
        CHECK(b);
    }
    chan_close(stop);
    assert_int_equal(chan_recv(out), 51 * 25 * 1001);
    assert_int_equal(waiters_of(goro_chan_ptr(a)), 0);
    assert_int_equal(waiters_of(goro_chan_ptr(b)), 0);
    chan_free(a), chan_free(b), chan_free(out), chan_free(stop);
}

static void send_in_select(chan(int) c, int v, chan(int) other, goro_wg *wg) {
    chan_select {
        chan_case_send(c, v) {}
        chan_case_send(other, v) {}
    }
    goro_wg_done(wg);
}

static void two_selects_meet(void **state) {
    (void)state;
    chan(int) a = chan_make(int, 0), b = chan_make(int, 0);
    goro_wg wg = {0};
    int v, sum = 0;
    goro_wg_add(&wg, 100);
    for (int i = 1; i <= 100; i++) go(send_in_select, i % 2 ? a : b, i, i % 2 ? b : a, &wg);
    for (int i = 1; i <= 100; i++) {
        chan_select {
            chan_case_recv(a, v) { sum += v; }
            chan_case_recv(b, v) { sum += v; }
        }
        CHECK(a);
        CHECK(b);
    }
    goro_wg_wait(&wg);
    assert_int_equal(sum, 5050);
    assert_int_equal(waiters_of(goro_chan_ptr(a)) + waiters_of(goro_chan_ptr(b)), 0);
    chan_free(a);
    chan_free(b);
}

static void select_same_channel_twice(chan(int) c, chan(int) out) {
    int v, w;
    chan_select {
        chan_case_recv(c, v) { chan_send(out, v); }
        chan_case_recv(c, w) { chan_send(out, w); }
        chan_case_recv(c, w) { chan_send(out, w); }
    }
}

static void one_channel_in_several_cases_may_be_freed_by_its_waker(void **state) {
    (void)state;
    for (int i = 0; i < 100; i++) {
        chan(int) c = chan_make(int, 0), out = chan_make(int, 1);
        go(select_same_channel_twice, c, out);
        AWAIT_WAITERS(c, 3);
        chan_send(c, i);
        assert_int_equal(waiters_of(goro_chan_ptr(c)), 0);
        chan_free(c);
        assert_int_equal(chan_recv(out), i);
        chan_free(out);
    }
}

static void timeouts_lose_against_ready_cases_and_the_shortest_wins(void **state) {
    (void)state;
    chan(int) c = chan_make(int, 1);
    int v, chosen = 0;
    chan_send(c, 1);
    chan_select {
        chan_case_timeout(0) { chosen = 1; }
        chan_case_recv(c, v) { chosen = 2; }
    }
    assert_int_equal(chosen, 2);
    chan_select {
        chan_case_timeout(GORO_HOUR) { chosen = 3; }
        chan_case_recv(c, v) { chosen = 4; }
        chan_case_timeout(GORO_MILLISECOND) { chosen = 5; }
    }
    assert_int_equal(chosen, 5);
    chan_select {
        chan_case_recv(c, v) { chosen = 6; }
        chan_case_timeout(-1) { chosen = 7; }
    }
    assert_int_equal(chosen, 7);
    assert_int_equal(waiters_of(goro_chan_ptr(c)), 0);
    chan_free(c);
}

static void send_later(chan(int) c, int v) { chan_send(c, v); }

static void an_unused_timeout_leaves_no_alarm(void **state) {
    (void)state;
    chan(int) c = chan_make(int, 0);
    int v = 0;
    go(send_later, c, 8);
    chan_select {
        chan_case_recv(c, v) {}
        chan_case_timeout(GORO_HOUR) { fail(); }
    }
    assert_int_equal(v, 8);
    struct g *g = runtime_enter();
    size_t alarms = wheel_check();
    runtime_leave(g);
    assert_int_equal(alarms, 0);
    chan_free(c);
}

struct wide {
    char bytes[300];
};

static void many_cases_and_large_values(void **state) {
    (void)state;
    enum { N = 20 };
    chan(struct wide) c[N];
    struct wide w, got;
    for (int i = 0; i < N; i++) c[i] = chan_make(struct wide, 1);
    memset(&w, 3, sizeof w);
    int sent = 0;
    for (int round = 0; round < N; round++)
        chan_select {
            for (int i = 0; i < N; i++) chan_case_send(c[i], w) sent++;
        }
    assert_int_equal(sent, N);
    int received = 0;
    for (int round = 0; round < N; round++)
        chan_select {
            for (int i = 0; i < N; i++) chan_case_recv(c[i], got) {
                    assert_memory_equal(&got, &w, sizeof w);
                    received++;
                }
        }
    assert_int_equal(received, N);
    for (int i = 0; i < N; i++) chan_free(c[i]);
}

static void goro_select_of_a_set_known_at_run_time(void **state) {
    (void)state;
    enum { N = 30 };
    chan(int) c[N];
    goro_select_case cases[N];
    int value[N];
    for (int i = 0; i < N; i++) {
        c[i] = chan_make(int, 1);
        cases[i] = (goro_select_case){.op = i % 2 ? GORO_RECV : GORO_SEND, .chan = goro_chan_ptr(c[i]), .value = &value[i]};
        value[i] = i;
    }
    for (int n = 0; n < N / 2; n++) {
        int i = goro_select(cases, N, true);
        assert_in_range(i, 0, N - 1);
        assert_int_equal(i % 2, 0);
        assert_int_equal(chan_recv(c[i]), i);
        cases[i].chan = NULL;
    }
    assert_int_equal(goro_select(cases, N, true), -1);
    go(send_later, c[7], 77);
    assert_int_equal(goro_select(cases, N, false), 7);
    assert_true(cases[7].ok);
    assert_int_equal(value[7], 77);
    chan_close(c[9]);
    assert_int_equal(goro_select(cases, N, false), 9);
    assert_false(cases[9].ok);
    assert_int_equal(value[9], 0);
    for (int i = 0; i < N; i++) chan_free(c[i]);
}

static void closed_channels_are_ready_with_zero(void **state) {
    (void)state;
    chan(int) c = chan_make(int, 1);
    chan_send(c, 4);
    chan_close(c);
    int v = 9;
    bool ok = false;
    chan_select {
        chan_case_recv_ok(c, v, ok) { assert_true(ok && v == 4); }
    }
    chan_select {
        chan_case_recv_ok(c, v, ok) { assert_true(!ok && v == 0); }
    }
    chan_free(c);
}

static void selects_nest(void **state) {
    (void)state;
    chan(int) a = chan_make(int, 1), b = chan_make(int, 1);
    int v, w, log = 0;
    chan_send(a, 1);
    chan_send(b, 2);
    chan_select {
        chan_case_recv(a, v) {
            chan_select {
                chan_case_recv(b, w) { log = 10 * v + w; }
                chan_case_recv(a, w) { log = -1; }
            }
        }
        chan_case_send(b, 4) { log = -2; }
    }
    assert_int_equal(log, 12);
    chan_free(a);
    chan_free(b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(default_only_when_nothing_is_ready),
        cmocka_unit_test(expressions_are_evaluated_once_in_order),
        cmocka_unit_test(break_continue_return_and_goto_end_a_select),
        cmocka_unit_test(ready_cases_are_chosen_evenly),
        cmocka_unit_test(a_parked_select_is_served_and_leaves_no_waiter),
        cmocka_unit_test(two_selects_meet),
        cmocka_unit_test(one_channel_in_several_cases_may_be_freed_by_its_waker),
        cmocka_unit_test(timeouts_lose_against_ready_cases_and_the_shortest_wins),
        cmocka_unit_test(an_unused_timeout_leaves_no_alarm),
        cmocka_unit_test(many_cases_and_large_values),
        cmocka_unit_test(goro_select_of_a_set_known_at_run_time),
        cmocka_unit_test(closed_channels_are_ready_with_zero),
        cmocka_unit_test(selects_nest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
