/* Contexts and condition variables: nobody cancels, one is cancelled whom another waits for, nobody signals. */
#include "known.h"

/* after CockroachDB #10790: cancelled, it has its channels drained; but who sends on them has been cancelled, too. */
struct batch {
    chan(int) chans[2];
    goro_ctx *ctx;
};
static void drain(struct batch *b) {
    int v;
    for (int i = 0; i < 2; i++) {
        if (mended) (void)chan_try_recv(b->chans[i], &v);
        else chan_recv(b->chans[i]);
    }
}
static void begin_commands(struct batch *b) {
    goro_empty nothing;
    int v;
    for (int i = 0; i < 2; i++) {
        chan_select {
            chan_case_recv(b->chans[i], v) (void)v;
            chan_case_recv(goro_ctx_done(b->ctx), nothing) go(drain, b);
        }
    }
}
static void send_commands(struct batch *b) {
    goro_empty nothing;
    for (int i = 0; i < 2; i++) {
        chan_select {
            chan_case_send(b->chans[i], i) (void)0;
            chan_case_recv(goro_ctx_done(b->ctx), nothing) return;
        }
    }
}
static void drains_who_has_left(void) {
    struct batch *b = NEW(batch);
    for (int i = 0; i < 2; i++) b->chans[i] = chan_make(int, 0);
    b->ctx = goro_ctx_with_cancel(goro_ctx_background());
    go(send_commands, b);
    go(begin_commands, b);
    go(goro_ctx_cancel, b->ctx);
}

/* after CockroachDB #13197: a transaction is begun, and neither committed nor rolled back. */
static void await_done(goro_ctx *ctx) { chan_recv(goro_ctx_done(ctx)); }
static goro_ctx *begin_transaction(void) {
    goro_ctx *ctx = goro_ctx_with_cancel(goro_ctx_background());
    go(await_done, ctx);
    return ctx;
}
static void transaction_not_ended(void) {
    goro_ctx *ctx = begin_transaction();
    if (mended) goro_ctx_cancel(ctx);
}

/* after CockroachDB #13755: the rows of a query that nobody closes. */
struct rows {
    goro_ctx *ctx;
    goro_mutex mu;
    bool closed;
};
static void close_when_done(struct rows *r) {
    chan_recv(goro_ctx_done(r->ctx));
    goro_mutex_lock(&r->mu);
    r->closed = true;
    goro_mutex_unlock(&r->mu);
}
static struct rows *query(void) {
    struct rows *r = NEW(rows);
    r->ctx = goro_ctx_with_cancel(goro_ctx_background());
    go(close_when_done, r);
    return r;
}
static void rows_not_closed(void) {
    struct rows *r = query();
    if (mended) goro_ctx_cancel(r->ctx);
}

/* after CockroachDB #18101: the consumer hears of the cancelling, the producer does not. */
struct restore {
    goro_ctx *ctx;
    chan(int) ready;
};
static void split_spans(struct restore *r) {
    chan_rx(goro_empty) done = goro_ctx_done(r->ctx);
    goro_empty nothing;
    if (!mended) done = NULL;
    for (int i = 0; i < 8; i++) {
        chan_select {
            chan_case_send(r->ready, i) (void)0;
            chan_case_recv(done, nothing) i = 8;
        }
    }
    chan_close(r->ready);
}
static void import_spans(struct restore *r) {
    goro_empty nothing;
    int span;
    bool more = true;
    while (more) {
        chan_select {
            chan_case_recv_ok(r->ready, span, more) (void)span;
            chan_case_recv(goro_ctx_done(r->ctx), nothing) return;
        }
    }
}
static void producer_hears_nothing(void) {
    struct restore *r = NEW(restore);
    r->ctx = goro_ctx_with_cancel(goro_ctx_background());
    r->ready = chan_make(int, 2);
    go(split_spans, r);
    go(import_spans, r);
    go(goro_ctx_cancel, r->ctx);
}

/* after gRPC #862: dialling fails, and the connection that it does not return is not closed: it tries again, and again. */
struct dial {
    goro_ctx *ctx, *conn;
};
static void retry(goro_ctx *ctx) {
    goro_empty nothing;
    for (int retries = 1;; retries++) {
        chan_select {
            chan_case_recv(goro_ctx_done(ctx), nothing) return;
            chan_case_timeout(retries *GORO_MILLISECOND) (void)0;
        }
    }
}
static void dial(struct dial *d) {
    d->conn = goro_ctx_with_cancel(goro_ctx_background());
    go(retry, d->conn);
    if (goro_ctx_err(d->ctx) == 0 || mended) goro_ctx_cancel(d->conn);
}
static void failed_dial_not_closed(void) {
    struct dial *d = NEW(dial);
    d->ctx = goro_ctx_with_cancel(goro_ctx_background());
    go(dial, d);
    go(goro_ctx_cancel, d->ctx);
}

