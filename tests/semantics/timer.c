/* Timers, tickers, sleeping: Go 1.23's rules. */
#include "scenario.h"

static const int64_t ms = GORO_MILLISECOND;

static void timer_await(goro_timer *t) { chan_recv(goro_timer_chan(t)); }
static bool received(chan_rx(int64_t) c) { return chan_try_recv(c, NULL); }
static bool timer_received(goro_timer *t) { return received(goro_timer_chan(t)); }

SCENARIO(timer, fires) {
    goro_timer t = {0};
    goro_timer_start(&t, ms);
    timer_await(&t);
    say("fired");
}
SCENARIO(timer, fires_once) {
    goro_timer t = {0};
    goro_timer_start(&t, 0);
    timer_await(&t);
    pass(0);
    say("%s", truth(timer_received(&t)));
}
SCENARIO(timer, fires_not_early) {
    goro_timer t = {0};
    int64_t start = goro_now();
    goro_timer_start(&t, 3 * ms);
    timer_await(&t);
    say("%s", truth(goro_now() - start >= 3 * ms));
}
SCENARIO(timer, zero) {
    goro_timer t = {0};
    goro_timer_start(&t, 0);
    timer_await(&t);
    say("fired");
}
SCENARIO(timer, negative) {
    goro_timer t = {0};
    goro_timer_start(&t, -GORO_HOUR);
    timer_await(&t);
    say("fired");
}

/* What stop or reset finds: a timer in one of the states a timer can be in. */
enum state { ACTIVE, STOPPED, RECEIVED, UNRECEIVED };
static void bring_into(goro_timer *t, enum state state) {
    goro_timer_start(t, state == ACTIVE || state == STOPPED ? GORO_HOUR : 0);
    if (state == STOPPED) goro_timer_stop(t);
    if (state == RECEIVED) timer_await(t);
    if (state == UNRECEIVED) pass(0);
}
static void stop_in(enum state state) {
    static goro_timer t;
    bring_into(&t, state);
    say("%s", truth(goro_timer_stop(&t)));
    if (state == UNRECEIVED) say("%s", truth(timer_received(&t)));
}
static void reset_in(enum state state) {
    static goro_timer t;
    bring_into(&t, state);
    say("%s", truth(goro_timer_reset(&t, 0)));
    timer_await(&t);
    say("fired");
}
SCENARIO(timer, stop_active) { stop_in(ACTIVE); }
SCENARIO(timer, stop_stopped) { stop_in(STOPPED); }
SCENARIO(timer, stop_received) { stop_in(RECEIVED); }
SCENARIO(timer, stop_unreceived) { stop_in(UNRECEIVED); }
SCENARIO(timer, stop_uninitialised) {
    goro_timer t = {0};
    goro_timer_stop(&t);
}
SCENARIO(timer, reset_active) { reset_in(ACTIVE); }
SCENARIO(timer, reset_stopped) { reset_in(STOPPED); }
SCENARIO(timer, reset_received) { reset_in(RECEIVED); }
SCENARIO(timer, reset_unreceived) {
    goro_timer t = {0};
    bring_into(&t, UNRECEIVED);
    bool was_active = goro_timer_reset(&t, GORO_HOUR);
    say("%s %s", truth(was_active), truth(timer_received(&t)));
}
SCENARIO(timer, reset_unreceived_fires_once) {
    goro_timer t = {0};
    bring_into(&t, UNRECEIVED);
    goro_timer_reset(&t, 0);
    timer_await(&t);
    pass(0);
    say("%s", truth(timer_received(&t)));
}
SCENARIO(timer, reset_uninitialised) {
    goro_timer t = {0};
    goro_timer_reset(&t, 0);
}
SCENARIO(timer, len_and_cap) {
    goro_timer t = {0};
    bring_into(&t, UNRECEIVED);
    say("%d %d", chan_len(goro_timer_chan(&t)), chan_cap(goro_timer_chan(&t)));
}
SCENARIO(timer, stopped_never_fires) {
    goro_timer t = {0};
    goro_timer_start(&t, ms);
    goro_timer_stop(&t);
    pass(ms);
    say("%s", truth(timer_received(&t)));
}
SCENARIO(timer, shorter_fires_first) {
    goro_timer a = {0}, b = {0};
    int64_t when;
    goro_timer_start(&a, GORO_HOUR);
    goro_timer_start(&b, ms);
    chan_select {
        chan_case_recv(goro_timer_chan(&a), when) say("a");
        chan_case_recv(goro_timer_chan(&b), when) say("b");
    }
}
SCENARIO(timer, stopped_is_no_hope) {
    goro_timer t = {0};
    bring_into(&t, STOPPED);
    timer_await(&t);
}

