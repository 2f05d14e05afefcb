/* Channels on which nobody will ever send, receive, or which nobody closes. */
#include "known.h"

/* after CockroachDB #2448: the raft's loop offers an event, whose consumer offers the loop a callback: neither takes. */
struct raft {
    chan(int) events, callbacks;
    chan(goro_empty) stop;
};
static void offer_events(struct raft *r) {
    goro_empty nothing;
    int callback, todo = 3;
    while (todo > 0) {
        bool called = false;
        chan_select {
            chan_case_recv(r->callbacks, callback) called = true;
            chan_case_recv(r->stop, nothing) return;
            chan_default(void) 0;
        }
        if (called) continue;
        chan(int) taken = mended ? r->callbacks : NULL;
        chan_select {
            chan_case_send(r->events, todo) todo--;
            chan_case_recv(taken, callback) (void)callback;
            chan_case_recv(r->stop, nothing) return;
        }
    }
    chan_close(r->stop);
}
static void take_events(struct raft *r) {
    goro_empty nothing;
    int event;
    for (;;) {
        chan_select {
            chan_case_recv(r->events, event) (void)event;
            chan_case_recv(r->stop, nothing) return;
        }
        chan_select {
            chan_case_send(r->callbacks, event) (void)0;
            chan_case_recv(r->stop, nothing) return;
        }
    }
}
static void each_offers_to_the_other(void) {
    struct raft *r = NEW(raft);
    r->events = chan_make(int, 0);
    r->callbacks = chan_make(int, 0);
    r->stop = chan_make(goro_empty, 0);
    go(take_events, r);
    go(offer_events, r);
}

/* after CockroachDB #24808: a hint is put in before there is anybody who takes hints out, and one was there already. */
static void take_hints(chan(int) hints, chan(goro_empty) stop) {
    goro_empty nothing;
    int hint;
    for (;;) {
        chan_select {
            chan_case_recv(hints, hint) (void)hint;
            chan_case_recv(stop, nothing) return;
        }
    }
}
static void starts_with_a_full_channel(void) {
    chan(int) hints = chan_make(int, 1);
    chan(goro_empty) stop = chan_make(goro_empty, 0);
    chan_send(hints, 1);
    if (mended) (void)chan_try_send(hints, 2);
    else chan_send(hints, 2);
    go(take_hints, hints, stop);
    chan_close(stop);
}

/* after CockroachDB #25456: meant to ask whether it is being stopped, and waits until it is; who would stop it waits for it. */
static void checks_by_waiting(void) {
    chan(goro_empty) stopping = chan_make(goro_empty, 0);
    goro_empty nothing;
    for (int i = 0; i < 2; i++) {
        if (mended) (void)chan_try_recv(stopping, &nothing);
        else chan_recv(stopping);
    }
    chan_close(stopping);
}

/* after CockroachDB #35073: the consumer fails before it consumes, and does not say so to those who fill its channel. */
struct outbox {
    chan(int) rows;
    chan(goro_empty) failed;
};
static void push_rows(struct outbox *o) {
    goro_empty nothing;
    for (int i = 0; i < 20; i++) {
        chan_select {
            chan_case_send(o->rows, i) (void)0;
            chan_case_recv(o->failed, nothing) return;
        }
    }
}
static void fail_at_start(struct outbox *o) {
    if (mended) chan_close(o->failed);
}
static void consumer_fails_at_start(void) {
    struct outbox *o = NEW(outbox);
    o->rows = chan_make(int, 16);
    o->failed = chan_make(goro_empty, 0);
    go(fail_at_start, o);
    push_rows(o);
}

/* after CockroachDB #35931: of two inputs one is full; to cancel, both are sent a last word, and nobody reads them any more. */
static void cancels_into_full_input(void) {
    chan(int) inputs[2] = {chan_make(int, 1), chan_make(int, 1)};
    chan_send(inputs[0], 1);
    for (int i = 0; i < 2; i++) {
        if (mended) (void)chan_try_send(inputs[i], -1);
        else chan_send(inputs[i], -1);
    }
}

