/* Who waits for which descriptor: a queue per descriptor, and one epoll for all.
 *
 * A descriptor is armed for one event (EPOLLONESHOT) when somebody parks on it, by a modification if epoll knows it and
 * an addition if not. So nothing need be undone when the program closes it and the number comes back as another file:
 * epoll forgets closed files by itself, and at worst a goroutine is woken to find that it must wait again.
 *
 * Always true, under a descriptor's lock
 *  1. While somebody waits in its queue, it is armed for everything that somebody there wants.
 *  2. Whoever is taken out of the queue is made ready by who took it out; `weight` then holds the events that came.
 *
 * Threads: any that is inside the runtime. The wheel's lock comes before a descriptor's.
 *
 * Not done: edge-triggered registration once and for all, which saves the epoll_ctl at each wait: it would have to hear
 * of every close(). */
#include "runtime/netpoll.h"
#include "runtime/poller.h"
#include "runtime/waiter.h"
#include "runtime/wheel.h"

#include <poll.h>
#include <stdlib.h>

_Static_assert(EPOLLIN == POLLIN && EPOLLOUT == POLLOUT && EPOLLERR == POLLERR && EPOLLHUP == POLLHUP,
               "epoll's events are poll's");

struct descriptor {
    struct lock lock;
    struct goro_queue_ waiters; /* weight: the events wanted */
};

/* Descriptors live for ever, in chunks that are made when first needed. */
enum { CHUNK = 1024, CHUNKS = 1024 };
static struct descriptor *chunks[CHUNKS];
static int64_t waiting; /* goroutines; atomic, for netpoll_active */

static struct descriptor *descriptor_of(int fd) {
    if (fd < 0 || fd >= CHUNK * CHUNKS) return NULL;
    struct descriptor **at = &chunks[fd / CHUNK], *chunk = __atomic_load_n(at, __ATOMIC_ACQUIRE); /* pairs with the CAS */
    if (!chunk) {
        struct descriptor *fresh = calloc(CHUNK, sizeof *fresh);
        if (!fresh) environment_error("calloc", "no memory to wait for descriptors", ENOMEM);
        if (__atomic_compare_exchange_n(at, &chunk, fresh, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) chunk = fresh;
        else free(fresh);
    }
    return &chunk[fd % CHUNK];
}

bool netpoll_active(void) { return __atomic_load_n(&waiting, __ATOMIC_RELAXED) > 0; }

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
static int park_on(struct descriptor *d, int fd, struct waiter *w, const struct deadline *t, uintptr_t pc) {
    lock_take(&d->lock);
    if (t->passed) {
        lock_drop(&d->lock);
        return ETIMEDOUT;
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
    return w->ok ? 0 : ETIMEDOUT;
}

int netpoll_wait(int fd, int events, int64_t deadline, uintptr_t pc) {
    struct descriptor *d = descriptor_of(fd);
    if (!d) {
        errno = EBADF;
        return -1;
    }
    struct g *g = runtime_enter();
    struct waiter w = {.g = g, .weight = events};
    struct deadline t = {.alarm.ring = ring_deadline, .descriptor = d, .waiter = &w};
    poller_start();
    if (deadline >= 0) alarm_set(&t.alarm, deadline, clock_now());
    int error = park_on(d, fd, &w, &t, pc);
    if (deadline >= 0) alarm_clear(&t.alarm);
    runtime_leave(g);
    if (error) errno = error;
    return error ? -1 : (int)w.weight;
}
