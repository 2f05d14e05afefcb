/* Channels: each operation in each state a channel can be in, and what a matrix cannot tell. */
#include "scenario.h"

#include <string.h>

/* -- STATE.OPERATION ------------------------------------------------------------------------------------------------- */

static void receive_one(chan(int) c, chan(int) served) {
    int v;
    if (!chan_recv_ok(c, &v)) v = -1;
    chan_send(served, v);
}

static void send_seven(chan(int) c, chan(int) served) {
    chan_send(c, 7);
    chan_send(served, 7);
}

static chan(int) filled(int capacity, int n, bool closed) {
    chan(int) c = chan_make(int, capacity);
    for (int i = 1; i <= n; i++) chan_send(c, i);
    if (closed) chan_close(c);
    return c;
}

static chan(int) channel_in(const char *state, chan(int) served) {
    chan(int) c = NULL;
    if (strcmp(state, "idle") == 0) return filled(0, 0, false);
    if (strcmp(state, "empty") == 0) return filled(2, 0, false);
    if (strcmp(state, "part") == 0) return filled(2, 1, false);
    if (strcmp(state, "full") == 0) return filled(2, 2, false);
    if (strcmp(state, "closed") == 0) return filled(0, 0, true);
    if (strcmp(state, "closed_full") == 0) return filled(2, 2, true);
    if (strcmp(state, "drained") == 0) {
        c = filled(2, 1, true);
        chan_recv(c);
    } else if (strcmp(state, "receiver") == 0) {
        go(receive_one, c = chan_make(int, 0), served);
    } else if (strcmp(state, "sender") == 0) {
        go(send_seven, c = chan_make(int, 0), served);
    } else if (strcmp(state, "nil") != 0) {
        goro_panic("no such state: %s", state);
    }
    return c;
}

/* Each operation returns whether the other side, if there is one, has been served by it. `awaited`: there is one, so that
 * what is tried must become possible. */
static bool op_send(chan(int) c, bool awaited) {
    (void)awaited;
    chan_send(c, 5);
    say("sent len %d", chan_len(c));
    return true;
}
static bool op_recv(chan(int) c, bool awaited) {
    (void)awaited;
    int v = chan_recv(c);
    say("got %d len %d", v, chan_len(c));
    return true;
}
static bool op_recv_ok(chan(int) c, bool awaited) {
    (void)awaited;
    int v = 99;
    bool ok = chan_recv_ok(c, &v);
    say("got %d %s", v, truth(ok));
    return true;
}
static bool op_try_send(chan(int) c, bool awaited) {
    bool sent = chan_try_send(c, 5);
    for (; awaited && !sent; sent = chan_try_send(c, 5)) goro_yield();
    say("%s len %d", truth(sent), chan_len(c));
    return sent;
}
static bool op_try_recv(chan(int) c, bool awaited) {
    int v = 99;
    bool ok = chan_try_recv(c, &v);
    for (; awaited && !ok; ok = chan_try_recv(c, &v)) goro_yield();
    say("%d %s", v, truth(ok));
    return ok;
}
static bool op_close(chan(int) c, bool awaited) {
    if (awaited) settle();
    chan_close(c);
    say("closed len %d", chan_len(c));
    return true;
}
static bool op_len(chan(int) c, bool awaited) {
    (void)awaited;
    say("%d", chan_len(c));
    return false;
}
static bool op_cap(chan(int) c, bool awaited) {
    (void)awaited;
    say("%d", chan_cap(c));
    return false;
}
static bool op_range(chan(int) c, bool awaited) {
    int v, sum = 0;
    chan_range(v, c) {
        say("%d", v);
        if ((sum += v) >= 7) break;
    }
    say("end");
    return awaited;
}
static bool op_select_send(chan(int) c, bool awaited) {
    (void)awaited;
    chan_select {
        chan_case_send(c, 5) { say("sent"); }
    }
    return true;
}
static bool op_select_recv(chan(int) c, bool awaited) {
    (void)awaited;
    int v = 99;
    bool ok = false;
    chan_select {
        chan_case_recv_ok(c, v, ok) { say("got %d %s", v, truth(ok)); }
    }
    return true;
}
static bool op_select_both(chan(int) c, bool awaited) {
    (void)awaited;
    int v = 99;
    bool ok = false;
    chan_select {
        chan_case_send(c, 5) { say("sent"); }
        chan_case_recv_ok(c, v, ok) { say("got %d %s", v, truth(ok)); }
    }
    return true;
}