/* after etcd #6857: asked for its status when it has been stopped. */
struct node {
    chan(int) status;
    chan(goro_empty) stop, done;
};
static void run_node(struct node *n) {
    goro_empty nothing;
    for (;;) {
        chan_select {
            chan_case_send(n->status, 1) (void)0;
            chan_case_recv(n->stop, nothing) {
                chan_close(n->done);
                return;
            }
        }
    }
}
static void ask_status(struct node *n) {
    chan(goro_empty) done = mended ? n->done : NULL;
    goro_empty nothing;
    int status;
    chan_select {
        chan_case_recv(n->status, status) (void)status;
        chan_case_recv(done, nothing) (void)0;
    }
}
static void stop_node(struct node *n) {
    chan_send(n->stop, (goro_empty){});
    chan_recv(n->done);
}
static void asked_after_the_end(void) {
    struct node *n = NEW(node);
    n->status = chan_make(int, 0);
    n->stop = chan_make(goro_empty, 0);
    n->done = chan_make(goro_empty, 0);
    go(run_node, n);
    go(ask_status, n);
    go(stop_node, n);
}

/* after gRPC #1275: closing the stream does not wake whoever reads from it. */
struct stream {
    chan(int) data;
    chan(goro_empty) read;
};
static void read_stream(struct stream *s) {
    int v;
    (void)chan_recv_ok(s->data, &v);
    chan_close(s->read);
}
static void close_stream(struct stream *s) {
    if (mended) chan_close(s->data);
}
static void close_wakes_no_reader(void) {
    struct stream *s = NEW(stream);
    goro_empty nothing;
    s->data = chan_make(int, 0);
    s->read = chan_make(goro_empty, 0);
    go(read_stream, s);
    close_stream(s);
    chan_select {
        chan_case_recv(s->read, nothing) (void)0;
        chan_case_timeout(GORO_MILLISECOND) (void)0;
    }
}

/* after gRPC #1424: waits for a word that the watcher never says. */
static void watch_addresses(chan(int) addresses, chan(goro_empty) done) {
    int address;
    chan_range(address, addresses) (void)address;
    if (mended) chan_close(done);
}
static void await_watcher(chan(int) addresses) {
    chan(goro_empty) done = chan_make(goro_empty, 0);
    go(watch_addresses, addresses, done);
    chan_recv(done);
}
static void watcher_says_nothing(void) {
    chan(int) addresses = chan_make(int, 0);
    go(await_watcher, addresses);
    chan_close(addresses);
}

/* after gRPC #660: the last call's result comes when its caller has been stopped. */
static void call_once(chan(bool) done) { chan_send(done, toss()); }
static void call_until_stopped(chan(goro_empty) stop) {
    goro_empty nothing;
    bool good;
    for (int i = 0; i < ROUNDS; i++) {
        chan(bool) done = chan_make(bool, mended ? 1 : 0);
        go(call_once, done);
        chan_select {
            chan_case_recv(stop, nothing) return;
            chan_case_recv(done, good) (void)good;
        }
    }
    chan_recv(stop);
}
static void stopped_before_the_result(void) {
    chan(goro_empty) stop = chan_make(goro_empty, 0);
    go(call_until_stopped, stop);
    chan_send(stop, (goro_empty){});
}

/* after Istio #17860: the agent leaves when no epoch is active, and epochs to come have nobody to report to. */
struct agent {
    goro_mutex mu;
    chan(int) status;
    int epoch, active;
};
static void report_epoch(struct agent *a, int epoch) { chan_send(a->status, epoch); }
static void run_agent(struct agent *a) {
    for (int active = 1; active;) {
        chan_recv(a->status);
        goro_mutex_lock(&a->mu);
        active = --a->active;
        goro_mutex_unlock(&a->mu);
    }
}
static void restart_agent(struct agent *a) {
    goro_mutex_lock(&a->mu);
    a->active++;
    go(report_epoch, a, ++a->epoch);
    goro_mutex_unlock(&a->mu);
}
static void restarts_when_it_has_left(void) {
    struct agent *a = NEW(agent);
    a->status = chan_make(int, mended ? 2 : 0);
    go(run_agent, a);
    restart_agent(a);
    go(restart_agent, a);
}

