/* Goroutines that wait on channels, and those who used them. */
#include <goro.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

static void send_some(chan(int) c, int n) {
    for (int i = 0; i < n; i++) chan_send(c, i);
}

static void send_one(chan(int) c, int n) { chan_send(c, n); }

static void receive_some(chan(int) c, int n) {
    while (n--) chan_recv(c);
}

static int sum;
static void receive_all(chan(int) c) {
    int v;
    chan_range(v, c) sum += v;
}

/* The same call waits on each of them: which channel it is, the place does not tell. */
static __attribute__((noinline)) void put(chan(int) to, int v) { chan_send(to, v); }

static void on_two(chan(int) a, chan(int) b) {
    put(a, 1);
    put(b, 2);
    put(a, 3);
}

static void wait_done(goro_ctx *ctx) { chan_recv(goro_ctx_done(ctx)); }

static void close_it(chan(int) c) { chan_close(c); }

static void pause_long(void) {
    for (int i = 0; i < 100; i++) goro_yield();
}

static void gives_up(chan(int) c) {
    chan(int) enough = chan_make(int, 0);
    int v;
    chan_close(enough);
    chan_select {
        chan_case_recv(c, v) sum += v;
        chan_case_recv(enough, v) sum += v;
    }
    go(send_one, c, 1);
    pause_long();
}

int main(int argc, char **argv) {
    const char *what = argc > 1 ? argv[1] : "";
    chan(int) c = chan_make(int, 0);
    if (!strcmp(what, "one")) {
        go(send_some, c, 3);
        receive_all(c);
    } else if (!strcmp(what, "two")) {
        go(send_some, c, 3);
        go(send_some, c, 2);
        receive_all(c);
    } else if (!strcmp(what, "many")) {
        for (int i = 0; i < 20; i++) go(send_one, c, i);
        receive_all(c);
    } else if (!strcmp(what, "closed")) { /* by one of whom more has been done than is kept */
        for (int i = 0; i < 20; i++) go(send_one, c, i);
        receive_some(c, 20);
        go(close_it, c);
        receive_all(c);
        while (goro_count() > 1) goro_yield();
        put(c, 1);
    } else if (!strcmp(what, "closed_twice")) {
        close_it(c);
        chan_close(c);
    } else if (!strcmp(what, "nobody")) {
        chan_recv(c);
    } else if (!strcmp(what, "consumer")) {
        go(receive_some, c, 2);
        send_some(c, 3);
    } else if (!strcmp(what, "places")) {
        chan(int) other = chan_make(int, 4);
        go(receive_some, c, 1);
        go(receive_some, other, 1);
        on_two(c, other);
    } else if (!strcmp(what, "gives_up")) {
        gives_up(c);
    } else if (!strcmp(what, "blocked")) {
        chan(int) never = chan_make(int, 0);
        go(on_two, c, never);
        receive_all(c);
    } else if (!strcmp(what, "signal")) {
        goro_notify(c, SIGUSR1);
        go(receive_all, c);
        pause_long();
    } else if (!strcmp(what, "context")) {
        go(wait_done, goro_ctx_with_cancel(goro_ctx_background()));
        pause_long();
    } else {
        go(send_some, c, 3);
        receive_some(c, 3);
    }
    return 0;
}
