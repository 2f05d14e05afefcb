/* Channels under stress: several senders and receivers over several channels of random capacity, by every operation there
 * is, with yields strewn in.
 *
 * Checked in each round: every value comes out exactly once; what one sender put into one channel comes to one receiver in
 * the order it was sent; a channel never holds more than its capacity; after the close all receivers learn of it. */
#include "stress.h"

#include <stdatomic.h>
#include <string.h>

enum { CHANNELS_MAX = 4, SENDERS_MAX = 6, RECEIVERS_MAX = 6, VALUES_MAX = 200 };

struct value {
    uint32_t sender, channel, number;
    char ballast[20]; /* so that a value is copied in several steps */
};

static struct arena {
    unsigned channels, senders, receivers, values;
    chan(struct value) c[CHANNELS_MAX];
    atomic_uint came[SENDERS_MAX][CHANNELS_MAX][VALUES_MAX];
    unsigned sent[SENDERS_MAX][CHANNELS_MAX]; /* each sender writes its own row */
} a;

static void maybe_yield(struct dice *d) {
    if (dice_roll(d, 4) == 0) goro_yield();
}

static struct value make_value(uint32_t sender, uint32_t channel) {
    struct value v = {sender, channel, a.sent[sender][channel]++, {0}};
    memset(v.ballast, (int)(sender * 16 + channel), sizeof v.ballast);
    return v;
}

static bool whole(const struct value *v) {
    for (size_t i = 0; i < sizeof v->ballast; i++)
        if (v->ballast[i] != (char)(v->sender * 16 + v->channel)) return false;
    return true;
}

static void send_by_select(chan(struct value) c, struct value v) {
    chan_select {
        chan_case_send(c, v) {}
    }
}

static void send_one(unsigned sender, unsigned channel, struct dice *d) {
    struct value v = make_value(sender, channel);
    chan(struct value) c = a.c[channel];
    switch (dice_roll(d, 4)) {
    case 0:
        while (!chan_try_send(c, v)) goro_yield();
        break;
    case 1: send_by_select(c, v); break;
    default: chan_send(c, v);
    }
    stress_check(chan_len(c) <= chan_cap(c));
}

/* Two sends at once into two channels, until both are through: the value not sent is offered again. */
static void send_two(unsigned sender, unsigned first, unsigned second) {
    struct value v = make_value(sender, first), w = make_value(sender, second);
    chan(struct value) c = a.c[first];
    chan(struct value) e = a.c[second];
    while (c || e) {
        chan_select {
            chan_case_send(c, v) { c = NULL; }
            chan_case_send(e, w) { e = NULL; }
        }
    }
}

static void send_all(unsigned sender) {
    struct dice d = dice_for(sender);
    for (unsigned i = 0; i + 1 < a.values; i++) {
        unsigned first = dice_roll(&d, a.channels), second = dice_roll(&d, a.channels);
        if (first != second && dice_roll(&d, 3) == 0)
            send_two(sender, first, second);
        else
            send_one(sender, first, &d);
        maybe_yield(&d);
    }
}

struct seen {
    uint32_t next[SENDERS_MAX][CHANNELS_MAX]; /* one more than the last number that came */
};

static void take(struct seen *seen, const struct value *v, unsigned channel) {
    stress_check(whole(v) && v->channel == channel && v->sender < a.senders && v->number < VALUES_MAX);
    stress_check(v->number >= seen->next[v->sender][v->channel]);
    seen->next[v->sender][v->channel] = v->number + 1;
    stress_check(atomic_fetch_add(&a.came[v->sender][v->channel][v->number], 1) == 0);
}

/* One receive in one of the ways; false once the channel is closed. */
static bool receive(struct seen *seen, unsigned channel, struct dice *d) {
    chan(struct value) c = a.c[channel];
    struct value v;
    bool ok = false;
    switch (dice_roll(d, 3)) {
    case 0:
        if (chan_try_recv(c, &v)) {
            take(seen, &v, channel);
            return true;
        }
        /* fall through */
    default: ok = chan_recv_ok(c, &v);
    }
    if (ok) take(seen, &v, channel);
    return ok;
}

static void receive_by_select(struct seen *seen, struct dice *d) {
    chan(struct value) c[CHANNELS_MAX] = {NULL};
    for (unsigned i = 0; i < a.channels; i++) c[i] = a.c[i];
    for (;;) {
        struct value v;
        bool ok = false;
        unsigned from = 0;
        if (!c[0] && !c[1] && !c[2] && !c[3]) return;
        chan_select {
            chan_case_recv_ok(c[0], v, ok) { from = 0; }
            chan_case_recv_ok(c[1], v, ok) { from = 1; }
            chan_case_recv_ok(c[2], v, ok) { from = 2; }
            chan_case_recv_ok(c[3], v, ok) { from = 3; }
        }
        if (ok)
            take(seen, &v, from);
        else
            c[from] = NULL;
        maybe_yield(d);
    }
}

static void receive_all(unsigned receiver) {
    struct dice d = dice_for(1000 + receiver);
    struct seen seen = {{{0}}};
    if (receiver >= a.channels) { /* the first ones stay with one channel, so that each has a receiver */
        receive_by_select(&seen, &d);
        return;
    }
    while (receive(&seen, receiver, &d)) maybe_yield(&d);
}

static void check_all_came(void) {
    for (unsigned s = 0; s < a.senders; s++)
        for (unsigned c = 0; c < a.channels; c++)
            for (unsigned n = 0; n < VALUES_MAX; n++)
                stress_check(atomic_load(&a.came[s][c][n]) == (n < a.sent[s][c]));
}

static void one_round(void) {
    struct dice d = dice_for(~0u);
    memset(&a, 0, sizeof a);
    a.channels = 1 + dice_roll(&d, CHANNELS_MAX);
    a.senders = 1 + dice_roll(&d, SENDERS_MAX);
    a.receivers = a.channels + dice_roll(&d, RECEIVERS_MAX - a.channels + 1);
    a.values = 2 + dice_roll(&d, VALUES_MAX / 2 - 2);
    for (unsigned i = 0; i < a.channels; i++) {
        unsigned capacity = dice_roll(&d, 3) ? dice_roll(&d, 8) : 0;
        a.c[i] = chan_make(struct value, capacity);
    }
    goro_wg senders = {0}, receivers = {0};
    for (unsigned i = 0; i < a.receivers; i++) goro_wg_go(&receivers, receive_all, i);
    for (unsigned i = 0; i < a.senders; i++) goro_wg_go(&senders, send_all, i);
    goro_wg_wait(&senders);
    for (unsigned i = 0; i < a.channels; i++) chan_close(a.c[i]);
    goro_wg_wait(&receivers);
    check_all_came();
    for (unsigned i = 0; i < a.channels; i++) chan_free(a.c[i]);
}

int main(int argc, char **argv) {
    return stress_main(argc, argv, one_round);
}