static const struct {
    const char *name, *served_when; /* the state in which the other side makes it possible */
    bool (*run)(chan(int) c, bool awaited);
} operations[] = {
    {"send", "receiver", op_send},
    {"recv", "sender", op_recv},
    {"recv_ok", "sender", op_recv_ok},
    {"try_send", "receiver", op_try_send},
    {"try_recv", "sender", op_try_recv},
    {"close", "sender", op_close},
    {"len", "", op_len},
    {"cap", "", op_cap},
    {"range", "sender", op_range},
    {"select_send", "receiver", op_select_send},
    {"select_recv", "sender", op_select_recv},
    {"select_both", "", op_select_both},
};

static void run_matrix(const char *name) {
    char state[32] = "";
    const char *dot = strchr(name, '.');
    chan(int) served = chan_make(int, 1);
    memcpy(state, name, (size_t)(dot - name));
    chan(int) c = channel_in(state, served);
    bool peer = strcmp(state, "receiver") == 0 || strcmp(state, "sender") == 0;
    for (size_t i = 0; i < sizeof operations / sizeof *operations; i++) {
        if (strcmp(operations[i].name, dot + 1) != 0) continue;
        bool awaited = strcmp(operations[i].served_when, state) == 0;
        if (operations[i].run(c, awaited) && peer) say("peer %d", chan_recv(served));
        return;
    }
    goro_panic("no such operation: %s", dot + 1);
}

__attribute__((constructor)) static void add_matrix(void) {
    static struct scenario s = {.primitive = "chan", .run = run_matrix};
    scenario_add(&s);
}

/* -- the rest ---------------------------------------------------------------------------------------------------------- */

SCENARIO(chan, fifo) {
    chan(int) c = chan_make(int, 10);
    for (int i = 0; i < 10; i++) chan_send(c, i);
    for (int i = 0; i < 10; i++) say("%d", chan_recv(c));
}

static void send_thousand(chan(int) c) {
    for (int i = 0; i < 1000; i++) chan_send(c, i);
    chan_close(c);
}
SCENARIO(chan, fifo_of_one_sender) {
    chan(int) c = chan_make(int, 0);
    int n = 0, v;
    bool in_order = true;
    go(send_thousand, c);
    chan_range(v, c) in_order &= v == n++;
    say("%d %s", n, truth(in_order));
}

SCENARIO(chan, close_of_closed) { chan_close(closed_channel()); }
SCENARIO(chan, negative_size) { (void)chan_make(int, -1); }
SCENARIO(chan, huge_size) { (void)chan_make(int64_t, INT64_C(1) << 62); }
SCENARIO(chan, nil_zero_value) {
    static chan(int) c;
    say("%s %d %d", truth(c == NULL), chan_len(c), chan_cap(c));
}
SCENARIO(chan, send_copies) {
    chan(int) c = chan_make(int, 1);
    int v = 1;
    chan_send(c, v);
    v = 2;
    say("%d", chan_recv(c));
}

struct four {
    int at[4];
};
SCENARIO(chan, closed_gives_zero) {
    chan(struct four) c = chan_make(struct four, 1);
    chan_close(c);
    struct four v = chan_recv(c);
    say("%d %d", v.at[0], v.at[3]);
}

static void say_whether_closed(chan(int) c, chan(bool) closed) {
    int v;
    chan_send(closed, !chan_recv_ok(c, &v));
}
SCENARIO(chan, close_wakes_all) {
    chan(int) c = chan_make(int, 0);
    chan(bool) closed = chan_make(bool, 8);
    int n = 0;
    for (int i = 0; i < 8; i++) go(say_whether_closed, c, closed);
    settle();
    chan_close(c);
    for (int i = 0; i < 8; i++) n += chan_recv(closed);
    say("%d", n);
}

SCENARIO(chan, close_panics_sender) {
    chan(int) c = chan_make(int, 0);
    chan(int) never = chan_make(int, 0);
    go(send_it, c, 1);
    settle();
    chan_close(c);
    chan_recv(never);
}

static void write_and_send(int *x, chan(int) c) {
    *x = 1;
    chan_send(c, 0);
}
SCENARIO(chan, unbuffered_meets) {
    chan(int) c = chan_make(int, 0);
    int x = 0;
    go(write_and_send, &x, c);
    chan_recv(c);
    say("%d", x);
}