static chan(int) calls;
static void call(void *unused) {
    (void)unused;
    chan_send(calls, 1);
}
static void set_flag(void *flag) { set(flag); }

SCENARIO(timer, func_runs) {
    goro_timer t = {0};
    calls = chan_make(int, 0);
    goro_after_func(&t, 0, call, NULL);
    say("%d", chan_recv(calls));
}
SCENARIO(timer, func_has_no_channel) {
    static goro_timer t; /* runs on when main has returned */
    goro_after_func(&t, GORO_HOUR, call, NULL);
    say("%s", truth(goro_timer_chan(&t) == NULL));
}
SCENARIO(timer, func_stop_before) {
    goro_timer t = {0};
    atomic_bool ran = false;
    goro_after_func(&t, GORO_HOUR, set_flag, &ran);
    say("%s", truth(goro_timer_stop(&t)));
    say("%s", truth(atomic_load(&ran)));
}
SCENARIO(timer, func_stopped_never_runs) {
    goro_timer t = {0};
    atomic_bool ran = false;
    bool stopped = false;
    while (!stopped) { /* unless we are late */
        goro_after_func(&t, 2 * ms, set_flag, &ran);
        stopped = goro_timer_stop(&t);
        if (!stopped) await(&ran);
        atomic_store(&ran, false);
    }
    pass(2 * ms);
    say("%s", truth(atomic_load(&ran)));
}
SCENARIO(timer, func_stop_after) {
    goro_timer t = {0};
    calls = chan_make(int, 0);
    goro_after_func(&t, 0, call, NULL);
    chan_recv(calls);
    say("%s", truth(goro_timer_stop(&t)));
}
static chan(int) begun, end;
static void call_for_long(void *unused) {
    (void)unused;
    chan_send(begun, 1);
    chan_recv(end);
    chan_send(begun, 2);
}
SCENARIO(timer, func_stop_while_running) {
    goro_timer t = {0};
    begun = chan_make(int, 0);
    end = chan_make(int, 0);
    goro_after_func(&t, 0, call_for_long, NULL);
    chan_recv(begun);
    say("%s", truth(goro_timer_stop(&t)));
    chan_send(end, 1);
    say("%d", chan_recv(begun));
}
SCENARIO(timer, func_reset_before) {
    goro_timer t = {0};
    calls = chan_make(int, 0);
    goro_after_func(&t, GORO_HOUR, call, NULL);
    say("%s", truth(goro_timer_reset(&t, 0)));
    say("%d", chan_recv(calls));
}
SCENARIO(timer, func_reset_after) {
    goro_timer t = {0};
    calls = chan_make(int, 0);
    goro_after_func(&t, 0, call, NULL);
    chan_recv(calls);
    say("%s", truth(goro_timer_reset(&t, 0)));
    say("%d", chan_recv(calls));
}
SCENARIO(timer, func_is_a_goroutine) {
    goro_timer a = {0}, b = {0};
    begun = chan_make(int, 0);
    end = chan_make(int, 0);
    goro_after_func(&a, 0, call_for_long, NULL);
    goro_after_func(&b, 0, call_for_long, NULL);
    int n = chan_recv(begun);
    n += chan_recv(begun);
    say("%d", n);
}

