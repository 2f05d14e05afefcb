/* Select: which case, what is evaluated, what is waited for, how its body is left. */
#include "scenario.h"

/* Says "even" if the counts are as those of a fair die with such weights: chi-square far beyond chance otherwise (60 has a
 * probability below 1e-8 with eleven degrees of freedom, far below with fewer). */
static void even(const int *counts, const int *weights, int n) {
    double all = 0, weight = 0, x = 0;
    for (int i = 0; i < n; i++) {
        all += counts[i];
        weight += weights[i];
    }
    for (int i = 0; i < n; i++) {
        double expected = all * weights[i] / weight, off = counts[i] - expected;
        x += off * off / expected;
    }
    if (x < 60) say("even");
    else say("uneven: chi-square %.0f", x);
}
#define EVEN(counts, n, ...) even(counts, (const int[]){__VA_ARGS__}, n)

enum { ROUNDS = 10000 };

SCENARIO(select, fair_2) {
    chan(int) a = closed_channel();
    chan(int) b = closed_channel();
    int n[2] = {0}, v;
    for (int i = 0; i < ROUNDS; i++) {
        chan_select {
            chan_case_recv(a, v) n[0]++;
            chan_case_recv(b, v) n[1]++;
        }
    }
    EVEN(n, 2, 1, 1);
}
SCENARIO(select, fair_4) {
    chan(int) c[4] = {closed_channel(), closed_channel(), closed_channel(), closed_channel()};
    int n[4] = {0}, v;
    for (int i = 0; i < ROUNDS; i++) {
        chan_select {
            chan_case_recv(c[0], v) n[0]++;
            chan_case_recv(c[1], v) n[1]++;
            chan_case_recv(c[2], v) n[2]++;
            chan_case_recv(c[3], v) n[3]++;
        }
    }
    EVEN(n, 4, 1, 1, 1, 1);
}
SCENARIO(select, fair_sends) {
    chan(int) a = chan_make(int, ROUNDS);
    chan(int) b = chan_make(int, ROUNDS);
    int n[2] = {0};
    for (int i = 0; i < ROUNDS; i++) {
        chan_select {
            chan_case_send(a, i) n[0]++;
            chan_case_send(b, i) n[1]++;
        }
    }
    EVEN(n, 2, 1, 1);
}
SCENARIO(select, fair_send_and_recv_of_one) {
    chan(int) c = chan_make(int, 2 * ROUNDS);
    int n[2] = {0}, v;
    for (int i = 0; i < ROUNDS; i++) chan_send(c, i);
    for (int i = 0; i < ROUNDS - 1000; i++) {
        chan_select {
            chan_case_send(c, i) n[0]++;
            chan_case_recv(c, v) n[1]++;
        }
    }
    EVEN(n, 2, 1, 1);
}
SCENARIO(select, fair_duplicates) {
    chan(int) a = closed_channel();
    chan(int) b = closed_channel();
    int n[2] = {0}, v;
    for (int i = 0; i < ROUNDS; i++) {
        chan_select {
            chan_case_recv(a, v) n[0]++;
            chan_case_recv(a, v) n[0]++;
            chan_case_recv(a, v) n[0]++;
            chan_case_recv(b, v) n[1]++;
        }
    }
    EVEN(n, 2, 3, 1);
}
SCENARIO(select, fair_with_default) {
    chan(int) a = closed_channel();
    chan(int) b = closed_channel();
    int n[3] = {0}, v;
    for (int i = 0; i < ROUNDS; i++) {
        chan_select {
            chan_case_recv(a, v) n[0]++;
            chan_case_recv(b, v) n[1]++;
            chan_default n[2]++;
        }
    }
    EVEN(n, 2, 1, 1);
    say("default %d", n[2]);
}
SCENARIO(select, fair_closed_and_buffered) {
    chan(int) a = closed_channel();
    chan(int) b = chan_make(int, ROUNDS);
    int n[2] = {0}, v;
    for (int i = 0; i < ROUNDS; i++) chan_send(b, i);
    for (int i = 0; i < ROUNDS; i++) {
        chan_select {
            chan_case_recv(a, v) n[0]++;
            chan_case_recv(b, v) n[1]++;
        }
    }
    EVEN(n, 2, 1, 1);
}
SCENARIO(select, fair_among_ready_only) {
    chan(int) a = closed_channel();
    chan(int) b = closed_channel();
    chan(int) never = chan_make(int, 0);
    int n[3] = {0}, v;
    for (int i = 0; i < ROUNDS; i++) {
        chan_select {
            chan_case_recv(never, v) n[2]++;
            chan_case_recv(a, v) n[0]++;
            chan_case_recv(b, v) n[1]++;
        }
    }
    EVEN(n, 2, 1, 1);
    say("never %d", n[2]);
}
SCENARIO(select, dynamic_fair) {
    enum { CASES = 12 };
    int n[CASES] = {0};
    goro_select_case cases[CASES] = {{.op = GORO_RECV}};
    for (int i = 0; i < CASES; i++)
        cases[i] = (goro_select_case){.op = GORO_RECV, .chan = goro_chan_ptr(closed_channel())};
    for (int i = 0; i < 12000; i++) n[goro_select(cases, CASES, false)]++;
    EVEN(n, CASES, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1);
}