/* after Istio #18454: stops a timer that has rung and been heard, and waits to hear it. */
struct strategy {
    goro_timer timer;
    chan(int) resets;
    goro_ctx *ctx;
};
static void run_timer(struct strategy *s) {
    goro_empty nothing;
    int64_t now;
    int reset;
    goro_timer_start(&s->timer, GORO_MICROSECOND);
    for (bool over = false; !over;) {
        chan_select {
            chan_case_recv(goro_timer_chan(&s->timer), now) (void)now;
            chan_case_recv(s->resets, reset) {
                if (!goro_timer_stop(&s->timer) && !mended) chan_recv(goro_timer_chan(&s->timer));
                goro_timer_reset(&s->timer, reset);
            }
            chan_case_recv(goro_ctx_done(s->ctx), nothing) over = true;
        }
    }
    goro_timer_stop(&s->timer);
}
static void timer_heard_already(void) {
    struct strategy *s = NEW(strategy);
    s->resets = chan_make(int, 1);
    s->ctx = goro_ctx_with_cancel(goro_ctx_background());
    go(run_timer, s);
    for (int i = 0; i < 3; i++) {
        chan_send(s->resets, 1000);
        goro_sleep(2 * GORO_MICROSECOND);
    }
    goro_ctx_cancel(s->ctx);
}

/* after Kubernetes #25331: it cancels itself, so that nobody is left whom it could send the error to. */
struct watch {
    goro_ctx *ctx;
    chan(int) errors, results;
};
static void run_watch(struct watch *w) {
    goro_empty nothing;
    int error;
    chan_select {
        chan_case_recv(w->errors, error) {
            goro_ctx_cancel(w->ctx);
            if (mended) (void)chan_try_send(w->results, error);
            else chan_send(w->results, error);
        }
        chan_case_recv(goro_ctx_done(w->ctx), nothing) (void)0;
    }
}
static void read_results(struct watch *w) {
    goro_empty nothing;
    int result;
    chan_select {
        chan_case_recv(w->results, result) (void)result;
        chan_case_recv(goro_ctx_done(w->ctx), nothing) (void)0;
    }
}
static void cancels_its_listener(void) {
    struct watch *w = NEW(watch);
    w->ctx = goro_ctx_with_cancel(goro_ctx_background());
    w->errors = chan_make(int, 0);
    w->results = chan_make(int, 0);
    go(run_watch, w);
    go(read_results, w);
    chan_send(w->errors, 1);
}

/* after Moby #33781: stopped while a probe is under way, whose result then has nobody to go to. */
static void probe(chan(bool) results) {
    chan_send(results, true);
    chan_close(results);
}
static void monitor(chan(goro_empty) stop) {
    goro_empty nothing;
    bool good;
    for (int i = 0; i < ROUNDS; i++) {
        chan_select {
            chan_case_recv(stop, nothing) return;
            chan_case_timeout(50) (void)0;
        }
        chan(bool) results = chan_make(bool, mended ? 1 : 0);
        go(probe, results);
        chan_select {
            chan_case_recv(stop, nothing) return;
            chan_case_recv(results, good) (void)good;
        }
    }
    chan_recv(stop);
}
static void stopped_while_it_probes(void) {
    chan(goro_empty) stop = chan_make(goro_empty, 0);
    go(monitor, stop);
    goro_sleep(50);
    chan_send(stop, (goro_empty){});
}

/* after Kubernetes #11298: a helper waits for the cond with the lock that the loop has taken; the last signal comes before it
 * waits, and the loop waits for the helper. */
struct notifier {
    goro_mutex mu;
    goro_cond cond;
    chan(goro_empty) abort;
};
static void wait_for_cond(struct notifier *n, chan(goro_empty) woken) {
    goro_cond_wait(&n->cond);
    chan_close(woken);
}
static void service_loop(struct notifier *n) {
    goro_empty nothing;
    goro_mutex_lock(&n->mu);
    for (bool over = false; !over;) {
        chan(goro_empty) woken = chan_make(goro_empty, 0);
        if (mended && chan_try_recv(n->abort, &nothing)) break;
        go(wait_for_cond, n, woken);
        chan_select {
            chan_case_recv(n->abort, nothing) {
                if (mended) goro_mutex_lock(&n->mu); /* when the helper waits */
                goro_cond_signal(&n->cond);
                if (mended) goro_mutex_unlock(&n->mu);
                chan_recv(woken);
                over = true;
            }
            chan_case_recv(woken, nothing) (void)0;
        }
    }
    goro_mutex_unlock(&n->mu);
}
static void signal_before_the_wait(void) {
    struct notifier *n = NEW(notifier);
    goro_cond_init(&n->cond, &n->mu);
    n->abort = chan_make(goro_empty, 1);
    go(service_loop, n);
    chan_send(n->abort, (goro_empty){});
}

