/* Select: one operation of several, on channels that other goroutines use meanwhile.
 *
 * First it looks at all channels without their locks, chooses one of the cases that look ready, and tries it under that
 * channel's lock alone. If nothing comes of that, all channels are locked, in the order of their addresses; so what is
 * ready is known at one instant, one of it is chosen and done, and if nothing is, the goroutine stands in all the queues
 * before anybody can miss it. (With one P nobody can come in between anyway: no locks.) Then the locks are dropped one by
 * one, and a waker may come before the goroutine is parked: it claims the select with one atomic exchange (wakers of other
 * channels then pass it by), serves it, and leaves word in `served`.
 *
 * Always true
 *  1. Only who turned `claimed` from 0 to 1 writes to the select or to the values of its cases.
 *  2. The goroutine leaves wait_any only after the claimer's last touch: it was made ready by it, or saw `served`.
 *  3. When it returns, no waiter of it stands in any queue. The winner's channel is not touched for that: its waker has
 *     taken out all waiters of that channel, since it may be free'd by now.
 *
 * Threads: as channels. */
#include "runtime/select.h"
#include "runtime/chan.h"
#include "runtime/copy.h"
#include "runtime/park.h"
#include "runtime/wheel.h"

#include <errno.h>
#include <stdlib.h>

enum { FEW = GORO_SELECT_CASES_ };
enum { CHOSE_DEFAULT = -1, CHOSE_TIMEOUT = -2, CHOSE_NOTHING = -3 };

/* What a select knows besides its cases; arrays for more than FEW cases come from malloc. */
struct run {
    goro_select_case *cases;
    size_t n;
    struct chan **order; /* the distinct channels, by address */
    unsigned *ready;     /* room for the indices of the ready cases */
    size_t channels;
    uintptr_t pc;
};

/* Only this thread is inside the runtime, until it parks or leaves. If not, it may become so at any time. */
static inline bool is_alone(void) { return !atomic_is_multi(); }

/* -- locking all ---------------------------------------------------------------------------------------------------- */

static void sift_down(struct chan **a, size_t i, size_t n) {
    struct chan *c = a[i];
    for (size_t child; (child = 2 * i + 1) < n; i = child) {
        if (child + 1 < n && a[child] < a[child + 1]) child++;
        if (c >= a[child]) break;
        a[i] = a[child];
    }
    a[i] = c;
}

static void sort_channels(struct chan **a, size_t n) {
    if (n <= FEW) {
        for (size_t i = 1; i < n; i++) {
            struct chan *c = a[i];
            size_t j = i;
            for (; j > 0 && a[j - 1] > c; j--) a[j] = a[j - 1];
            a[j] = c;
        }
        return;
    }
    for (size_t i = n / 2; i-- > 0;) sift_down(a, i, n);
    for (size_t end = n; end-- > 1;) {
        struct chan *largest = a[0];
        a[0] = a[end];
        a[end] = largest;
        sift_down(a, 0, end);
    }
}

/* Fills order with the distinct channels, by address. */
static void order_channels(struct run *r) {
    size_t n = 0, distinct = 0;
    for (size_t i = 0; i < r->n; i++)
        if (r->cases[i].chan) r->order[n++] = r->cases[i].chan;
    sort_channels(r->order, n);
    for (size_t i = 0; i < n; i++)
        if (i == 0 || r->order[i] != r->order[distinct - 1]) r->order[distinct++] = r->order[i];
    r->channels = distinct;
}

static void lock_all(struct run *r) {
    for (size_t i = 0; i < r->channels; i++) lock_take(&r->order[i]->lock);
}
static void unlock_all(struct run *r) {
    for (size_t i = r->channels; i-- > 0;) lock_drop(&r->order[i]->lock);
}

/* -- what is ready --------------------------------------------------------------------------------------------------- */

static bool has_live_waiter(const struct goro_queue_ *q) {
    for (const struct waiter *w = q->first; w; w = w->next)
        /* a claim that comes right after this look makes the attempt fail, and another choice is made */
        if (!w->select || !__atomic_load_n(&w->select->claimed, __ATOMIC_RELAXED)) return true;
    return false;
}

static bool case_ready(const goro_select_case *k) {
    const struct chan *c = k->chan;
    if (!c) return false;
    if (k->op == GORO_RECV) return c->count > 0 || c->closed || has_live_waiter(&c->senders);
    return c->closed || c->count < c->capacity || has_live_waiter(&c->receivers);
}

