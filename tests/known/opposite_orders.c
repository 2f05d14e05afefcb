/* Locks in opposite orders, and read locks taken again behind a writer that waits. */
#include "known.h"

/* after CockroachDB #10214: beats are sent under one lock and take each replica's; a replica's tick takes them the other way. */
struct store {
    goro_mutex beats, replica;
    int sent, ticks;
};
static void send_beats(struct store *s) {
    goro_mutex_lock(&s->beats);
    s->sent++;
    if (mended) goro_mutex_unlock(&s->beats);
    goro_mutex_lock(&s->replica);
    s->ticks++;
    goro_mutex_unlock(&s->replica);
    if (!mended) goro_mutex_unlock(&s->beats);
}
static void tick(struct store *s) {
    goro_mutex_lock(&s->replica);
    s->ticks++;
    goro_mutex_lock(&s->beats);
    s->sent++;
    goro_mutex_unlock(&s->beats);
    goro_mutex_unlock(&s->replica);
}
static void beat_and_tick(void) {
    struct store *s = NEW(store);
    go(send_beats, s);
    go(tick, s);
}

/* after CockroachDB #7504: found by name: the names' lock, then the lease's; given back: the lease's, then the names'. */
struct leases {
    goro_mutex table, names, lease;
    int users;
};
static void by_name(struct leases *l) {
    goro_mutex_lock(&l->names);
    if (mended) goro_mutex_unlock(&l->names);
    goro_mutex_lock(&l->lease);
    l->users++;
    goro_mutex_unlock(&l->lease);
    if (!mended) goro_mutex_unlock(&l->names);
}
static void give_back(struct leases *l) {
    goro_mutex_lock(&l->table);
    goro_mutex_lock(&l->lease);
    l->users--;
    goro_mutex_lock(&l->names);
    goro_mutex_unlock(&l->names);
    goro_mutex_unlock(&l->lease);
    goro_mutex_unlock(&l->table);
}
static void found_while_given_back(void) {
    struct leases *l = NEW(leases);
    goro_wg wg = {0};
    goro_wg_go(&wg, by_name, l);
    goro_wg_go(&wg, give_back, l);
    goro_wg_wait(&wg);
}

/* after Hugo #3251: the lock of an address is waited for with the map of locks locked; to unlock it the map must be read. */
struct downloads {
    goro_rwmutex map;
    goro_mutex address;
};
static void download(struct downloads *d) {
    for (int i = 0; i < 2; i++) {
        goro_rwmutex_lock(&d->map);
        if (mended) goro_rwmutex_unlock(&d->map);
        goro_mutex_lock(&d->address);
        if (!mended) goro_rwmutex_unlock(&d->map);
        goro_rwmutex_rlock(&d->map);
        goro_mutex_unlock(&d->address);
        goro_rwmutex_runlock(&d->map);
    }
}
static void map_needed_to_unlock(void) {
    struct downloads *d = NEW(downloads);
    goro_wg wg = {0};
    for (int i = 0; i < 4; i++) goro_wg_go(&wg, download, d);
    goro_wg_wait(&wg);
}

/* after Kubernetes #13135: the cacher's lock is given back by a callback under the watch's lock; in the next round the first is
 * taken again, and the watch's behind it, while an event goes the other way. */
struct cacher {
    goro_mutex mu, watch;
    goro_once once;
    goro_wg ready;
    int events;
};
static void become_ready(struct cacher *c) { goro_wg_done(&c->ready); }
static void fill_cache(struct cacher *c) {
    for (int i = 0; i < 2; i++) {
        if (!mended) goro_mutex_lock(&c->mu);
        goro_mutex_lock(&c->watch);
        if (mended) goro_mutex_lock(&c->mu);
        goro_once_do(&c->once, become_ready, c);
        goro_mutex_unlock(&c->mu);
        goro_mutex_unlock(&c->watch);
    }
}
static void hear_event(struct cacher *c) {
    goro_mutex_lock(&c->watch);
    goro_mutex_lock(&c->mu);
    c->events++;
    goro_mutex_unlock(&c->mu);
    goro_mutex_unlock(&c->watch);
}
static void second_round_of_filling(void) {
    struct cacher *c = NEW(cacher);
    goro_wg_add(&c->ready, 1);
    go(fill_cache, c);
    goro_wg_wait(&c->ready);
    go(hear_event, c);
}

