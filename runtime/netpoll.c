/* Who waits for which descriptor: a queue per descriptor, and one epoll for all.
 *
 * A descriptor is armed for one event (EPOLLONESHOT) when somebody parks on it, by a modification if epoll knows it and
 * an addition if not. So nothing need be undone when the program closes it and the number comes back as another file:
 * epoll forgets closed files by itself, and at worst a goroutine is woken to find that it must wait again.
 *
 * Always true, under a descriptor's lock
 *  1. While somebody waits in its queue, it is armed for everything that somebody there wants.
 *  2. Whoever is taken out of the queue is made ready by who took it out; `weight` then holds the events that came, 0 if
 *     it is only to look again, or POLLNVAL if the descriptor is being closed.
 *  3. Nobody waits in the queue for another deadline than the descriptor's, or its own: who changes the deadline sends
 *     all away to look again, and `changes` tells those who have looked and are not in the queue yet.
 *
 * Threads: any that is inside the runtime. The wheel's lock comes before a descriptor's.
 *
 * Not done: edge-triggered registration once and for all, which saves the epoll_ctl at each wait: it would have to hear
 * of every close(). io_uring: an echo server on 200 busy TCP connections, one thread without a runtime, takes 5.6 us of CPU
 * time per round trip where sends and receives are submitted together (deferred task work), 6.1 us by epoll with a read
 * that finds the end (Linux 6.18): 8 % of a server that does nothing else, for a second way to do everything, which many
 * containers forbid. */
#include "runtime/netpoll.h"
#include "runtime/poller.h"
#include "runtime/waiter.h"
#include "runtime/wheel.h"

#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

_Static_assert(EPOLLIN == POLLIN && EPOLLOUT == POLLOUT && EPOLLERR == POLLERR && EPOLLHUP == POLLHUP,
               "epoll's events are poll's");

enum { READING, WRITING };

struct descriptor {
    struct lock lock;
    uint32_t changes;           /* of the deadlines; atomic, written under the lock */
    int64_t deadline[2];        /* of READING and WRITING, 0: none; as `changes` */
    struct goro_queue_ waiters; /* weight: the events wanted */
};

/* Descriptors live for ever, in chunks that are made when first needed. */
enum { CHUNK = 1024, CHUNKS = 1024 };
static struct descriptor *chunks[CHUNKS];
static int64_t waiting; /* goroutines; atomic, for netpoll_waiters */