/* Fills r->ready; looks at each case once, since a claim elsewhere may change what a second look would see. */
static size_t list_ready(struct run *r) {
    size_t n = 0;
    for (size_t i = 0; i < r->n; i++)
        if (case_ready(&r->cases[i])) r->ready[n++] = (unsigned)i;
    return n;
}

/* The same without the locks: a guess, that a try under the lock confirms. A queue that is not empty may hold nobody but
 * selects that have been served elsewhere. */
static inline bool queue_looks_empty(const struct goro_queue_ *q) {
    return !__atomic_load_n(&q->first, __ATOMIC_RELAXED);
}
static inline bool looks_ready(const goro_select_case *k) {
    const struct chan *c = k->chan;
    if (!c) return false;
    if (__atomic_load_n(&c->closed, __ATOMIC_RELAXED)) return true;
    int64_t count = __atomic_load_n(&c->count, __ATOMIC_RELAXED);
    if (k->op == GORO_RECV) return count > 0 || !queue_looks_empty(&c->senders);
    return count < c->capacity || !queue_looks_empty(&c->receivers);
}

/* Does case i if it still can be done. */
static bool try_case(struct run *r, size_t i, struct g *g, struct waiter **woken) {
    goro_select_case *k = &r->cases[i];
    struct chan *c = k->chan;
    if (k->op == GORO_RECV) return chan_recv_locked(c, g, k->value, &k->ok, woken);
    if (c->closed) chan_send_on_closed(c, r->pc);
    return chan_send_locked(c, g, k->value, r->pc, woken);
}

/* Chooses among the ready cases and does one; CHOSE_NOTHING if there is none. All channels are locked. */
static int try_any(struct run *r, struct g *g, struct waiter **woken) {
    for (size_t n = list_ready(r); n > 0; n--) {
        size_t at = n > 1 ? choose(g, (unsigned)n) : 0;
        unsigned i = r->ready[at];
        if (try_case(r, i, g, woken)) return (int)i;
        r->ready[at] = r->ready[n - 1];
    }
    return CHOSE_NOTHING;
}

/* Tries the cases that look ready, in random order, until one is done. When alone, what looks ready and is not is no
 * more than a leftover waiter, so in the end nothing is ready. */
static inline int try_guess(struct run *r, struct g *g) {
    size_t n = 0;
    for (size_t i = 0; i < r->n; i++)
        if (looks_ready(&r->cases[i])) r->ready[n++] = (unsigned)i;
    for (; n > 0; n--) {
        size_t at = n > 1 ? choose(g, (unsigned)n) : 0;
        unsigned i = r->ready[at];
        struct chan *c = r->cases[i].chan;
        struct waiter *woken = NULL;
        lock_take(&c->lock);
        bool done = try_case(r, i, g, &woken);
        lock_drop(&c->lock);
        if (woken) chan_wake(woken);
        if (done) return (int)i;
        r->ready[at] = r->ready[n - 1];
    }
    return CHOSE_NOTHING;
}

/* -- waiting for all ------------------------------------------------------------------------------------------------- */

void select_drop_siblings(struct select *s, const struct waiter *winner, const struct goro_queue_ *q) {
    struct chan *c = container_of(q, struct chan, receivers);
    if (winner->weight == GORO_SEND) c = container_of(q, struct chan, senders);
    for (size_t i = 0; i < s->n; i++) {
        struct waiter *w = &s->waiters[i];
        if (w->queue == &c->receivers || w->queue == &c->senders) queue_remove(w->queue, w);
    }
}

struct timeout {
    struct alarm alarm;
    struct waiter waiter; /* of the select; stands in no queue */
};

static void timeout_ring(struct alarm *a, int64_t now) {
    (void)now;
    struct timeout *t = container_of(a, struct timeout, alarm);
    if (!select_claim(&t->waiter, NULL)) return;
    select_wake(&t->waiter);
}

static inline bool is_of(const struct waiter *w, const struct select *s) { return w && w->select == s; }

static void enqueue_all(struct run *r, struct select *s, struct g *g) {
    for (size_t i = 0; i < r->n; i++) {
        const goro_select_case *k = &r->cases[i];
        struct chan *c = k->chan;
        struct waiter *w = &s->waiters[i]; /* fields that select does not use stay as they are */
        w->g = g;
        w->value = k->value;
        w->pc = r->pc;
        w->select = s;
        w->weight = k->op;
        w->queue = NULL;
        if (!c) continue;
        if (is_of(c->receivers.last, s) || is_of(c->senders.last, s)) s->repeated = true;
        queue_push(k->op == GORO_RECV ? &c->receivers : &c->senders, w);
    }
}

