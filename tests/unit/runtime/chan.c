/* Channels: what each operation returns, who is woken, and the structure's invariants after every step. */
#include "runtime/chan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define CHECK(c)                                                                                                       \
    do {                                                                                                               \
        struct g *g_ = runtime_enter();                                                                                \
        chan_check(goro_chan_ptr(c));                                                                                  \
        runtime_leave(g_);                                                                                             \
    } while (0)

/* Lets others run until n of them are buffered in or wait on the channel. */
static void await_users(void *channel, unsigned n) {
    struct chan *c = channel;
    for (unsigned users = 0; users != n; goro_yield()) {
        struct g *g = runtime_enter();
        lock_take(&c->lock);
        users = (unsigned)c->count + queue_check(&c->senders) + queue_check(&c->receivers);
        lock_drop(&c->lock);
        runtime_leave(g);
    }
}

static void buffered_values_come_out_in_order(void **state) {
    (void)state;
    chan(int) c = chan_make(int, 3);
    assert_int_equal(chan_cap(c), 3);
    for (int round = 0; round < 5; round++) {
        for (int i = 0; i < 3; i++) {
            assert_true(chan_try_send(c, 10 * round + i));
            CHECK(c);
            assert_int_equal(chan_len(c), i + 1);
        }
        assert_false(chan_try_send(c, 99));
        for (int i = 0; i < 3; i++) {
            assert_int_equal(chan_recv(c), 10 * round + i);
            CHECK(c);
        }
        int untouched = 7;
        assert_false(chan_try_recv(c, &untouched));
        assert_int_equal(untouched, 7);
    }
    chan_free(c);
}

static void echo(chan_rx(int) in, chan_tx(int) out) {
    int v;
    chan_range(v, in) chan_send(out, v + 1);
    chan_close(out);
}

static void unbuffered_ping_pong(void **state) {
    (void)state;
    chan(int) there = chan_make(int, 0), back = chan_make(int, 0);
    go(echo, chan_as_rx(there), chan_as_tx(back));
    for (int i = 0; i < 1000; i++) {
        chan_send(there, i);
        assert_int_equal(chan_recv(back), i + 1);
        CHECK(there);
        CHECK(back);
    }
    chan_close(there);
    int v = 5;
    assert_false(chan_recv_ok(back, &v));
    assert_int_equal(v, 0);
    chan_free(there);
    chan_free(back);
}

static void send_one(chan_tx(int) c, int v, goro_wg *wg) {
    chan_send(c, v);
    goro_wg_done(wg);
}

static void blocked_senders_are_admitted_in_order(void **state) {
    (void)state;
    for (int capacity = 0; capacity < 3; capacity++) {
        chan(int) c = chan_make(int, capacity);
        goro_wg wg = {0};
        goro_wg_add(&wg, 8);
        for (int i = 0; i < 8; i++) {
            go(send_one, chan_as_tx(c), i, &wg);
            await_users(goro_chan_ptr(c), (unsigned)i + 1);
            CHECK(c);
        }
        assert_int_equal(chan_len(c), capacity);
        for (int i = 0; i < 8; i++) {
            assert_int_equal(chan_recv(c), i);
            CHECK(c);
        }
        goro_wg_wait(&wg);
        chan_free(c);
    }
}

static void recv_one(chan_rx(int) c, int *ok, int *value, goro_wg *wg) {
    *ok = chan_recv_ok(c, value);
    goro_wg_done(wg);
}

static void close_wakes_every_receiver_with_zero(void **state) {
    (void)state;
    chan(int) c = chan_make(int, 0);
    goro_wg wg = {0};
    int ok[5], value[5];
    memset(ok, -1, sizeof ok);
    memset(value, -1, sizeof value);
    goro_wg_add(&wg, 5);
    for (int i = 0; i < 5; i++) go(recv_one, chan_as_rx(c), &ok[i], &value[i], &wg);
    await_users(goro_chan_ptr(c), 5);
    chan_close(c);
    CHECK(c);
    goro_wg_wait(&wg);
    for (int i = 0; i < 5; i++) {
        assert_int_equal(ok[i], 0);
        assert_int_equal(value[i], 0);
    }
    assert_int_equal(chan_recv(c), 0);
    chan_free(c);
}

static void values_buffered_before_close_are_still_received(void **state) {
    (void)state;
    chan(int) c = chan_make(int, 4);
    chan_send(c, 1);
    chan_send(c, 2);
    chan_close(c);
    int v, sum = 0, n = 0;
    chan_range(v, c) sum += v, n++;
    assert_int_equal(n, 2);
    assert_int_equal(sum, 3);
    chan_free(c);
}

struct big {
    char bytes[1000];
    int number;
};

static void send_big(chan(struct big) c, int n) {
    struct big b = {.number = n};
    memset(b.bytes, n, sizeof b.bytes);
    chan_send(c, b);
}

static void elements_of_any_size(void **state) {
    (void)state;
    for (int capacity = 0; capacity < 2; capacity++) {
        chan(struct big) c = chan_make(struct big, capacity);
        go(send_big, c, 7);
        struct big b = chan_recv(c);
        assert_int_equal(b.number, 7);
        for (size_t i = 0; i < sizeof b.bytes; i++) assert_int_equal(b.bytes[i], 7);
        chan_free(c);
        chan(char) chars = chan_make(char, 2);
        chan_send(chars, 'x');
        assert_int_equal(chan_recv(chars), 'x');
        chan_free(chars);
    }
    chan(goro_empty) signals = chan_make(goro_empty, 1 << 20);
    for (int i = 0; i < 100; i++) chan_send(signals, (goro_empty){});
    assert_int_equal(chan_len(signals), 100);
    assert_true(chan_recv_ok(signals, NULL));
    CHECK(signals);
    chan_free(signals);
}

static void channels_of_channels(void **state) {
    (void)state;
    chan(chan(int)) cc = chan_make(chan(int), 1);
    chan(int) c = chan_make(int, 1);
    chan_send(cc, c);
    chan_send(chan_recv(cc), 42);
    assert_int_equal(chan_recv(c), 42);
    chan_free(c);
    chan_free(cc);
}

static void nil_channels_are_never_ready(void **state) {
    (void)state;
    chan(int) c = NULL;
    int v = 3;
    assert_false(chan_try_send(c, 1));
    assert_false(chan_try_recv(c, &v));
    assert_int_equal(chan_len(c) + chan_cap(c), 0);
    chan_free(c);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(buffered_values_come_out_in_order),
        cmocka_unit_test(unbuffered_ping_pong),
        cmocka_unit_test(blocked_senders_are_admitted_in_order),
        cmocka_unit_test(close_wakes_every_receiver_with_zero),
        cmocka_unit_test(values_buffered_before_close_are_still_received),
        cmocka_unit_test(elements_of_any_size),
        cmocka_unit_test(channels_of_channels),
        cmocka_unit_test(nil_channels_are_never_ready),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
