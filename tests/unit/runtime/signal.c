/* Signals as values of channels: who gets them, what they did before, and what still kills. */
#include "ending.h"
#include "runtime/chan.h"

#include <pthread.h>
#include <signal.h>

static void check(void) {
    struct g *g = runtime_enter();
    runtime_check(g);
    runtime_leave(g);
}

static void send_self(int signo) { assert_int_equal(kill(getpid(), signo), 0); }

/* A signal that has been recorded is on its channels once this returns: registering takes what is pending along. */
static void settle(void) {
    chan(int) c = chan_make(int, 0);
    goro_notify(c, SIGRTMAX);
    goro_notify_stop(c);
    chan_free(c);
}

static volatile sig_atomic_t handled;
static void handler(int signo) { handled += signo; }

/* -- delivery --------------------------------------------------------------------------------------------------------- */

static void every_channel_that_is_registered_gets_it(void **state) {
    (void)state;
    chan(int) a = chan_make(int, 1), b = chan_make(int, 4), other = chan_make(int, 1);
    goro_notify(a, SIGUSR1);
    goro_notify(b, SIGUSR1);
    goro_notify(b, SIGUSR2);
    goro_notify(chan_as_tx(other), SIGUSR2);
    send_self(SIGUSR1);
    assert_int_equal(chan_recv(a), SIGUSR1);
    assert_int_equal(chan_recv(b), SIGUSR1);
    send_self(SIGUSR2);
    assert_int_equal(chan_recv(b), SIGUSR2);
    assert_int_equal(chan_recv(other), SIGUSR2);
    assert_int_equal(chan_len(a) + chan_len(b) + chan_len(other), 0);
    goro_notify_stop(a);
    goro_notify_stop(b);
    goro_notify_stop(other);
    chan_free(a);
    chan_free(b);
    chan_free(other);
    check();
}

static void who_has_no_room_misses_it(void **state) {
    (void)state;
    chan(int) one = chan_make(int, 1), many = chan_make(int, 8);
    goro_notify(one, SIGUSR1);
    goro_notify(one, SIGUSR1); /* twice is once */
    goro_notify(many, SIGUSR1);
    for (int i = 1; i <= 3; i++) {
        send_self(SIGUSR1);
        settle();
        assert_int_equal(chan_len(many), i);
        assert_int_equal(chan_len(one), 1);
    }
    chan_free(one);
    chan_free(many);
}

static void receive_one(chan(int) c, chan(int) out) { chan_send(out, chan_recv(c)); }

static void a_waiting_receiver_gets_it_without_any_room(void **state) {
    (void)state;
    chan(int) c = chan_make(int, 0), out = chan_make(int, 1);
    int v = 0;
    goro_notify(c, SIGUSR1);
    go(receive_one, c, out);
    while (chan_len(out) == 0) {
        send_self(SIGUSR1);
        goro_yield();
    }
    assert_int_equal(chan_recv(out), SIGUSR1);
    settle();
    alarm(1);
    goro_notify(c, SIGALRM);
    chan_select {
        chan_case_recv(c, v) {}
        chan_case_recv(out, v) { v = -1; }
    }
    assert_int_equal(v, SIGALRM);
    goro_notify_stop(c);
    chan_free(c);
    chan_free(out);
}

/* Main never waits, and there may be no other goroutine: somebody must see to it all the same. */
static void who_only_looks_sees_it_too(void **state) {
    (void)state;
    chan(int) c = chan_make(int, 1);
    int v = 0;
    goro_notify(c, SIGUSR2);
    send_self(SIGUSR2);
    while (!chan_try_recv(c, &v)) continue;
    assert_int_equal(v, SIGUSR2);
    chan_free(c);
}

static void what_cannot_be_caught_does_nothing(void **state) {
    (void)state;
    const int signals[] = {SIGKILL, SIGSTOP, 0, -1, 65, 1000000, 32, 33};
    chan(int) c = chan_make(int, 1);
    for (unsigned i = 0; i < array_length(signals); i++) {
        goro_notify(c, signals[i]);
        goro_signal_ignore(signals[i]);
        goro_signal_reset(signals[i]);
    }
    goro_notify_stop((chan(int))NULL);
    assert_int_equal(chan_len(c), 0);
    chan_free(c);
}

/* -- the end of a registration --------------------------------------------------------------------------------------------- */