/* after Moby #27782: removing a file's watch waits for an event that the watcher would bring, who waits for whoever removes it
 * to take another event. */
struct file_watch {
    chan(int) events;
    chan(goro_empty) done, enough;
    goro_mutex mu;
    goro_cond removed;
    bool gone;
};
static void watch_file(struct file_watch *w) {
    goro_empty nothing;
    chan(int) events = w->events;
    for (int i = 0; events; i++) {
        chan_select {
            chan_case_send(events, 1) (void)0;
            chan_case_recv(w->done, nothing) events = NULL;
        }
        if (i == ROUNDS && events) {
            chan_recv(w->done);
            events = NULL;
        }
    }
    goro_mutex_lock(&w->mu);
    w->gone = true;
    goro_cond_broadcast(&w->removed);
    goro_mutex_unlock(&w->mu);
}
static void follow(struct file_watch *w) {
    goro_empty nothing;
    int event;
    for (bool over = false; !over;) {
        chan_select {
            chan_case_recv(w->events, event) (void)event;
            chan_case_recv(w->enough, nothing) over = true;
        }
    }
    if (mended) chan_close(w->done);
    goro_mutex_lock(&w->mu);
    while (!w->gone) goro_cond_wait(&w->removed);
    goro_mutex_unlock(&w->mu);
    if (!mended) chan_close(w->done);
}
static void removed_before_it_is_done(void) {
    struct file_watch *w = NEW(file_watch);
    w->events = chan_make(int, 0);
    w->done = chan_make(goro_empty, 0);
    w->enough = chan_make(goro_empty, 0);
    goro_cond_init(&w->removed, &w->mu);
    go(watch_file, w);
    go(follow, w);
    chan_close(w->enough);
}

/* after Moby #29733: it is made active without a word to those who wait for that. */
struct plugin {
    goro_mutex mu;
    goro_cond active;
    bool is_active, failed;
};
static void await_active(struct plugin *p, chan(goro_empty) done) {
    goro_mutex_lock(&p->mu);
    while (!p->is_active && !(mended && p->failed)) goro_cond_wait(&p->active);
    goro_mutex_unlock(&p->mu);
    chan_close(done);
}
static struct plugin *new_plugin(void) {
    struct plugin *p = NEW(plugin);
    goro_cond_init(&p->active, &p->mu);
    return p;
}
static void activate(struct plugin *p) {
    goro_mutex_lock(&p->mu);
    p->is_active = true;
    if (mended) goro_cond_broadcast(&p->active);
    goro_mutex_unlock(&p->mu);
}
static void active_without_a_word(void) {
    struct plugin *p = new_plugin();
    chan(goro_empty) done = chan_make(goro_empty, 0);
    go(await_active, p, done);
    go(activate, p);
    chan_recv(done);
}

/* after Moby #30408: it failed to become active, and nobody waits for that. */
static void fail_to_activate(struct plugin *p) {
    goro_mutex_lock(&p->mu);
    p->failed = true;
    if (mended) goro_cond_broadcast(&p->active);
    goro_mutex_unlock(&p->mu);
}
static void failed_without_a_word(void) {
    struct plugin *p = new_plugin();
    chan(goro_empty) done = chan_make(goro_empty, 0);
    go(await_active, p, done);
    fail_to_activate(p);
    chan_recv(done);
}

int main(int argc, char **argv) {
    static const struct bug all[] = {
        BUG(drains_who_has_left),       BUG(transaction_not_ended),   BUG(rows_not_closed),
        BUG(producer_hears_nothing),    BUG(failed_dial_not_closed),  BUG(timer_heard_already),
        BUG(cancels_its_listener),      BUG(stopped_while_it_probes), BUG(signal_before_the_wait),
        BUG(removed_before_it_is_done), BUG(active_without_a_word),   BUG(failed_without_a_word),
    };
    return RUN_BUGS(all, argc, argv);
}