static chan(int) said(chan(int) c, int n) {
    say("c%d", n);
    return c;
}
static int said_value(int n) {
    say("v%d", n);
    return n;
}
SCENARIO(select, evaluation_order) {
    chan(int) c = chan_make(int, 1);
    int v;
    chan_select {
        chan_case_recv(said(c, 1), v) {}
        chan_case_send(said(c, 2), said_value(2)) {}
        chan_case_recv(said(c, 3), v) {}
    }
    v = chan_recv(c);
    say("got %d", v);
}
SCENARIO(select, all_are_evaluated) {
    chan(int) a = chan_make(int, 0);
    chan(int) b = chan_make(int, 1);
    int n = 0, v;
    chan_send(b, 1);
    chan_select {
        chan_case_send(a, ++n) {}
        chan_case_recv(b, v) {}
    }
    say("%d", n);
}
SCENARIO(select, variables_of_others_stay) {
    chan(int) a = chan_make(int, 0);
    chan(int) b = chan_make(int, 1);
    int v = 1, w = 1;
    chan_send(b, 5);
    chan_select {
        chan_case_recv(a, v) {}
        chan_case_recv(b, w) {}
    }
    say("%d %d", v, w);
}
SCENARIO(select, nothing_is_lost) {
    chan(int) a = chan_make(int, 1);
    chan(int) b = chan_make(int, 1);
    int sum = 0, v;
    chan_send(a, 1);
    chan_send(b, 2);
    for (int i = 0; i < 2; i++) {
        chan_select {
            chan_case_recv(a, v) sum += v;
            chan_case_recv(b, v) sum += v;
        }
        if (i == 0) say("left %d", chan_len(a) + chan_len(b));
    }
    say("sum %d", sum);
}
SCENARIO(select, empty) {
    chan_select {}
}
SCENARIO(select, all_nil) {
    chan(int) never = NULL;
    int v;
    chan_select {
        chan_case_recv(never, v) {}
        chan_case_send(never, 1) {}
    }
}
SCENARIO(select, all_nil_default) {
    chan(int) never = NULL;
    int v;
    chan_select {
        chan_case_recv(never, v) {}
        chan_case_send(never, 1) {}
        chan_default say("default");
    }
}
SCENARIO(select, nil_among_others) {
    chan(int) a = NULL;
    chan(int) b = chan_make(int, 1);
    int v;
    chan_send(b, 4);
    chan_select {
        chan_case_recv(a, v) say("a");
        chan_case_recv(b, v) say("b %d", v);
    }
}
SCENARIO(select, default_if_nothing_ready) {
    chan(int) a = chan_make(int, 0);
    int v;
    chan_select {
        chan_case_recv(a, v) {}
        chan_case_send(a, 1) {}
        chan_default say("default");
    }
}
SCENARIO(select, default_not_if_ready) {
    chan(int) a = chan_make(int, 1);
    chan_select {
        chan_case_send(a, 1) say("sent");
        chan_default say("default");
    }
}
SCENARIO(select, only_default) {
    chan_select { chan_default say("default"); }
}
SCENARIO(select, timeout) {
    chan(int) a = chan_make(int, 0);
    int v;
    chan_select {
        chan_case_recv(a, v) say("a");
        chan_case_timeout(GORO_MILLISECOND) say("timeout");
    }
}
SCENARIO(select, timeout_not_if_ready) {
    chan(int) a = chan_make(int, 1);
    int v;
    chan_send(a, 1);
    chan_select {
        chan_case_recv(a, v) say("a");
        chan_case_timeout(GORO_HOUR) say("timeout");
    }
}
SCENARIO(select, least_timeout) {
    chan_select {
        chan_case_timeout(GORO_HOUR) say("hour");
        chan_case_timeout(GORO_MILLISECOND) say("millisecond");
    }
}
SCENARIO(select, timeout_of_nothing) {
    chan(int) a = chan_make(int, 0);
    int v;
    for (int64_t ns = -GORO_HOUR; ns <= 0; ns += GORO_HOUR) {
        chan_select {
            chan_case_recv(a, v) say("a");
            chan_case_timeout(ns) say("timeout");
        }
    }
}
SCENARIO(select, timeout_beside_nil_and_same_twice) {
    chan(int) a = chan_make(int, 0);
    chan(int) never = NULL;
    int v;
    chan_select {
        chan_case_recv(a, v) say("a");
        chan_case_recv(a, v) say("a");
        chan_case_recv(never, v) say("never");
        chan_case_timeout(GORO_MILLISECOND) say("timeout");
    }
    say("%s", truth(chan_try_send(a, 1)));
}
SCENARIO(select, both_directions_alone) {
    chan(int) c = chan_make(int, 0);
    int v;
    chan_select {
        chan_case_send(c, 1) {}
        chan_case_recv(c, v) {}
    }
}