static void the_former_disposition_comes_back(void **state) {
    (void)state;
    chan(int) a = chan_make(int, 4), b = chan_make(int, 4);
    handled = 0;
    signal(SIGUSR1, handler);
    signal(SIGUSR2, SIG_IGN);
    goro_notify(a, SIGUSR1);
    goro_notify(b, SIGUSR1);
    goro_notify(a, SIGUSR2);
    send_self(SIGUSR1);
    goro_notify_stop(a); /* b wants it still */
    send_self(SIGUSR1);
    send_self(SIGUSR2);
    assert_int_equal(handled, 0);
    goro_notify_stop(b);
    assert_int_equal(chan_len(a), 1); /* what came before the stop is not lost */
    assert_int_equal(chan_len(b), 2);
    send_self(SIGUSR1);
    while (handled == 0) goro_yield();
    assert_int_equal(handled, SIGUSR1);
    assert_int_equal(chan_len(a) + chan_len(b), 3);
    assert_true(signal(SIGUSR1, SIG_DFL) == handler && signal(SIGUSR2, SIG_DFL) == SIG_IGN);
    chan_free(a);
    chan_free(b);
}

static void a_handler_installed_meanwhile_stays(void **state) {
    (void)state;
    chan(int) c = chan_make(int, 1);
    goro_notify(c, SIGUSR1);
    signal(SIGUSR1, handler);
    goro_notify_stop(c);
    assert_true(signal(SIGUSR1, SIG_DFL) == handler);
    chan_free(c);
}

static void a_channel_that_is_closed_or_freed_is_registered_no_more(void **state) {
    (void)state;
    chan(int) closed = chan_make(int, 1), freed = chan_make(int, 1);
    handled = 0;
    signal(SIGUSR1, handler);
    goro_notify(closed, SIGUSR1);
    goro_notify(freed, SIGUSR1);
    chan_close(closed);
    chan_free(freed);
    send_self(SIGUSR1);
    while (handled == 0) goro_yield();
    assert_int_equal(chan_recv(closed), 0);
    signal(SIGUSR1, SIG_DFL);
    chan_free(closed);
}

static void ignored_and_reset_signals_go_to_nobody(void **state) {
    (void)state;
    chan(int) c = chan_make(int, 4);
    handled = 0;
    signal(SIGUSR1, handler);
    goro_notify(c, SIGUSR1);
    goro_notify(c, SIGUSR2);
    goro_signal_ignore(SIGUSR1);
    send_self(SIGUSR1);
    settle();
    assert_int_equal(chan_len(c) + handled, 0);
    goro_notify(c, SIGUSR1); /* and wanted again */
    send_self(SIGUSR1);
    assert_int_equal(chan_recv(c), SIGUSR1);
    goro_signal_reset(SIGUSR1);
    send_self(SIGUSR1);
    while (handled == 0) goro_yield();
    send_self(SIGUSR2); /* untouched by all that */
    assert_int_equal(chan_recv(c), SIGUSR2);
    goro_notify_stop(c);
    goro_signal_ignore(SIGUSR1);
    goro_signal_reset(SIGUSR1);
    assert_true(signal(SIGUSR1, SIG_DFL) == handler);
    chan_free(c);
}

/* -- all at once ------------------------------------------------------------------------------------------------------------- */

enum { ROUNDS = 300, SENDERS = 2 };
static bool stop_sending;

static void *keep_sending(void *unused) {
    while (!__atomic_load_n(&stop_sending, __ATOMIC_RELAXED)) kill(getpid(), SIGUSR1);
    return unused;
}

static void come_and_go(goro_wg *wg) {
    for (int i = 0; i < ROUNDS; i++) {
        chan(int) c = chan_make(int, i % 3);
        goro_notify(c, SIGUSR1);
        if (i % 2) assert_int_equal(chan_recv(c), SIGUSR1);
        else goro_yield();
        goro_notify_stop(c);
        if (i % 3) assert_true(chan_len(c) <= i % 3);
        chan_free(c);
    }
    goro_wg_done(wg);
}

static void registering_and_signals_at_the_same_time(void **state) {
    (void)state;
    pthread_t senders[SENDERS];
    goro_wg wg = {0};
    chan(int) c = chan_make(int, 1); /* wanted all the time: it would kill */
    goro_notify(c, SIGUSR1);
    for (int i = 0; i < SENDERS; i++) assert_int_equal(pthread_create(&senders[i], NULL, keep_sending, NULL), 0);
    goro_wg_add(&wg, 3);
    for (int i = 0; i < 3; i++) go(come_and_go, &wg);
    goro_wg_wait(&wg);
    __atomic_store_n(&stop_sending, true, __ATOMIC_RELAXED);
    for (int i = 0; i < SENDERS; i++) pthread_join(senders[i], NULL);
    goro_notify_stop(c);
    chan_free(c);
    check();
}

/* -- endings ----------------------------------------------------------------------------------------------------------------- */