/* after Kubernetes #30872: whether all is in sync is asked of the queue under the informer's lock; the queue's own loop tells
 * the informer what it took, under the queue's. */
struct informer {
    goro_mutex mu, queue;
    chan(goro_empty) stop;
    int clusters;
};
static void ask_in_sync(struct informer *f) {
    goro_mutex_lock(&f->mu);
    if (mended) goro_mutex_unlock(&f->mu);
    goro_mutex_lock(&f->queue);
    goro_mutex_unlock(&f->queue);
    if (!mended) goro_mutex_unlock(&f->mu);
}
static void pop_until_stopped(struct informer *f) {
    goro_empty nothing;
    bool over = false;
    for (int i = 0; i < ROUNDS && !over; i++) {
        goro_mutex_lock(&f->queue);
        goro_mutex_lock(&f->mu);
        f->clusters++;
        goro_mutex_unlock(&f->mu);
        goro_mutex_unlock(&f->queue);
        chan_select {
            chan_case_recv(f->stop, nothing) over = true;
            chan_default goro_yield();
        }
    }
}
static void stop_informer(struct informer *f) {
    goro_mutex_lock(&f->mu);
    chan_close(f->stop);
    goro_mutex_unlock(&f->mu);
}
static void in_sync_while_it_pops(void) {
    struct informer *f = NEW(informer);
    f->stop = chan_make(goro_empty, 0);
    go(pop_until_stopped, f);
    go(ask_in_sync, f);
    go(stop_informer, f);
}

/* after Moby #4951: the set's lock is dropped to wait, and taken again with the device's held; another has come meanwhile. */
struct volume {
    goro_mutex set, device;
    int left;
};
static void delete_volume(struct volume *v) {
    goro_mutex_lock(&v->set);
    if (mended) goro_mutex_unlock(&v->set);
    goro_mutex_lock(&v->device);
    if (!mended) goro_mutex_unlock(&v->set);
    goro_sleep(GORO_MICROSECOND);
    goro_mutex_lock(&v->set);
    v->left--;
    if (mended) goro_mutex_unlock(&v->set);
    goro_mutex_unlock(&v->device);
    if (!mended) goro_mutex_unlock(&v->set);
}
static void deleted_by_two(void) {
    struct volume *v = NEW(volume);
    go(delete_volume, v);
    go(delete_volume, v);
}

/* after CockroachDB #16167: the cond's lock is the read side; a statement under it reads again, a change of settings waits. */
struct settings {
    goro_rwmutex rw;
    int version, seen;
};
static int read_settings(struct settings *s) {
    goro_rwmutex_rlock(&s->rw);
    int version = s->version;
    goro_rwmutex_runlock(&s->rw);
    return version;
}
static void change_settings(struct settings *s) {
    goro_rwmutex_lock(&s->rw);
    s->version++;
    goro_rwmutex_unlock(&s->rw);
}
static void statement_reads_again(void) {
    struct settings *s = NEW(settings);
    go(change_settings, s);
    goro_rwmutex_rlock(&s->rw);
    s->seen = mended ? s->version : read_settings(s);
    goro_rwmutex_runlock(&s->rw);
}

/* after CockroachDB #3710: read, then another lock, then read again. */
struct replicas {
    goro_rwmutex rw;
    goro_mutex queue;
    int n, queued;
};
static void queue_all(struct replicas *r) {
    goro_rwmutex_rlock(&r->rw);
    goro_mutex_lock(&r->queue);
    if (!mended) goro_rwmutex_rlock(&r->rw);
    r->queued = r->n;
    if (!mended) goro_rwmutex_runlock(&r->rw);
    goro_mutex_unlock(&r->queue);
    goro_rwmutex_runlock(&r->rw);
}
static void add_replica(struct replicas *r) {
    goro_rwmutex_lock(&r->rw);
    r->n++;
    goro_rwmutex_unlock(&r->rw);
}
static void queue_reads_again(void) {
    struct replicas *r = NEW(replicas);
    go(queue_all, r);
    go(add_replica, r);
}