static struct descriptor *descriptor_of(int fd) {
    if (fd < 0 || fd >= CHUNK * CHUNKS) return NULL;
    struct descriptor **at = &chunks[fd / CHUNK],
                      *chunk = __atomic_load_n(at, __ATOMIC_ACQUIRE); /* pairs with the CAS */
    if (!chunk) {
        struct descriptor *fresh = calloc(CHUNK, sizeof *fresh);
        if (!fresh) environment_error("calloc", "no memory to wait for descriptors", ENOMEM);
        if (__atomic_compare_exchange_n(at, &chunk, fresh, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) chunk = fresh;
        else free(fresh);
    }
    return &chunk[fd % CHUNK];
}

int64_t netpoll_waiters(void) { return __atomic_load_n(&waiting, __ATOMIC_RELAXED); }

/* Arms epoll for all that is wanted; 0 or an errno. */
static int arm(struct descriptor *d, int fd) {
    uint32_t wanted = 0;
    for (const struct waiter *w = d->waiters.first; w; w = w->next) wanted |= (uint32_t)w->weight;
    struct epoll_event event = {.events = wanted | EPOLLONESHOT, .data.fd = fd};
    if (epoll_ctl(poller_epoll(), EPOLL_CTL_MOD, fd, &event) == 0) return 0;
    if (errno == ENOENT && epoll_ctl(poller_epoll(), EPOLL_CTL_ADD, fd, &event) == 0) return 0;
    return errno;
}

/* Takes out all that `came` is for, linked by `next`. Errors and hang-ups are for everybody. */
static struct waiter *take_served(struct descriptor *d, uint32_t came) {
    struct waiter *first = NULL, **end = &first;
    for (struct waiter *w = d->waiters.first, *next; w; w = next) {
        next = w->next;
        uint32_t events = came & ((uint32_t)w->weight | EPOLLERR | EPOLLHUP);
        if (!events) continue;
        queue_remove(&d->waiters, w);
        w->weight = events;
        w->ok = true;
        w->next = NULL;
        *end = w;
        end = &w->next;
    }
    return first;
}

void netpoll_deliver(const struct epoll_event *event) {
    struct descriptor *d = descriptor_of(event->data.fd);
    lock_take(&d->lock);
    struct waiter *served = take_served(d, event->events);
    if (d->waiters.first && arm(d, event->data.fd) != 0) { /* closed meanwhile: each finds out by trying again */
        struct waiter **end = &served;
        while (*end) end = &(*end)->next;
        *end = take_served(d, EPOLLERR);
    }
    lock_drop(&d->lock);
    waiters_wake_all(served);
}

struct deadline {
    struct alarm alarm;
    struct descriptor *descriptor;
    struct waiter *waiter;
    bool passed; /* under the descriptor's lock */
};

static void ring_deadline(struct alarm *a, int64_t now) {
    (void)now;
    struct deadline *t = container_of(a, struct deadline, alarm);
    struct waiter *w = t->waiter;
    lock_take(&t->descriptor->lock);
    t->passed = true;
    bool waits = w->queue != NULL;
    if (waits) queue_remove(&t->descriptor->waiters, w);
    lock_drop(&t->descriptor->lock);
    if (waits) ready_last(w->g);
}

/* Queues, arms and parks; 0 or an errno. */
static int park_on(struct descriptor *d, int fd, struct waiter *w, const struct deadline *t, uint32_t changes,
                   uintptr_t pc) {
    lock_take(&d->lock);
    if (t->passed) {
        lock_drop(&d->lock);
        return ETIMEDOUT;
    }
    if (d->changes != changes) {
        lock_drop(&d->lock);
        w->weight = 0;
        return 0;
    }
    queue_push(&d->waiters, w);
    int error = arm(d, fd);
    if (error) {
        queue_remove(&d->waiters, w);
        lock_drop(&d->lock);
        return error;
    }
    __atomic_fetch_add(&waiting, 1, __ATOMIC_RELAXED);
    waiter_park(w, &d->lock, HOOK_IO, (void *)(intptr_t)fd, pc);
    __atomic_fetch_sub(&waiting, 1, __ATOMIC_RELAXED);
    if (!w->ok) return ETIMEDOUT;
    return w->weight & POLLNVAL ? EBADF : 0;
}

/* Waits once. The events that came, 0 to look again, -1 and errno. */
static int wait_once(struct descriptor *d, int fd, int events, int64_t deadline, uint32_t changes, uintptr_t pc) {
    struct g *g = runtime_enter();
    struct waiter w = {.g = g, .weight = events};
    struct deadline t = {.alarm.ring = ring_deadline, .descriptor = d, .waiter = &w};
    poller_start();
    if (deadline >= 0) alarm_set(&t.alarm, deadline, pace_now());
    int error = park_on(d, fd, &w, &t, changes, pc);
    if (deadline >= 0) alarm_clear(&t.alarm);
    runtime_leave(g);
    if (error) errno = error;
    return error ? -1 : (int)w.weight;
}

static struct descriptor *descriptor_or_error(int fd) {
    struct descriptor *d = descriptor_of(fd);
    if (!d) errno = EBADF;
    return d;
}

/* pairs with the stores in set_deadlines: who sees the new number sees the new deadlines */
static uint32_t changes_of(struct descriptor *d) { return __atomic_load_n(&d->changes, __ATOMIC_ACQUIRE); }

int netpoll_wait(int fd, int events, int64_t deadline, uintptr_t pc) {
    struct descriptor *d = descriptor_or_error(fd);
    int came = d ? 0 : -1;
    while (came == 0) came = wait_once(d, fd, events, deadline, changes_of(d), pc);
    return came;
}

/* -- a descriptor's own deadlines ------------------------------------------------------------------------------------ */

/* The nearer of those that concern these events; < 0: none. */
static int64_t deadline_for(struct descriptor *d, int events) {
    int64_t nearest = -1;
    for (int way = READING; way <= WRITING; way++) {
        int64_t t = __atomic_load_n(&d->deadline[way], __ATOMIC_RELAXED);
        if (t != 0 && (events & (way == READING ? POLLIN : POLLOUT)) && (nearest < 0 || t < nearest)) nearest = t;
    }
    return nearest;
}

int netpoll_await(int fd, int events, uintptr_t pc) {
    struct descriptor *d = descriptor_or_error(fd);
    int came = d ? 0 : -1;
    while (came == 0) {
        uint32_t changes = changes_of(d);
        came = wait_once(d, fd, events, deadline_for(d, events), changes, pc);
    }
    return came;
}

/* The earliest deadline without making a record for a descriptor that has none yet. */
static int64_t peek_deadline(int fd, int events) {
    if (fd < 0 || fd >= CHUNK * CHUNKS || !__atomic_load_n(&chunks[fd / CHUNK], __ATOMIC_ACQUIRE)) return -1;
    return deadline_for(descriptor_of(fd), events);
}

bool netpoll_expired(int fd, int events) {
    int64_t deadline = peek_deadline(fd, events);
    return deadline >= 0 && deadline <= pace_now();
}

/* Under d's lock. */
static void set_deadlines(struct descriptor *d, int events, int64_t deadline) {
    int64_t t = deadline < 0 ? 0 : deadline > 0 ? deadline : 1; /* no time ever was 1 ns after the clock's start */
    if (events & POLLIN) __atomic_store_n(&d->deadline[READING], t, __ATOMIC_RELAXED);
    if (events & POLLOUT) __atomic_store_n(&d->deadline[WRITING], t, __ATOMIC_RELAXED);
    __atomic_store_n(&d->changes, d->changes + 1, __ATOMIC_RELEASE); /* pairs with changes_of */
}

/* Under d's lock: takes out all, linked by `next`, who are told `what`. */
static struct waiter *take_all(struct descriptor *d, unsigned what) {
    struct waiter *first = d->waiters.first;
    for (struct waiter *w; (w = d->waiters.first);) {
        struct waiter *next = w->next;
        queue_remove(&d->waiters, w);
        w->weight = what;
        w->ok = true;
        w->next = next;
    }
    return first;
}

/* Deadlines for fd, and `what` for all who wait for it. */
static void change(int fd, int events, int64_t deadline, unsigned what) {
    struct descriptor *d = descriptor_of(fd);
    if (!d) return;
    struct g *g = runtime_enter();
    lock_take(&d->lock);
    set_deadlines(d, events, deadline);
    struct waiter *sent = take_all(d, what);
    lock_drop(&d->lock);
    waiters_wake_all(sent);
    runtime_leave(g);
}

void netpoll_set_deadline(int fd, int events, int64_t deadline) { change(fd, events, deadline, 0); }

void netpoll_forget(int fd) {
    if (peek_deadline(fd, POLLIN | POLLOUT) >= 0) netpoll_set_deadline(fd, POLLIN | POLLOUT, -1);
}

int netpoll_close(int fd) {
    change(fd, POLLIN | POLLOUT, -1, POLLNVAL);
    int r = close(fd), error = errno;
    change(fd, 0, -1, 0); /* whoever has come in between finds it closed, or waits for the number's next file */
    errno = error;
    return r;
}
