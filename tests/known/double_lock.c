/* One lock, locked twice: by whoever has it, or after somebody who went away with it. */
#include "known.h"

/* after CockroachDB #584: out of the loop, with the lock. */
struct shop {
    goro_mutex mu;
    bool closed;
};
static void serve_one(struct shop *s) {
    for (;;) {
        goro_mutex_lock(&s->mu);
        if (s->closed) break;
        goro_mutex_unlock(&s->mu);
    }
    if (mended) goro_mutex_unlock(&s->mu);
}
static void leaves_the_loop_locked(void) {
    struct shop *s = NEW(shop);
    s->closed = true;
    serve_one(s);
    serve_one(s);
}

/* after CockroachDB #9935: where it goes wrong, a function is called that takes the lock, too. */
struct diary {
    goro_mutex mu;
    int lines;
};
static void close_diary(struct diary *d) {
    goro_mutex_lock(&d->mu);
    d->lines = -1;
    goro_mutex_unlock(&d->mu);
}
static void failure_locks_again(void) {
    struct diary *d = NEW(diary);
    goro_mutex_lock(&d->mu);
    bool failed = toss();
    if (mended && failed) goro_mutex_unlock(&d->mu);
    if (failed) close_diary(d);
    if (!mended || !failed) goro_mutex_unlock(&d->mu);
}

/* after etcd #10492: what is called back under the lock takes the lock. */
struct lease {
    goro_rwmutex rw;
    void (*renewed)(struct lease *l);
    int checked;
};
static void check_lease(struct lease *l) {
    goro_rwmutex_lock(&l->rw);
    l->checked++;
    goro_rwmutex_unlock(&l->rw);
}
static void calls_back_locked(void) {
    struct lease *l = NEW(lease);
    goro_rwmutex_lock(&l->rw);
    l->renewed = check_lease;
    if (mended) goro_rwmutex_unlock(&l->rw);
    l->renewed(l);
    if (!mended) goro_rwmutex_unlock(&l->rw);
}

/* after etcd #5509: a reader gives up, and keeps its read lock; whoever closes waits for it. */
struct client {
    goro_rwmutex rw;
    bool closed;
};
static void ask_until_closed(struct client *c) {
    for (bool closed = false; !closed;) {
        goro_rwmutex_rlock(&c->rw);
        closed = c->closed;
        if (!closed || mended) goro_rwmutex_runlock(&c->rw);
        goro_yield();
    }
}
static void reader_leaves_locked(void) {
    struct client *c = NEW(client);
    go(ask_until_closed, c);
    goro_rwmutex_lock(&c->rw);
    c->closed = true;
    goro_rwmutex_unlock(&c->rw);
    goro_yield(); /* tells others */
    goro_rwmutex_lock(&c->rw);
    goro_rwmutex_unlock(&c->rw);
}

/* after etcd #6708: what writes asks a function that reads. */
struct members {
    goro_rwmutex rw;
    int leader, known;
};
static int ask_leader(struct members *m) {
    goro_rwmutex_rlock(&m->rw);
    int leader = m->leader;
    goro_rwmutex_runlock(&m->rw);
    return leader;
}
static void reads_what_it_writes(void) {
    struct members *m = NEW(members);
    int leader = mended ? ask_leader(m) : -1;
    goro_rwmutex_lock(&m->rw);
    m->known = leader < 0 ? ask_leader(m) : leader;
    goro_rwmutex_unlock(&m->rw);
}

/* after gRPC #3017: the timer has rung and waits for the lock when it is stopped; it then goes without unlocking. */
struct cache {
    goro_mutex mu;
    goro_timer expiry;
    bool cached, called_off;
};
static void expire(void *arg) {
    struct cache *c = arg;
    goro_mutex_lock(&c->mu);
    if (!c->called_off) c->cached = false;
    if (!c->called_off || mended) goro_mutex_unlock(&c->mu);
}
static void timer_leaves_locked(void) {
    struct cache *c = NEW(cache);
    for (int i = 0; i < 4; i++) {
        goro_mutex_lock(&c->mu);
        c->cached = true;
        c->called_off = false;
        goro_after_func(&c->expiry, 1, expire, c);
        goro_mutex_unlock(&c->mu);
        goro_mutex_lock(&c->mu);
        goro_sleep(1);
        if (c->cached && !goro_timer_stop(&c->expiry)) c->called_off = true;
        goro_mutex_unlock(&c->mu);
    }
}

/* after gRPC #795: stopped a second time, it locks where it meant to unlock; another one wants the lock, too. */
struct server {
    goro_mutex mu;
    bool draining;
};
static void serve(struct server *s) {
    goro_mutex_lock(&s->mu);
    goro_mutex_unlock(&s->mu);
}
static void stop_server(struct server *s) {
    goro_mutex_lock(&s->mu);
    if (!s->draining || mended) {
        s->draining = true;
        if (mended) goro_mutex_unlock(&s->mu);
        return;
    }
    goro_mutex_lock(&s->mu);
}
static void stopped_twice(void) {
    struct server *s = NEW(server);
    go(serve, s);
    stop_server(s);
    stop_server(s);
}