static void dequeue_all(struct run *r, struct select *s) {
    const void *done =
        s->winner >= s->waiters && s->winner < s->waiters + s->n ? r->cases[s->winner - s->waiters].chan : NULL;
    bool locking = !is_alone();
    for (size_t i = 0; i < r->n; i++) {
        struct chan *c = r->cases[i].chan;
        struct waiter *w = &s->waiters[i];
        if (!c || c == done) continue;
        if (locking) lock_take(&c->lock);
        if (w->queue) queue_remove(w->queue, w);
        if (locking) lock_drop(&c->lock);
    }
}

/* Tells the watcher what the goroutine is going to wait for. Before any waker can come: from then on the goroutine's
 * clock is the waker's to change. Returns one of the channels. */
static const void *announce_block(const struct run *r, struct g *g) {
    const void *some = NULL;
    for (size_t i = 0; i < r->n; i++) {
        if (!r->cases[i].chan) continue;
        some = r->cases[i].chan;
        hook_block(task_of(g), HOOK_CHAN, some, r->pc);
    }
    if (!some) hook_block(task_of(g), HOOK_SELECT, NULL, r->pc);
    return some;
}

/* `frame_pc`: as leave_for's. */
GORO_INLINE void park_select(struct select *s, struct g *g, unsigned kind, const void *some, uintptr_t pc,
                             uintptr_t frame_pc) {
    lock_take(&s->lock);
    if (s->served) {
        lock_drop(&s->lock);
        return;
    }
    s->parked = true;
    park_in_frame(g, &s->lock, kind, some, pc, frame_pc);
}

/* All channels are locked, or nobody else is inside; and nothing is ready. */
GORO_INLINE int wait_any(struct run *r, struct g *g, struct waiter *waiters, int64_t timeout, uintptr_t frame_pc) {
    struct select s = {.waiters = waiters, .n = r->n};
    struct timeout t;
    const void *some = announce_block(r, g);
    if (timeout >= 0) hook_block(task_of(g), HOOK_SLEEP, NULL, r->pc);
    enqueue_all(r, &s, g);
    unlock_all(r);
    if (timeout >= 0) {
        int64_t now = pace_now();
        t = (struct timeout){.alarm.ring = timeout_ring, .waiter = {.g = g, .select = &s}};
        alarm_set(&t.alarm, clock_after(now, timeout), now);
    }
    bool empty = r->n == 0 && timeout < 0;
    park_select(&s, g, empty ? HOOK_SELECT | PARK_NO_CASES : HOOK_SELECT, some, r->pc, frame_pc);
    hook_unblock(task_of(g));
    if (timeout >= 0) alarm_clear(&t.alarm);
    dequeue_all(r, &s);
    if (s.winner == &t.waiter) return CHOSE_TIMEOUT;
    int i = (int)(s.winner - waiters);
    goro_select_case *k = &r->cases[i];
    k->ok = s.winner->ok;
    if (k->op == GORO_SEND && !k->ok) chan_send_on_closed(k->chan, r->pc);
    return i;
}

/* -- the whole ---------------------------------------------------------------------------------------------------------- */

/* Every case's channel is used, chosen or not: that is ordered with its free. */
static void use_all(const struct run *r, struct g *g) {
#ifdef GORO_RACE
    for (size_t i = 0; i < r->n; i++) {
        struct chan *c = r->cases[i].chan;
        if (c) chan_use(c, g, r->cases[i].op == GORO_SEND ? HOOK_USE_TRY_SEND : HOOK_USE_TRY_RECEIVE, r->pc);
    }
#else
    (void)r, (void)g;
#endif
}

/* What to do when the guess was wrong or nothing looked ready. timeout_ns < 0: none. `alone`: since before the guess, which
 * is certain then. Returns a case's index, CHOSE_DEFAULT or CHOSE_TIMEOUT. */
GORO_INLINE int decide_for_certain(struct run *r, struct g *g, struct waiter *waiters, bool alone, bool has_default,
                                   int64_t timeout_ns, uintptr_t frame_pc) {
    bool may_wait = !has_default && timeout_ns != 0;
    if (!alone) {
        struct waiter *woken = NULL;
        order_channels(r);
        lock_all(r);
        int chosen = try_any(r, g, &woken);
        if (chosen != CHOSE_NOTHING || !may_wait) unlock_all(r);
        if (woken) chan_wake(woken);
        if (chosen != CHOSE_NOTHING) return chosen;
    }
    if (may_wait) return wait_any(r, g, waiters, timeout_ns, frame_pc);
    return has_default ? CHOSE_DEFAULT : CHOSE_TIMEOUT;
}