static void send_or_receive(chan(int) c, chan(int) received) {
    int v;
    chan_select {
        chan_case_send(c, 1) chan_send(received, 0);
        chan_case_recv(c, v) chan_send(received, v);
    }
}
SCENARIO(select, both_directions_pair) {
    chan(int) c = chan_make(int, 0);
    chan(int) received = chan_make(int, 2);
    go(send_or_receive, c, received);
    go(send_or_receive, c, received);
    int sum = chan_recv(received);
    sum += chan_recv(received);
    say("%d", sum);
}

static void receive_twice_the_same(chan(int) c, chan(int) out) {
    int v;
    chan_select {
        chan_case_recv(c, v) chan_send(out, v);
        chan_case_recv(c, v) chan_send(out, v);
    }
}
SCENARIO(select, same_twice_waiting) {
    chan(int) c = chan_make(int, 0);
    chan(int) d = chan_make(int, 0);
    go(receive_twice_the_same, c, d);
    settle();
    chan_send(c, 3);
    say("%d", chan_recv(d));
    chan_select {
        chan_case_send(c, 1) say("left over");
        chan_default say("gone");
    }
}

SCENARIO(select, break_ends_select) {
    chan(int) a = closed_channel();
    int n = 0, v;
    for (int i = 0; i < 3; i++) {
        chan_select {
            chan_case_recv(a, v) {
                if (i == 0) break;
                n++;
            }
        }
        n += 10;
    }
    say("%d", n);
}
SCENARIO(select, continue_ends_select) {
    chan(int) a = closed_channel();
    int n = 0, v;
    for (int i = 0; i < 3; i++) {
        chan_select {
            chan_case_recv(a, v) {
                if (i == 0) continue;
                n++;
            }
        }
        n += 10;
    }
    say("%d", n);
}
static int one_from_select(chan(int) a) {
    int v;
    chan_select {
        chan_case_recv(a, v) return 1;
    }
    return 2;
}
SCENARIO(select, return_from_case) { say("%d", one_from_select(closed_channel())); }
SCENARIO(select, goto_out) {
    chan(int) a = closed_channel();
    int v;
    for (;;) {
        chan_select {
            chan_case_recv(a, v) goto out;
        }
    }
out:
    say("out");
}
SCENARIO(select, nested) {
    chan(int) a = chan_make(int, 2);
    chan(int) b = chan_make(int, 1);
    int v, w;
    chan_send(a, 1);
    chan_send(a, 2);
    chan_select {
        chan_case_recv(a, v) {
            chan_select {
                chan_case_recv(a, w) chan_send(b, v * 10 + w);
                chan_case_recv(b, w) say("b");
            }
        }
    }
    say("%d", chan_recv(b));
}
SCENARIO(select, in_range) {
    chan(int) c = chan_make(int, 3);
    chan(int) out = chan_make(int, 3);
    int n = 0, v;
    for (int i = 1; i <= 3; i++) chan_send(c, i);
    chan_close(c);
    chan_range(v, c) {
        chan_select {
            chan_case_send(out, v) n++;
            chan_default {}
        }
    }
    say("%d %d", n, chan_len(out));
}

