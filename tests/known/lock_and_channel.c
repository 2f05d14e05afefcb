/* Waits for another goroutine with a lock held that this one needs to get there; WaitGroups that never come to zero. */
#include "known.h"

/* after CockroachDB #1055: stopping keeps the lock while it waits for the workers, one of whom wants the lock to begin. */
struct stopper {
    goro_mutex mu;
    goro_wg workers;
    chan(goro_empty) stop;
    int tasks;
};
static void work(struct stopper *s) {
    goro_mutex_lock(&s->mu);
    s->tasks++;
    goro_mutex_unlock(&s->mu);
    chan_recv(s->stop);
    goro_wg_done(&s->workers);
}
static void stop_workers(struct stopper *s) {
    goro_mutex_lock(&s->mu);
    chan_close(s->stop);
    if (mended) goro_mutex_unlock(&s->mu);
    goro_wg_wait(&s->workers);
    if (!mended) goro_mutex_unlock(&s->mu);
}
static void stop_holds_the_lock(void) {
    struct stopper *s = NEW(stopper);
    s->stop = chan_make(goro_empty, 0);
    goro_wg_add(&s->workers, 2);
    for (int i = 0; i < 2; i++) go(work, s);
    stop_workers(s);
}

/* after etcd #6873: stop has the lock and waits for the loop's end, and the loop takes the lock for its last round. */
struct broadcast {
    goro_mutex mu;
    chan(int) updates;
    chan(goro_empty) done;
    int merged;
};
static void merge_updates(struct broadcast *b) {
    int update;
    chan_range(update, b->updates) {
        goro_mutex_lock(&b->mu);
        b->merged += update;
        goro_mutex_unlock(&b->mu);
    }
    chan_close(b->done);
}
static void stop_broadcast(struct broadcast *b) {
    goro_mutex_lock(&b->mu);
    chan_close(b->updates);
    if (mended) goro_mutex_unlock(&b->mu);
    chan_recv(b->done);
    if (!mended) goro_mutex_unlock(&b->mu);
}
static void last_round_needs_the_lock(void) {
    struct broadcast *b = NEW(broadcast);
    b->updates = chan_make(int, 1);
    b->done = chan_make(goro_empty, 0);
    go(merge_updates, b);
    chan_send(b->updates, 1);
    go(stop_broadcast, b);
}

/* after etcd #7443: whoever reads the channel tears down what it reads of, and for that sends on the channel itself, with the lock; it
 * is full when another address has been pinned meanwhile, and whoever would close it wants the lock. */
struct balancer {
    goro_mutex mu;
    chan(int) notify;
    bool closed;
    int pinned;
};
static void pin(struct balancer *b, int address) {
    goro_mutex_lock(&b->mu);
    if (!b->closed && !b->pinned && chan_try_send(b->notify, address)) b->pinned = address;
    goro_mutex_unlock(&b->mu);
}
static void tear_down(struct balancer *b) {
    goro_mutex_lock(&b->mu);
    if (b->pinned && !b->closed) {
        b->pinned = 0;
        if (mended) (void)chan_try_send(b->notify, 0);
        else chan_send(b->notify, 0);
    }
    goro_mutex_unlock(&b->mu);
}
static void watch_balancer(struct balancer *b) {
    int address;
    chan_range(address, b->notify) tear_down(b);
    (void)address;
}
static void close_balancer(struct balancer *b) {
    goro_mutex_lock(&b->mu);
    b->closed = true;
    chan_close(b->notify);
    goro_mutex_unlock(&b->mu);
}
static void reader_sends_to_itself(void) {
    struct balancer *b = NEW(balancer);
    b->notify = chan_make(int, 1);
    chan_send(b->notify, 1);
    go(watch_balancer, b);
    go(pin, b, 7);
    goro_yield();
    close_balancer(b);
}