static GORO_NOINLINE int run_select(struct run *r, struct g *g, struct waiter *waiters, bool has_default,
                                    int64_t timeout_ns) {
    use_all(r, g);
    bool alone = is_alone();
    int chosen = try_guess(r, g);
    if (chosen == CHOSE_NOTHING) chosen = decide_for_certain(r, g, waiters, alone, has_default, timeout_ns, 0);
    return chosen;
}

static int select_few(goro_select_case *cases, size_t n, bool has_default, int64_t timeout_ns, uintptr_t pc) {
    struct chan *order[FEW];
    unsigned ready_cases[FEW];
    struct waiter waiters[FEW];
    struct run r = {.cases = cases, .n = n, .order = order, .ready = ready_cases, .pc = pc};
    struct g *g = runtime_enter();
    int chosen = run_select(&r, g, waiters, has_default, timeout_ns);
    runtime_leave(g);
    return chosen;
}

static int select_many(goro_select_case *cases, size_t n, bool has_default, int64_t timeout_ns, uintptr_t pc) {
    struct g *g = runtime_enter();
    char *memory = calloc(n, sizeof(struct waiter) + sizeof(struct chan *) + sizeof(unsigned));
    if (!memory) environment_error("calloc", "no memory for a select's waiters", ENOMEM);
    struct waiter *waiters = (struct waiter *)memory;
    struct chan **order = (struct chan **)(waiters + n);
    struct run r = {.cases = cases, .n = n, .order = order, .ready = (unsigned *)(order + n), .pc = pc};
    int chosen = run_select(&r, g, waiters, has_default, timeout_ns);
    free(memory);
    runtime_leave(g);
    return chosen;
}

static GORO_NOINLINE int select_run(goro_select_case *cases, size_t n, bool has_default, int64_t timeout_ns,
                                    uintptr_t pc) {
    hook_begins(pc);
    return (n <= FEW ? select_few : select_many)(cases, n, has_default, timeout_ns, pc);
}

int select_cases(goro_select_case *cases, size_t n, uintptr_t pc) { return select_run(cases, n, false, -1, pc); }

GORO_API int goro_select(goro_select_case *cases, size_t n, bool has_default) {
    uintptr_t pc = CALLER;
    for (size_t i = 0; i < n; i++)
        if (cases[i].op == GORO_SEND && cases[i].chan) {
            hook_read(cases[i].value, ((struct chan *)cases[i].chan)->element_bytes, pc);
            hook_value_given(cases[i].value, ((struct chan *)cases[i].chan)->element_bytes);
        }
    int chosen = select_run(cases, n, has_default, -1, pc);
    if (chosen >= 0 && cases[chosen].op == GORO_RECV && cases[chosen].value)
        hook_write(cases[chosen].value, ((struct chan *)cases[chosen].chan)->element_bytes, pc);
    return chosen;
}

/* -- chan_select's two passes --------------------------------------------------------------------------------------------- */

/* The first bytes of goro_select_.bytes are for the value that is received, if it fits; values to send follow. */
enum { VALUE_ROOM = 64 };
_Static_assert((int)VALUE_ROOM < (int)GORO_SELECT_ROOM_ && VALUE_ROOM % 16 == 0,
               "room for sent values is left, and aligned");

struct block {
    struct block *next;
    _Alignas(16) char bytes[];
};

/* Memory until the body runs: from the user's frame if there is room. */
static void *select_room(struct goro_select_ *s, size_t bytes) {
    size_t rounded = (bytes + 15) & ~(size_t)15;
    if (rounded >= bytes && rounded <= sizeof s->bytes - s->sent_bytes) {
        s->sent_bytes += rounded;
        return s->bytes + s->sent_bytes - rounded;
    }
    struct block *b = malloc(sizeof *b + bytes);
    if (!b) environment_error("malloc", "no memory for a select's values", ENOMEM);
    b->next = s->heap;
    s->heap = b;
    return b->bytes;
}

GORO_API void goro_select_release_(struct goro_select_ *s) {
    for (struct block *b = s->heap, *next; b; b = next) {
        next = b->next;
        free(b);
    }
    s->heap = NULL;
}