/* after Hugo #5379: a page is rendered by a helper, for which the page is asked only so long; the helper renders what needs
 * the page's lock, which it has. */
struct page {
    goro_mutex mu;
    goro_once content, plain;
    int words;
};
static void count_words(struct page *p);
static void render_page(struct page *p, chan(int) rendered) {
    goro_mutex_lock(&p->mu);
    if (!mended) count_words(p);
    goro_mutex_unlock(&p->mu);
    chan_send(rendered, 1);
}
static void make_content(struct page *p) {
    chan(int) rendered = chan_make(int, 1);
    int done;
    go(render_page, p, rendered);
    chan_select {
        chan_case_recv(rendered, done) (void)done;
        chan_case_timeout(GORO_MILLISECOND) (void)0;
    }
}
static void make_plain(struct page *p) {
    goro_mutex_lock(&p->mu);
    p->words++;
    goro_mutex_unlock(&p->mu);
}
static void count_words(struct page *p) {
    goro_once_do(&p->content, make_content, p);
    goro_once_do(&p->plain, make_plain, p);
}
static void renders_while_rendering(void) { count_words(NEW(page)); }

/* after Moby #17176: nothing to do, so it returns, with the lock; another waits, and who waits for that one gives up. */
struct devices {
    goro_mutex mu;
    int deleted;
};
static void clean_up(struct devices *d) {
    goro_mutex_lock(&d->mu);
    if (!d->deleted && !mended) return;
    d->deleted = 0;
    goro_mutex_unlock(&d->mu);
}
static void lock_briefly(struct devices *d, chan(int) done) {
    goro_mutex_lock(&d->mu);
    goro_mutex_unlock(&d->mu);
    chan_send(done, 1);
}
static void returns_early_locked(void) {
    struct devices *d = NEW(devices);
    chan(int) done = chan_make(int, 1);
    int v;
    clean_up(d);
    go(lock_briefly, d, done);
    chan_select {
        chan_case_recv(done, v) (void)v;
        chan_case_timeout(GORO_MILLISECOND) (void)0;
    }
}

/* after Moby #36114: a step of a larger one takes the lock that the larger one has. */
struct machine {
    goro_mutex mu;
    int disks;
};
static void unplug(struct machine *m) {
    if (!mended) goro_mutex_lock(&m->mu);
    m->disks = 0;
    if (!mended) goro_mutex_unlock(&m->mu);
}
static void step_locks_again(void) {
    struct machine *m = NEW(machine);
    goro_mutex_lock(&m->mu);
    unplug(m);
    m->disks++;
    goro_mutex_unlock(&m->mu);
}

/* after Moby #7559: the next round begins with the lock of this one, where dialling failed. */
struct proxy {
    goro_mutex mu;
    int links;
};
static void next_round_locked(void) {
    struct proxy *p = NEW(proxy);
    for (int i = 0; i < 3; i++) {
        goro_mutex_lock(&p->mu);
        if (i == 0) { /* no connection */
            if (mended) goro_mutex_unlock(&p->mu);
            continue;
        }
        p->links++;
        goro_mutex_unlock(&p->mu);
    }
}

/* after Syncthing #4829: what is told of the change reads what is being changed. */
struct mapping {
    goro_rwmutex rw;
    int addresses, told;
};
static void tell_of(struct mapping *m) {
    goro_rwmutex_rlock(&m->rw);
    m->told = m->addresses;
    goro_rwmutex_runlock(&m->rw);
}
static void tells_of_its_change(void) {
    struct mapping *m = NEW(mapping);
    goro_rwmutex *service = fresh(sizeof *service);
    goro_rwmutex_lock(service);
    goro_rwmutex_lock(&m->rw);
    m->addresses = 0;
    if (mended) goro_rwmutex_unlock(&m->rw);
    tell_of(m);
    if (!mended) goro_rwmutex_unlock(&m->rw);
    goro_rwmutex_unlock(service);
}

int main(int argc, char **argv) {
    static const struct bug all[] = {
        BUG(leaves_the_loop_locked), BUG(failure_locks_again), BUG(calls_back_locked), BUG(reader_leaves_locked),
        BUG(reads_what_it_writes),   BUG(timer_leaves_locked), BUG(stopped_twice),     BUG(renders_while_rendering),
        BUG(returns_early_locked),   BUG(step_locks_again),    BUG(next_round_locked), BUG(tells_of_its_change),
    };
    return RUN_BUGS(all, argc, argv);
}