static void answer(chan(chan(int)) requests) {
    chan(int) c = chan_recv(requests);
    chan_send(c, 5);
}
SCENARIO(chan, chan_of_chan) {
    chan(chan(int)) requests = chan_make(chan(int), 0);
    chan(int) c = chan_make(int, 0);
    go(answer, requests);
    chan_send(requests, c);
    say("%d", chan_recv(c));
}

SCENARIO(chan, empty_elements) {
    chan(goro_empty) c = chan_make(goro_empty, 3);
    chan_send(c, (goro_empty){});
    chan_send(c, (goro_empty){});
    say("%d %d", chan_len(c), chan_cap(c));
}
SCENARIO(chan, huge_empty_elements) {
    chan(goro_empty) c = chan_make(goro_empty, 1 << 30);
    chan_send(c, (goro_empty){});
    say("%d %d", chan_len(c), chan_cap(c));
}

SCENARIO(chan, range_over_buffered) {
    chan(int) c = filled(3, 3, true);
    int v;
    chan_range(v, c) say("%d", v);
    say("end");
}
SCENARIO(chan, range_keeps_variable) {
    chan(int) c = chan_make(int, 1);
    int v = 5;
    chan_send(c, 6);
    chan_close(c);
    chan_range(v, c) {}
    say("%d", v);
}
static int evaluations;
static chan(int) evaluated(chan(int) c) {
    evaluations++;
    return c;
}
SCENARIO(chan, range_evaluates_once) {
    int v;
    chan_range(v, evaluated(filled(2, 2, true))) (void)v;
    say("%d", evaluations);
}

SCENARIO(chan, directions) {
    chan(int) c = chan_make(int, 1);
    chan_tx(int) tx = chan_as_tx(c);
    chan_rx(int) rx = chan_as_rx(c);
    chan_send(tx, 4);
    int n = chan_len(rx);
    say("%d %d %d", n, chan_cap(tx), chan_recv(rx));
}
SCENARIO(chan, same_channel) {
    chan(int) c = chan_make(int, 1);
    chan(int) d = c;
    chan_send(c, 3);
    say("%s %d", truth(c == d), chan_recv(d));
}

static void send_then_receive(chan(int) c) {
    chan_send(c, 1);
    chan_recv(c);
}
SCENARIO(chan, deadlock_names_all) {
    chan(int) c = chan_make(int, 0);
    chan(int) never = chan_make(int, 0);
    go(send_then_receive, c);
    chan_recv(c);
    chan_recv(never);
}

static void send_and_close(chan(int) c, chan(int) done) {
    chan_send(c, 2);
    chan_close(done);
}
SCENARIO(chan, sender_of_full_waits_for_room) {
    chan(int) c = filled(1, 1, false);
    chan(int) done = chan_make(int, 0);
    go(send_and_close, c, done);
    say("%d", chan_recv(c));
    chan_recv(done);
    int n = chan_len(c);
    say("len %d %d", n, chan_recv(c));
}

static void send_hundred(chan(int) c, chan(int) sums) {
    for (int i = 0; i < 100; i++) chan_send(c, 1);
    chan_send(sums, 0);
}
static void sum_up(chan(int) c, chan(int) sums) {
    int n = 0, v;
    chan_range(v, c) n += v;
    chan_send(sums, n);
}
SCENARIO(chan, many_to_many) {
    chan(int) c = chan_make(int, 3);
    chan(int) sent = chan_make(int, 0);
    chan(int) sums = chan_make(int, 0);
    int total = 0;
    for (int i = 0; i < 4; i++) go(send_hundred, c, sent);
    for (int i = 0; i < 4; i++) go(sum_up, c, sums);
    for (int i = 0; i < 4; i++) chan_recv(sent);
    chan_close(c);
    for (int i = 0; i < 4; i++) total += chan_recv(sums);
    say("%d", total);
}

SCENARIO(chan, failed_try_leaves_variable) {
    chan(int) c = closed_channel();
    int v = 5;
    bool ok = chan_try_recv(c, &v);
    say("%d %s", v, truth(ok));
}
SCENARIO(chan, null_throws_away) {
    chan(int) c = filled(2, 2, false);
    bool first = chan_recv_ok(c, NULL), second = chan_try_recv(c, NULL);
    say("%s %s %d", truth(first), truth(second), chan_len(c));
}