static void select_begin_slow(struct goro_select_ *s) {
    s->has_default = false;
    s->count = s->timeouts = s->first_timeout = 0;
    s->room = FEW;
    s->value_bytes = 0;
    s->sent_bytes = VALUE_ROOM;
    s->timeout = -1;
    s->cases = s->few;
    s->value = s->heap = NULL;
}
GORO_INLINE void select_begin(struct goro_select_ *s) {
    if (s->count < 0) select_begin_slow(s);
}

static GORO_COLD void double_cases(struct goro_select_ *s) {
    goro_select_case *more = select_room(s, 2 * (size_t)s->room * sizeof *more);
    copy_large((char *)more, (const char *)s->cases, (size_t)s->room * sizeof *more);
    s->cases = more;
    s->room *= 2;
}

GORO_INLINE goro_select_case *add_case(struct goro_select_ *s) {
    select_begin(s);
    if (unlikely(s->count == s->room)) double_cases(s);
    return &s->cases[s->count++];
}

GORO_API void goro_select_recv_(struct goro_select_ *s, void *c, size_t bytes) {
    goro_select_case *k = add_case(s);
    k->op = GORO_RECV;
    k->chan = c;
    k->value = s->bytes;
    if (bytes > s->value_bytes) s->value_bytes = bytes;
}

GORO_API void goro_select_send_(struct goro_select_ *s, void *c, const void *value, size_t bytes) {
    goro_select_case *k = add_case(s);
    k->op = GORO_SEND;
    k->chan = c;
    hook_value_given(value, bytes);
    if (c) copy_element(k->value = select_room(s, bytes), value, bytes);
}

GORO_API void goro_select_timeout_(struct goro_select_ *s, int64_t ns) {
    select_begin(s);
    if (ns < 0) ns = 0;
    if (s->timeout < 0 || ns < s->timeout) {
        s->timeout = ns;
        s->first_timeout = s->timeouts;
    }
    s->timeouts++;
}

GORO_API void goro_select_default_(struct goro_select_ *s) {
    select_begin(s);
    s->has_default = true;
}

static GORO_NOINLINE void make_room_for_value(struct goro_select_ *s) {
    s->value = select_room(s, s->value_bytes);
    for (int i = 0; i < s->count; i++)
        if (s->cases[i].op == GORO_RECV) s->cases[i].value = s->value;
}

/* Makes the second pass run the body of what was chosen. */
GORO_INLINE bool decided(struct goro_select_ *s, int chosen) {
    bool received = chosen >= 0 && s->cases[chosen].op == GORO_RECV;
    if (received) s->ok = s->cases[chosen].ok;
    else if (unlikely(s->heap)) goro_select_release_(s);
    s->chosen = chosen == CHOSE_TIMEOUT ? CHOSE_TIMEOUT - s->first_timeout : chosen;
    s->cursor = s->timeouts = 0;
    s->pass = 2;
    return true;
}

static GORO_NOINLINE bool decide_the_long_way(struct goro_select_ *s, uintptr_t pc) {
    return decided(s, select_run(s->cases, (size_t)s->count, s->has_default, s->timeout, pc));
}

/* Of at most FEW cases; the guess was in vain. Leaves the runtime. */
static GORO_RETURNS_ELSEWHERE bool decide_and_leave(struct goro_select_ *s, struct g *g, bool alone, uintptr_t pc) {
    struct chan *order[FEW];
    unsigned ready_cases[FEW];
    struct waiter waiters[FEW];
    struct run r = {.cases = s->cases, .n = (size_t)s->count, .order = order, .ready = ready_cases, .pc = pc};
    int chosen = decide_for_certain(&r, g, waiters, alone, s->has_default, s->timeout, pc);
    runtime_leave(g);
    return decided(s, chosen);
}

GORO_API bool goro_select_decide_(struct goro_select_ *s) {
    select_begin(s);
    s->value = s->bytes;
    if (unlikely(s->value_bytes > VALUE_ROOM)) make_room_for_value(s);
    struct m *m = s->count <= FEW ? enter_quickly() : NULL;
    if (unlikely(!m)) return decide_the_long_way(s, CALLER);
    unsigned ready_cases[FEW];
    struct run r = {.cases = s->cases, .n = (size_t)s->count, .ready = ready_cases, .pc = CALLER};
    use_all(&r, m->g);
    bool alone = is_alone();
    int chosen = try_guess(&r, m->g);
    if (chosen == CHOSE_NOTHING) return decide_and_leave(s, m->g, alone, CALLER);
    leave_quickly(m);
    return decided(s, chosen);
}