/* after etcd #7492: tokens are told to their keeper under the lock, which the keeper takes whenever its ticker has it clean up. */
struct tokens {
    goro_mutex mu;
    chan(int) added;
    chan(goro_empty) stop;
    int deleted;
};
static void keep_tokens(struct tokens *t) {
    goro_ticker every = {0};
    goro_empty nothing;
    int64_t now;
    int token;
    goro_ticker_start(&every, 20 * GORO_MICROSECOND);
    for (bool over = false; !over;) {
        chan_select {
            chan_case_recv(t->added, token) (void)token;
            chan_case_recv(goro_ticker_chan(&every), now) {
                (void)now;
                goro_mutex_lock(&t->mu);
                t->deleted++;
                goro_mutex_unlock(&t->mu);
            }
            chan_case_recv(t->stop, nothing) over = true;
        }
    }
    goro_ticker_stop(&every);
}
static void assign_token(struct tokens *t) {
    for (int i = 0; i < 3; i++) {
        goro_mutex_lock(&t->mu);
        if (mended) goro_mutex_unlock(&t->mu);
        chan_send(t->added, i);
        if (!mended) goro_mutex_unlock(&t->mu);
    }
}
static void keeper_needs_the_lock(void) {
    struct tokens *t = NEW(tokens);
    goro_wg wg = {0};
    t->added = chan_make(int, 1);
    t->stop = chan_make(goro_empty, 0);
    go(keep_tokens, t);
    for (int i = 0; i < 3; i++) goro_wg_go(&wg, assign_token, t);
    goro_wg_wait(&wg);
    chan_close(t->stop);
}

/* after etcd #7902: followers wait for the leader's word with the lock that the leader needs to say it. */
struct election {
    goro_mutex mu;
    chan(goro_empty) next;
};
static void follow(struct election *e) {
    goro_mutex_lock(&e->mu);
    if (mended) goro_mutex_unlock(&e->mu);
    chan_recv(e->next);
    if (!mended) goro_mutex_unlock(&e->mu);
}
static void lead(struct election *e) {
    goro_mutex_lock(&e->mu);
    chan_close(e->next);
    goro_mutex_unlock(&e->mu);
}
static void followers_keep_the_lock(void) {
    struct election *e = NEW(election);
    goro_wg wg = {0};
    e->next = chan_make(goro_empty, 0);
    goro_wg_go(&wg, lead, e);
    for (int i = 0; i < 2; i++) goro_wg_go(&wg, follow, e);
    goro_wg_wait(&wg);
}

/* after gRPC #1353: addresses are sent under the lock, one after another; who takes them has to take the lock for each. */
struct robin {
    goro_mutex mu;
    chan(int) addresses;
    int downs;
};
static void update_addresses(struct robin *r) {
    for (int i = 0; i < 3; i++) {
        goro_mutex_lock(&r->mu);
        if (mended) goro_mutex_unlock(&r->mu);
        chan_send(r->addresses, i);
        if (!mended) goro_mutex_unlock(&r->mu);
    }
    chan_close(r->addresses);
}
static void take_addresses(struct robin *r) {
    int address;
    chan_range(address, r->addresses) {
        goro_mutex_lock(&r->mu);
        r->downs++;
        goro_mutex_unlock(&r->mu);
    }
}
static void taker_needs_the_lock(void) {
    struct robin *r = NEW(robin);
    r->addresses = chan_make(int, 0);
    go(update_addresses, r);
    go(take_addresses, r);
}

/* after gRPC #1460: sleeps until there is a stream, with the lock that a new stream takes. */
struct transport {
    goro_mutex mu;
    chan(goro_empty) awake;
    int streams;
};
static void keep_alive(struct transport *t) {
    goro_mutex_lock(&t->mu);
    bool idle = t->streams == 0;
    if (mended) goro_mutex_unlock(&t->mu);
    if (idle) chan_recv(t->awake);
    if (!mended) goro_mutex_unlock(&t->mu);
}
static void new_stream(struct transport *t) {
    goro_mutex_lock(&t->mu);
    if (++t->streams == 1) (void)chan_try_send(t->awake, (goro_empty){});
    goro_mutex_unlock(&t->mu);
}
static void sleeps_with_the_lock(void) {
    struct transport *t = NEW(transport);
    t->awake = chan_make(goro_empty, mended ? 1 : 0);
    go(keep_alive, t);
    go(new_stream, t);
}