SCENARIO(timer, sleep_zero) {
    goro_sleep(0);
    say("back");
}
SCENARIO(timer, sleep_negative) {
    goro_sleep(-GORO_HOUR);
    say("back");
}
static void send_after_sleep(chan(int) c) {
    goro_sleep(3 * ms);
    chan_send(c, 1);
}
SCENARIO(timer, sleep_is_not_deadlock) {
    chan(int) c = chan_make(int, 0);
    go(send_after_sleep, c);
    say("%d", chan_recv(c));
}
SCENARIO(timer, sleep_at_least) {
    int64_t start = goro_now();
    goro_sleep(2 * ms);
    say("%s", truth(goro_now() - start >= 2 * ms));
}

/* -- tickers -------------------------------------------------------------------------------------------------------------- */

static goro_ticker ticker;
static void tick_await(void) { chan_recv(goro_ticker_chan(&ticker)); }
static bool tick_received(void) { return received(goro_ticker_chan(&ticker)); }

SCENARIO(ticker, ticks) {
    goro_ticker_start(&ticker, ms);
    for (int i = 0; i < 3; i++) tick_await();
    say("three");
}
SCENARIO(ticker, zero) { goro_ticker_start(&ticker, 0); }
SCENARIO(ticker, negative) { goro_ticker_start(&ticker, -1); }
SCENARIO(ticker, reset_zero) {
    goro_ticker_start(&ticker, GORO_HOUR);
    goro_ticker_reset(&ticker, 0);
}
SCENARIO(ticker, reset_uninitialised) { goro_ticker_reset(&ticker, GORO_SECOND); }
SCENARIO(ticker, stop_uninitialised) {
    goro_ticker_stop(&ticker);
    say("back");
}
SCENARIO(ticker, len_and_cap) {
    goro_ticker_start(&ticker, ms);
    pass(3 * ms);
    say("%d %d", chan_len(goro_ticker_chan(&ticker)), chan_cap(goro_ticker_chan(&ticker)));
}
SCENARIO(ticker, keeps_one_tick_at_most) {
    goro_ticker_start(&ticker, 50 * ms);
    pass(500 * ms);
    int n = 0;
    while (tick_received()) n++;
    say("%s", truth(n >= 1 && n <= 3)); /* another may have come meanwhile */
}
SCENARIO(ticker, stop_drops_tick) {
    goro_ticker_start(&ticker, ms);
    pass(10 * ms);
    goro_ticker_stop(&ticker);
    say("%s", truth(tick_received()));
}
SCENARIO(ticker, stop_ends_ticks) {
    goro_ticker_start(&ticker, ms);
    tick_await();
    goro_ticker_stop(&ticker);
    pass(3 * ms);
    say("%s", truth(tick_received()));
}
SCENARIO(ticker, stop_does_not_close) {
    int64_t when;
    goro_ticker_start(&ticker, GORO_HOUR);
    goro_ticker_stop(&ticker);
    chan_select {
        chan_case_recv(goro_ticker_chan(&ticker), when) say("closed");
        chan_default say("open");
    }
}
SCENARIO(ticker, reset) {
    goro_ticker_start(&ticker, GORO_HOUR);
    goro_ticker_reset(&ticker, ms);
    tick_await();
    tick_await();
    say("two");
}
SCENARIO(ticker, reset_stopped) {
    goro_ticker_start(&ticker, GORO_HOUR);
    goro_ticker_stop(&ticker);
    goro_ticker_reset(&ticker, ms);
    tick_await();
    say("one");
}
SCENARIO(ticker, reset_drops_tick) {
    goro_ticker_start(&ticker, ms);
    pass(2 * ms);
    goro_ticker_reset(&ticker, GORO_HOUR);
    say("%s", truth(tick_received()));
}
SCENARIO(ticker, stopped_is_no_hope) {
    goro_ticker_start(&ticker, GORO_HOUR);
    goro_ticker_stop(&ticker);
    tick_await();
}