SCENARIO(select, blocked_recv_served) {
    chan(int) a = chan_make(int, 0);
    chan(int) b = chan_make(int, 0);
    int v;
    go(send_it, b, 6);
    chan_select {
        chan_case_recv(a, v) say("a %d", v);
        chan_case_recv(b, v) say("b %d", v);
    }
}
static void hand_on(chan(int) from, chan(int) to) { chan_send(to, chan_recv(from)); }
SCENARIO(select, blocked_send_served) {
    chan(int) a = chan_make(int, 0);
    chan(int) b = chan_make(int, 0);
    chan(int) got = chan_make(int, 0);
    go(hand_on, b, got);
    chan_select {
        chan_case_send(a, 1) say("a");
        chan_case_send(b, 2) say("b %d", chan_recv(got));
    }
}
static void close_later(chan(int) c) {
    settle();
    chan_close(c);
}
SCENARIO(select, blocked_recv_closed) {
    chan(int) a = chan_make(int, 0);
    chan(int) b = chan_make(int, 0);
    int v;
    bool ok;
    go(close_later, b);
    chan_select {
        chan_case_recv(a, v) say("a");
        chan_case_recv_ok(b, v, ok) say("b %d %s", v, truth(ok));
    }
}
SCENARIO(select, blocked_send_closed) {
    chan(int) a = chan_make(int, 0);
    chan(int) b = chan_make(int, 0);
    int v;
    go(close_later, b);
    chan_select {
        chan_case_recv(a, v) {}
        chan_case_send(b, 1) {}
    }
}
SCENARIO(select, send_on_closed) {
    chan_select {
        chan_case_send(closed_channel(), 1) {}
        chan_default {}
    }
}
SCENARIO(select, recv_of_closed) {
    int v = 5;
    bool ok = true;
    chan_select {
        chan_case_recv_ok(closed_channel(), v, ok) {}
    }
    say("%d %s", v, truth(ok));
}
static void send_and_tell(chan(int) c, chan(int) done) {
    chan_send(c, 1);
    chan_send(done, 1);
}
SCENARIO(select, others_keep_their_values) {
    chan(int) a = chan_make(int, 0);
    chan(int) b = chan_make(int, 0);
    chan(int) done = chan_make(int, 2);
    int n = 0, v;
    go(send_and_tell, a, done);
    go(send_and_tell, b, done);
    while (n < 2) {
        chan_select {
            chan_case_recv(a, v) n += v;
            chan_case_recv(b, v) n += v;
        }
    }
    chan_recv(done);
    chan_recv(done);
    say("%d", n);
}
SCENARIO(select, default_loop_lets_others_run) {
    chan(int) a = chan_make(int, 0);
    atomic_bool ran = false;
    int v;
    go(set, &ran);
    while (!atomic_load(&ran)) {
        chan_select {
            chan_case_recv(a, v) {}
            chan_default {}
        }
    }
    say("ran");
}
SCENARIO(select, twenty_cases) {
    enum { CASES = 20 };
    goro_select_case cases[CASES] = {{.op = GORO_RECV}};
    int values[CASES], sum = 0;
    for (int i = 0; i < CASES; i++) {
        chan(int) c = chan_make(int, 1);
        chan_send(c, i);
        cases[i] = (goro_select_case){.op = GORO_RECV, .chan = goro_chan_ptr(c), .value = &values[i]};
    }
    for (int i = 0; i < CASES; i++) sum += values[goro_select(cases, CASES, false)];
    say("%d", sum);
}
SCENARIO(select, dynamic_default) {
    chan(int) c = chan_make(int, 0);
    goro_select_case k = {.op = GORO_RECV, .chan = goro_chan_ptr(c)};
    int chosen = goro_select(&k, 1, true);
    say("%d %s", chosen, truth(k.ok));
}
SCENARIO(select, dynamic_send) {
    chan(int) c = chan_make(int, 1);
    int v = 8;
    goro_select_case k = {.op = GORO_SEND, .chan = goro_chan_ptr(c), .value = &v};
    int chosen = goro_select(&k, 1, false);
    say("%d %d", chosen, chan_recv(c));
}
SCENARIO(select, dynamic_closed) {
    int v = 5;
    goro_select_case cases[] = {{.op = GORO_RECV, .chan = goro_chan_ptr(chan_make(int, 0))},
                                {.op = GORO_RECV, .chan = goro_chan_ptr(closed_channel()), .value = &v, .ok = true}};
    int chosen = goro_select(cases, 2, false);
    say("%d %d %s", chosen, v, truth(cases[1].ok));
}
SCENARIO(select, dynamic_nil) {
    goro_select_case cases[] = {{.op = GORO_RECV, .chan = NULL},
                                {.op = GORO_RECV, .chan = goro_chan_ptr(closed_channel())}};
    say("%d", goro_select(cases, 2, false));
}
SCENARIO(select, dynamic_none) { goro_select(NULL, 0, false); }
SCENARIO(select, dynamic_none_default) { say("%d", goro_select(NULL, 0, true)); }
SCENARIO(select, dynamic_send_on_closed) {
    int v = 8;
    goro_select_case k = {.op = GORO_SEND, .chan = goro_chan_ptr(closed_channel()), .value = &v};
    goro_select(&k, 1, false);
}
static void send_after_thousand_yields(chan(int) c) {
    for (int i = 0; i < 1000; i++) goro_yield();
    chan_send(c, 1);
}
SCENARIO(select, waits_while_others_run) {
    chan(int) c = chan_make(int, 0);
    int n = 0, v;
    go(send_after_thousand_yields, c);
    chan_select {
        chan_case_recv(c, v) n = v;
    }
    say("%d", n);
}