/* after Istio #16224: the handler says that it is done under the lock which is taken before that is heard. */
struct controller {
    goro_mutex mu;
    chan(int) events;
    chan(goro_empty) done, stop;
};
static void handle_events(struct controller *c) {
    goro_empty nothing;
    int event;
    for (bool over = false; !over;) {
        chan_select {
            chan_case_recv(c->events, event) {
                (void)event;
                goro_mutex_lock(&c->mu);
                chan_send(c->done, (goro_empty){});
                goro_mutex_unlock(&c->mu);
            }
            chan_case_recv(c->stop, nothing) over = true;
        }
    }
}
static void done_is_said_locked(void) {
    struct controller *c = NEW(controller);
    c->events = chan_make(int, 0);
    c->done = chan_make(goro_empty, mended ? 1 : 0);
    c->stop = chan_make(goro_empty, 0);
    go(handle_events, c);
    chan_send(c->events, 1);
    goro_mutex_lock(&c->mu);
    goro_mutex_unlock(&c->mu);
    chan_recv(c->done);
    chan_close(c->stop);
}

/* after Kubernetes #10182: two set a pod's state, each sends it under the lock; what takes it locks before it takes the next. */
struct pods {
    goro_rwmutex rw;
    chan(int) states;
    int synced;
};
static void sync_pods(struct pods *p) {
    for (int i = 0; i < 2; i++) {
        chan_recv(p->states);
        goro_rwmutex_lock(&p->rw);
        p->synced++;
        goro_rwmutex_unlock(&p->rw);
    }
}
static void set_state(struct pods *p) {
    goro_rwmutex_lock(&p->rw);
    if (mended) goro_rwmutex_unlock(&p->rw);
    chan_send(p->states, 1);
    if (!mended) goro_rwmutex_unlock(&p->rw);
}
static void state_is_sent_locked(void) {
    struct pods *p = NEW(pods);
    p->states = chan_make(int, 0);
    go(sync_pods, p);
    for (int i = 0; i < 2; i++) go(set_state, p);
}

/* after Kubernetes #1321: it sends under the lock to a listener that has gone to take the lock, so as not to listen any more. */
struct mux {
    goro_mutex mu;
    chan(int) result;
    chan(goro_empty) leaving;
    bool listens;
};
static void distribute(struct mux *m) {
    goro_empty nothing;
    goro_mutex_lock(&m->mu);
    if (m->listens) {
        chan_select {
            chan_case_send(m->result, 1) (void)0;
            chan_case_recv(m->leaving, nothing) (void)0;
        }
    }
    goro_mutex_unlock(&m->mu);
}
static void stop_listening(struct mux *m) {
    if (mended) chan_close(m->leaving);
    goro_mutex_lock(&m->mu);
    m->listens = false;
    chan_close(m->result);
    goro_mutex_unlock(&m->mu);
}
static void listener_has_gone_to_lock(void) {
    struct mux *m = NEW(mux);
    m->result = chan_make(int, 0);
    m->leaving = chan_make(goro_empty, 0);
    m->listens = true;
    go(distribute, m);
    stop_listening(m);
}

/* after Kubernetes #26980: waits to be stopped, with the lock that its maker takes before it stops it. */
struct listener {
    goro_mutex mu;
    goro_cond filled;
    chan(goro_empty) stop;
    int pending;
};
static void pop_notices(struct listener *l) {
    goro_mutex_lock(&l->mu);
    while (!l->pending) goro_cond_wait(&l->filled);
    if (mended) goro_mutex_unlock(&l->mu);
    chan_recv(l->stop);
    if (!mended) goro_mutex_unlock(&l->mu);
}
static void look_at_pending(struct listener *l, chan(int) result) {
    goro_mutex_lock(&l->mu);
    chan_send(result, l->pending);
    goro_mutex_unlock(&l->mu);
}
static void waits_for_stop_locked(void) {
    struct listener *l = NEW(listener);
    chan(int) result = chan_make(int, 1);
    goro_cond_init(&l->filled, &l->mu);
    l->stop = chan_make(goro_empty, 0);
    l->pending = 1;
    go(pop_notices, l);
    go(look_at_pending, l, result);
    chan_recv(result);
    chan_close(l->stop);
}

/* after Kubernetes #6632: a frame is written with the lock held until a reset is taken; the monitor that takes resets has been
 * told to close, for which it takes the lock. */