/* after Kubernetes #38669: the first events are sent before it looks whether it has been stopped. */
struct watcher {
    chan(int) input, result;
};
static void process_events(struct watcher *w) {
    int event;
    for (int i = 0; i < 2; i++) {
        if (mended) (void)chan_try_send(w->result, i);
        else chan_send(w->result, i);
    }
    chan_range(event, w->input) (void)event;
    chan_close(w->result);
}
static void stopped_at_its_first_events(void) {
    struct watcher *w = NEW(watcher);
    w->input = chan_make(int, 0);
    w->result = chan_make(int, 0);
    go(process_events, w);
    chan_close(w->input);
}

/* after Kubernetes #5316: whoever asked no longer waits when the answer comes. */
static void answer(chan(int) good, chan(int) bad) {
    goro_sleep(2 * GORO_MILLISECOND);
    if (toss()) chan_send(good, 1);
    else chan_send(bad, 1);
}
static void asker_gave_up(void) {
    chan(int) good = chan_make(int, mended ? 1 : 0), bad = chan_make(int, mended ? 1 : 0);
    int v;
    go(answer, good, bad);
    chan_select {
        chan_case_recv(good, v) (void)v;
        chan_case_recv(bad, v) (void)v;
        chan_case_timeout(GORO_MILLISECOND) (void)0;
    }
}

/* after Kubernetes #70277: waits that the poller be done; the poller waits for that same channel, and leaves when time is up. */
static void poll_until(chan(goro_empty) done, chan(int) found) {
    goro_ticker every = {0};
    goro_empty nothing;
    int64_t now;
    int ticks = 0;
    goro_ticker_start(&every, GORO_MILLISECOND);
    for (bool over = false; !over && ticks < 20;) {
        chan_select {
            chan_case_recv(goro_ticker_chan(&every), now) {
                (void)chan_try_send(found, (int)now);
                ticks++;
            }
            chan_case_recv(done, nothing) over = true;
        }
    }
    goro_ticker_stop(&every);
    chan_close(found);
}
static void waits_for_what_it_should_close(void) {
    chan(goro_empty) done = chan_make(goro_empty, 0);
    chan(int) found = chan_make(int, 0);
    int v;
    go(poll_until, done, found);
    (void)chan_recv_ok(found, &v);
    if (mended) chan_close(done);
    chan_recv(done);
}

/* after Moby #21233: whoever reads the progress leaves on an error; those who make progress wait, and are waited for. */
struct transfer {
    chan(int) progress;
    chan(goro_empty) released;
    goro_wg running;
};
static void transfer_layer(struct transfer *t) {
    chan_send(t->progress, 1);
    chan_recv(t->released);
    chan_send(t->progress, 2);
    goro_wg_done(&t->running);
}
static void show_progress(struct transfer *t) {
    int percent;
    chan_range(percent, t->progress)
        if (toss() && !mended) return;
}
static void reader_leaves_on_error(void) {
    struct transfer *t = NEW(transfer);
    t->progress = chan_make(int, 0);
    t->released = chan_make(goro_empty, 0);
    goro_wg_add(&t->running, 3);
    go(show_progress, t);
    for (int i = 0; i < 3; i++) go(transfer_layer, t);
    chan_close(t->released);
    goro_wg_wait(&t->running);
    chan_close(t->progress);
}