static void case_nil(void) { goro_notify((chan(int))NULL, SIGTERM); }

static void case_stopped(void) {
    chan(int) c = chan_make(int, 1);
    goro_notify(c, SIGTERM);
    goro_notify_stop(c);
    kill(getpid(), SIGTERM);
    pause();
}

static void case_fault(void) {
    chan(int) c = chan_make(int, 1);
    goro_notify(c, SIGSEGV);
    kill(getpid(), SIGSEGV);
    if (chan_recv(c) != SIGSEGV) _exit(1);
    fputs("sent ones are delivered\n", stderr);
    *(volatile int *)(uintptr_t)chan_len(c) = 1;
}

static void on_fault(int signo) { _exit(signo == SIGFPE ? 5 : 1); }
static void case_fault_handled(void) {
    chan(int) c = chan_make(int, 1);
    signal(SIGFPE, on_fault);
    goro_notify(c, SIGFPE);
#if defined(__x86_64__)
    __asm__ volatile("xor %%ecx, %%ecx\n\tidiv %%ecx" : : : "eax", "ecx", "edx");
#else
    on_fault(SIGFPE);
#endif
}

/* Nothing else can wake it, but that can. */
static void case_waits(void) {
    chan(int) c = chan_make(int, 1);
    goro_notify(c, SIGALRM);
    alarm(1);
    _exit(chan_recv(c) == SIGALRM ? 7 : 1);
}

/* A signal on whose channel nobody waits wakes nobody. */
static void case_asleep(void) {
    chan(int) c = chan_make(int, 1);
    goro_notify(c, SIGALRM);
    chan_recv(chan_make(int, 0));
}

/* In the child of a fork it kills, as it did before. */
static void case_fork(void) {
    chan(int) c = chan_make(int, 1);
    int status;
    goro_notify(c, SIGTERM);
    pid_t child = fork();
    if (child == 0)
        for (;;) pause();
    kill(child, SIGTERM);
    if (waitpid(child, &status, 0) != child || !WIFSIGNALED(status) || WTERMSIG(status) != SIGTERM) _exit(1);
    kill(getpid(), SIGTERM);
    _exit(chan_recv(c) == SIGTERM ? 7 : 2);
}

static const struct ending_case cases[] = {
    {"nil", case_nil},     {"stopped", case_stopped}, {"fault", case_fault}, {"fault-handled", case_fault_handled},
    {"waits", case_waits}, {"asleep", case_asleep},   {"fork", case_fork},
};

static void a_nil_channel_is_refused(void **state) {
    (void)state;
    expect_ending("nil", 2, "panic: os/signal: Notify using nil channel");
}

static void it_kills_again_when_nobody_wants_it(void **state) {
    (void)state;
    expect_ending("stopped", 128 + SIGTERM, "");
}

static void a_fault_kills_whoever_is_registered(void **state) {
    (void)state;
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    expect_ending("fault", 128 + SIGSEGV, "sent ones are delivered\n",
                  "[signal SIGSEGV: segmentation violation code=0x1 addr=0x0");
    expect_ending("fault-handled", 5, "");
#endif
}

static void who_waits_for_a_signal_is_not_deadlocked(void **state) {
    (void)state;
    expect_ending("waits", 7, "");
    expect_ending("asleep", 2, "all goroutines are asleep");
}

static void a_forked_child_has_the_former_dispositions(void **state) {
    (void)state;
    expect_ending("fork", 7, "");
}

int main(int argc, char **argv) {
    if (argc > 1) return ending_run(cases, array_length(cases), argv[1]);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_only_looks_sees_it_too), /* first: no goroutine was ever started */
        cmocka_unit_test(every_channel_that_is_registered_gets_it),
        cmocka_unit_test(who_has_no_room_misses_it),
        cmocka_unit_test(a_waiting_receiver_gets_it_without_any_room),
        cmocka_unit_test(what_cannot_be_caught_does_nothing),
        cmocka_unit_test(the_former_disposition_comes_back),
        cmocka_unit_test(a_handler_installed_meanwhile_stays),
        cmocka_unit_test(a_channel_that_is_closed_or_freed_is_registered_no_more),
        cmocka_unit_test(ignored_and_reset_signals_go_to_nobody),
        cmocka_unit_test(registering_and_signals_at_the_same_time),
        cmocka_unit_test(a_nil_channel_is_refused),
        cmocka_unit_test(it_kills_again_when_nobody_wants_it),
        cmocka_unit_test(a_fault_kills_whoever_is_registered),
        cmocka_unit_test(who_waits_for_a_signal_is_not_deadlocked),
        cmocka_unit_test(a_forked_child_has_the_former_dispositions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