struct framer {
    goro_mutex mu;
    chan(int) resets;
    chan(goro_empty) closing;
    bool closed;
};
static void monitor(struct framer *f) {
    goro_empty nothing;
    int reset;
    for (bool over = false; !over;) {
        chan_select {
            chan_case_recv(f->resets, reset) (void)reset;
            chan_case_recv(f->closing, nothing) over = true;
        }
    }
    if (mended) (void)chan_try_recv(f->resets, &reset);
    goro_mutex_lock(&f->mu);
    f->closed = true;
    goro_mutex_unlock(&f->mu);
}
static void write_frame(struct framer *f) {
    goro_mutex_lock(&f->mu);
    if (!f->closed) chan_send(f->resets, 1);
    goro_mutex_unlock(&f->mu);
}
static void close_framer(struct framer *f) { chan_close(f->closing); }
static void frame_while_it_closes(void) {
    struct framer *f = NEW(framer);
    f->resets = chan_make(int, mended ? 1 : 0);
    f->closing = chan_make(goro_empty, 0);
    go(close_framer, f);
    go(monitor, f);
    go(write_frame, f);
}

/* after Moby #25384: counts all plugins, and waits for all before it has started the second. */
static void start_plugin(goro_wg *wg) { goro_wg_done(wg); }
static void waits_in_the_loop(void) {
    goro_wg *wg = fresh(sizeof *wg);
    goro_wg_add(wg, 2);
    for (int i = 0; i < 2; i++) {
        go(start_plugin, wg);
        if (!mended) goro_wg_wait(wg);
    }
    goro_wg_wait(wg);
}

/* after Moby #28462: the monitor's stop is sent under the container's lock, and the monitor is waiting for that lock. */
struct container {
    goro_mutex mu;
    chan(goro_empty) stop;
    int probes;
};
static void monitor_health(struct container *c) {
    goro_empty nothing;
    for (int i = 0; i < ROUNDS; i++) {
        chan_select {
            chan_case_recv(c->stop, nothing) return;
            chan_default {
                goro_mutex_lock(&c->mu);
                c->probes++;
                goro_mutex_unlock(&c->mu);
            }
        }
    }
    (void)chan_recv_ok(c->stop, &nothing);
}
static void change_state(struct container *c) {
    goro_mutex_lock(&c->mu);
    if (mended) chan_close(c->stop);
    else chan_send(c->stop, (goro_empty){});
    goro_mutex_unlock(&c->mu);
}
static void stop_is_sent_locked(void) {
    struct container *c = NEW(container);
    c->stop = chan_make(goro_empty, 0);
    go(monitor_health, c);
    go(change_state, c);
}

/* after Knative Serving #2137: the request that was let in waits for its lock; the locks are opened one after another, each
 * behind the answer of the one before, and the first request waits to be let in. */
struct request {
    goro_mutex mu;
    chan(int) accepted;
};
static void make_request(struct request *r, chan(goro_empty) active) {
    chan_send(active, (goro_empty){});
    goro_mutex_lock(&r->mu);
    goro_mutex_unlock(&r->mu);
    chan_recv(active);
    chan_send(r->accepted, 1);
}
static void opened_in_the_wrong_order(void) {
    chan(goro_empty) active = chan_make(goro_empty, 1);
    struct request *r[2];
    for (int i = 0; i < 2; i++) {
        r[i] = NEW(request);
        r[i]->accepted = chan_make(int, 1);
        goro_mutex_lock(&r[i]->mu);
        go(make_request, r[i], active);
    }
    for (int i = 0; i < 2 && mended; i++) goro_mutex_unlock(&r[i]->mu);
    for (int i = 0; i < 2; i++) {
        if (!mended) goro_mutex_unlock(&r[i]->mu);
        chan_recv(r[i]->accepted);
    }
}

int main(int argc, char **argv) {
    static const struct bug all[] = {
        BUG(stop_holds_the_lock),       BUG(last_round_needs_the_lock), BUG(reader_sends_to_itself),
        BUG(keeper_needs_the_lock),     BUG(followers_keep_the_lock),   BUG(taker_needs_the_lock),
        BUG(sleeps_with_the_lock),      BUG(done_is_said_locked),       BUG(state_is_sent_locked),
        BUG(listener_has_gone_to_lock), BUG(waits_for_stop_locked),     BUG(frame_while_it_closes),
        BUG(waits_in_the_loop),         BUG(stop_is_sent_locked),       BUG(opened_in_the_wrong_order),
    };
    return RUN_BUGS(all, argc, argv);
}