/* after CockroachDB #6181: printing what is read locked reads it; whoever has read goes on to write. */
struct ranges {
    goro_rwmutex rw;
    int n;
};
static int text_length(struct ranges *r) {
    goro_rwmutex_rlock(&r->rw);
    int n = r->n;
    goro_rwmutex_runlock(&r->rw);
    return n;
}
static void look_up(struct ranges *r) {
    goro_rwmutex_rlock(&r->rw);
    int n = mended ? r->n : text_length(r);
    goro_rwmutex_runlock(&r->rw);
    goro_rwmutex_lock(&r->rw);
    r->n = n + 1;
    goro_rwmutex_unlock(&r->rw);
}
static void printing_reads_again(void) {
    struct ranges *r = NEW(ranges);
    goro_wg wg = {0};
    for (int i = 0; i < 3; i++) goro_wg_go(&wg, look_up, r);
    goro_wg_wait(&wg);
}

/* after Kubernetes #58107: a worker keeps the read lock while it waits for work, which comes from one who has to read, too, and
 * who stands behind a writer. */
struct quota {
    goro_rwmutex rw;
    goro_mutex mu;
    goro_cond filled;
    int work;
};
static void await_work(struct quota *q) {
    if (!mended) goro_rwmutex_rlock(&q->rw);
    goro_mutex_lock(&q->mu);
    while (!q->work) goro_cond_wait(&q->filled);
    q->work--;
    goro_mutex_unlock(&q->mu);
    if (!mended) goro_rwmutex_runlock(&q->rw);
}
static void bring_work(struct quota *q) {
    goro_rwmutex_rlock(&q->rw);
    goro_mutex_lock(&q->mu);
    q->work++;
    goro_cond_signal(&q->filled);
    goro_mutex_unlock(&q->mu);
    goro_rwmutex_runlock(&q->rw);
}
static void set_quota(struct quota *q) {
    goro_rwmutex_lock(&q->rw);
    goro_rwmutex_unlock(&q->rw);
}
static void reader_waits_for_work(void) {
    struct quota *q = NEW(quota);
    goro_cond_init(&q->filled, &q->mu);
    go(await_work, q);
    go(set_quota, q);
    go(bring_work, q);
}

/* after Kubernetes #62464: read the container's set, or else the default one, each under the read lock; a container goes. */
struct cpus {
    goro_rwmutex rw;
    int given, others;
};
static int default_set(struct cpus *c) {
    goro_rwmutex_rlock(&c->rw);
    int others = c->others;
    goro_rwmutex_runlock(&c->rw);
    return others;
}
static void read_set(struct cpus *c) {
    goro_rwmutex_rlock(&c->rw);
    int set = c->given;
    if (mended) goro_rwmutex_runlock(&c->rw);
    if (!set) set = default_set(c);
    if (!mended) goro_rwmutex_runlock(&c->rw);
}
static void remove_container(struct cpus *c) {
    int others = default_set(c);
    goro_rwmutex_lock(&c->rw);
    c->others = others + 1;
    goro_rwmutex_unlock(&c->rw);
}
static void default_read_again(void) {
    struct cpus *c = NEW(cpus);
    go(read_set, c);
    go(remove_container, c);
}

int main(int argc, char **argv) {
    static const struct bug all[] = {
        BUG(beat_and_tick),           BUG(found_while_given_back), BUG(map_needed_to_unlock),
        BUG(second_round_of_filling), BUG(in_sync_while_it_pops),  BUG(deleted_by_two),
        BUG(statement_reads_again),   BUG(queue_reads_again),      BUG(printing_reads_again),
        BUG(reader_waits_for_work),   BUG(default_read_again),
    };
    return RUN_BUGS(all, argc, argv);
}