/* after Moby #33293: sends into the channel that it has yet to return. */
static chan(int) await_container(void) {
    chan(int) failure = chan_make(int, mended ? 1 : 0);
    if (toss()) chan_send(failure, 1);
    return failure;
}
static void sends_before_it_returns(void) { (void)await_container(); }

/* after Moby #4395: a result that its caller does not care for. */
static void run_and_send(chan(int) result) { chan_send(result, 1); }
static chan(int) run_aside(void) {
    chan(int) result = chan_make(int, mended ? 1 : 0);
    go(run_and_send, result);
    return result;
}
static void result_not_wanted(void) { (void)run_aside(); }

/* after Syncthing #5795: the loop's own callback closes the connection, and waits for the loop to end. */
struct connection {
    chan(int) inbox;
    chan(goro_empty) closed, ended;
    goro_once closing;
};
static void close_now(struct connection *c) {
    chan_close(c->closed);
    chan_recv(c->ended);
}
static void close_connection(struct connection *c) { goro_once_do(&c->closing, close_now, c); }
static void dispatch(struct connection *c) {
    goro_empty nothing;
    int message;
    for (bool over = false; !over;) {
        chan_select {
            chan_case_recv(c->inbox, message) {
                if (mended) go(close_connection, c);
                else close_connection(c);
            }
            chan_case_recv(c->closed, nothing) over = true;
        }
    }
    (void)message;
    chan_close(c->ended);
}
static void loop_closes_itself(void) {
    struct connection *c = NEW(connection);
    c->inbox = chan_make(int, 0);
    c->closed = chan_make(goro_empty, 0);
    c->ended = chan_make(goro_empty, 0);
    go(dispatch, c);
    chan_send(c->inbox, 1);
    chan_recv(c->ended);
}

/* after CockroachDB #1462: the one who takes events hears of the stop, the one who sends them is in the middle of it. */
struct feed {
    goro_wg workers;
    chan(int) events;
    chan(goro_empty) stop;
};
static void make_events(struct feed *e) {
    goro_empty nothing;
    bool over = false;
    for (int i = 0; i < ROUNDS && !over; i++) {
        chan_select {
            chan_case_recv(e->stop, nothing) over = true;
            chan_default {
                chan(goro_empty) stop = mended ? e->stop : NULL;
                chan_select {
                    chan_case_send(e->events, 1) (void)0;
                    chan_case_recv(stop, nothing) (void)0;
                }
            }
        }
    }
    goro_wg_done(&e->workers);
}
static void hear_events(struct feed *e) {
    goro_empty nothing;
    int event;
    for (bool over = false; !over;) {
        chan_select {
            chan_case_recv(e->events, event) (void)event;
            chan_case_recv(e->stop, nothing) over = true;
        }
    }
    goro_wg_done(&e->workers);
}
static void sender_hears_no_stop(void) {
    struct feed *e = NEW(feed);
    e->events = chan_make(int, 0);
    e->stop = chan_make(goro_empty, 0);
    goro_wg_add(&e->workers, 2);
    go(make_events, e);
    go(hear_events, e);
    chan_close(e->stop);
    goro_wg_wait(&e->workers);
}

int main(int argc, char **argv) {
    static const struct bug all[] = {
        BUG(each_offers_to_the_other),
        BUG(starts_with_a_full_channel),
        BUG(checks_by_waiting),
        BUG(consumer_fails_at_start),
        BUG(cancels_into_full_input),
        BUG(asked_after_the_end),
        BUG(close_wakes_no_reader),
        BUG(watcher_says_nothing),
        BUG(stopped_before_the_result),
        BUG(restarts_when_it_has_left),
        BUG(stopped_at_its_first_events),
        BUG(asker_gave_up),
        BUG(waits_for_what_it_should_close),
        BUG(reader_leaves_on_error),
        BUG(sends_before_it_returns),
        BUG(result_not_wanted),
        BUG(loop_closes_itself),
        BUG(sender_hears_no_stop),
    };
    return RUN_BUGS(all, argc, argv);
}
