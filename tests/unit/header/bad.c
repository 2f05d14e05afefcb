/* Misuses of goro.h, one per CASE: each must be a compile error whose text matches the pattern behind "error:". */
#include <goro.h>

struct pair {
    long a, b, c;
};
void takes_int(int);
void takes_string(char *);
void takes_double(double);
void takes_float(float);
void takes_long_double(long double);
void takes_pair(struct pair);
void takes_two(int, int);
void takes_seven(int, int, int, int, int, int, int);
struct pair returns_pair(int);

void misuse(chan(int) c, chan_tx(int) tx, chan_rx(int) rx, chan(char *) strings, chan(struct pair) pairs, double d, int *p,
            struct pair pair, goro_wg *wg);
void misuse(chan(int) c, chan_tx(int) tx, chan_rx(int) rx, chan(char *) strings, chan(struct pair) pairs, double d, int *p,
            struct pair pair, goro_wg *wg) {
    char *s = 0;
    int v = 0;
    (void)c, (void)tx, (void)rx, (void)strings, (void)pairs, (void)d, (void)p, (void)pair, (void)wg, (void)s, (void)v;
#if CASE == 1 /* error: pointer */
    go(takes_int, "x");
#elif CASE == 2 /* error: pointer */
    go(takes_string, 7);
#elif CASE == 3 /* error: incompatible pointer */
    go(takes_string, p);
#elif CASE == 4 /* error: go takes integer and pointer arguments of at most 8 bytes */
    go(takes_int, d);
#elif CASE == 5 /* error: integer_and_pointer_parameters_only */
    go(takes_double, 1);
#elif CASE == 6 /* error: integer_and_pointer_parameters_only */
    go(takes_float, 1);
#elif CASE == 7 /* error: integer_and_pointer_parameters_only */
    go(takes_long_double, 1);
#elif CASE == 8 /* error: integer_and_pointer|incompatible type */
    go(takes_pair, 1);
#elif CASE == 9 /* error: go takes integer and pointer arguments */
    go(takes_pair, pair);
#elif CASE == 10 /* error: too few arguments */
    go(takes_two, 1);
#elif CASE == 11 /* error: too many arguments */
    go(takes_int, 1, 2);
#elif CASE == 12 /* error: go takes at most six arguments */
    go(takes_seven, 1, 2, 3, 4, 5, 6, 7);
#elif CASE == 13 /* error: must not return a struct */
    go(returns_pair, 1);
#elif CASE == 14 /* error: go takes integer and pointer arguments */
    go(takes_int, (__int128)1);
#elif CASE == 15 /* error: integer_and_pointer_parameters_only */
    goro_wg_go(wg, takes_double, 1);
#elif CASE == 16 /* error: receive-only */
    chan_send(rx, 1);
#elif CASE == 17 /* error: send-only */
    v = chan_recv(tx);
#elif CASE == 18 /* error: cannot be closed */
    chan_close(rx);
#elif CASE == 19 /* error: send-only */
    chan_range(v, tx) {}
#elif CASE == 20 /* error: pointer */
    chan_send(c, "x");
#elif CASE == 21 /* error: pointer */
    chan_send(strings, 5);
#elif CASE == 22 /* error: incompatible pointer */
    chan_send(strings, p);
#elif CASE == 23 /* error: initializ */
    chan_send(c, pair);
#elif CASE == 24 /* error: incompatible pointer */
    chan_recv_ok(c, &d);
#elif CASE == 25 /* error: pointer */
    chan_range(s, c) {}
#elif CASE == 26 /* error: receive-only */
    chan_select { chan_case_send(rx, 1) {} }
#elif CASE == 27 /* error: send-only */
    chan_select { chan_case_recv(tx, v) {} }
#elif CASE == 28 /* error: pointer */
    chan_select { chan_case_recv(c, s) {} }
#elif CASE == 29 /* error: receive-only */
    (void)chan_as_tx(rx);
#elif CASE == 30 /* error: send-only */
    (void)chan_as_rx(tx);
#elif CASE == 31 /* error: receive-only */
    chan_try_send(rx, 1);
#elif CASE == 32 /* error: called object|not a function */
    chan_send(p, 1);
#elif CASE == 33 /* error: unary|indirection */
    chan_free(p);
#elif CASE == 34 /* error: _Generic|generic */
    goro_cond cond;
    goro_cond_init(&cond, p);
#elif CASE == 35 /* error: receive-only */
    goro_notify(rx, 15);
#elif CASE == 36 /* error: signals go to a channel of int */
    goro_notify(strings, 15);
#elif CASE == 37 /* error: signals go to a channel of int */
    goro_notify_stop(pairs);
#elif CASE == 38 /* error: called object|not a function */
    goro_notify(p, 15);
#endif
}
