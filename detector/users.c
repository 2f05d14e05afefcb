/* Channels and those who use them.
 *
 * A channel is known by a handle that the front keeps with it, so that the usual operation, one like an earlier one of the
 * same goroutine, is a look at a few entries. Handles are numbers of a table, and the address is compared: one that was
 * freed and is used after all leads to nothing.
 *
 * Uses are noted when they begin. One that waits now has not been made yet: it is left out when they are told.
 *
 * Always true
 *  1. A channel's address is 0 exactly while it stands in the list of unused ones. Then it has no uses.
 *  2. Each side has at most SIDE_MAX uses, which differ in task, kind or place, and besides one that is a close; `others`
 *     counts the operations that are none of them. The oldest are kept: uses are only added as long as the channel lives, so who looks needs no lock.
 *  3. Memory that was a channel's or its uses' is never anything else's.
 *
 * Threads: any. All but one more of a known use changes under the table's lock, inside the world. */
#include "detector/users.h"
#include "detector/arena.h"
#include "detector/path.h"
#include "detector/trail.h"
#include "detector/waitgraph.h"
#include "detector/world.h"

#include <string.h>

enum { SIDE_FIRST = 2, SIDE_MAX = 8, REST = SIDE_MAX + 1 - SIDE_FIRST, CHUNK = 64, CHUNKS_MAX = 1 << 15 };

struct use {
    const struct task_record *record;
    uintptr_t pc;
    uint64_t count;
    uint32_t site;
    uint8_t how; /* enum det_use */
};

/* Those who send or close, and those who receive: who waits on one side is helped by the other. */
enum { SENDS, RECEIVES, SIDES };
struct side {
    uint32_t count, others;
    struct use *rest; /* REST, when there are so many */
    struct use first[SIDE_FIRST];
};
struct channel {
    uintptr_t address;
    uint32_t next; /* of the unused ones; 0: the last */
    struct side sides[SIDES];
};
_Static_assert(sizeof(struct channel) * CHUNK <= ARENA_SMALL_MAX, "a chunk is a small object");

static struct {
    struct engine_lock lock;
    uint32_t made, unused; /* handles 1 to made; the first unused one */
    struct channel *chunks[CHUNKS_MAX];
} table;

/* A bit for each kind, for this is asked at each use. */
GORO_INLINE unsigned side_of(unsigned how) { return (1u << DET_USE_RECEIVE | 1u << DET_USE_TRY_RECEIVE) >> how & 1; }
_Static_assert(SENDS == 0 && RECEIVES == 1, "a bit is a side");

GORO_INLINE struct channel *at(uint32_t handle) { return &table.chunks[(handle - 1) / CHUNK][(handle - 1) % CHUNK]; }

GORO_INLINE struct use *use_at(const struct side *s, uint32_t i) {
    return i < SIDE_FIRST ? (struct use *)&s->first[i] : &s->rest[i - SIDE_FIRST];
}
/* acquire: pairs with the release in add, behind which the use is whole */
GORO_INLINE uint32_t count_of(const struct side *s) { return __atomic_load_n(&s->count, __ATOMIC_ACQUIRE); }

/* The channel's; NULL if the handle is none, or another's. */
GORO_INLINE struct channel *find(uint32_t handle, uintptr_t address) {
    /* acquire: pairs with the release in make, behind which is the chunk */
    if (unlikely(!handle) || unlikely(handle > __atomic_load_n(&table.made, __ATOMIC_ACQUIRE))) return NULL;
    struct channel *c = at(handle);
    /* relaxed: set before the handle was given out */
    return likely(__atomic_load_n(&c->address, __ATOMIC_RELAXED) == address) ? c : NULL;
}

/* A handle that nobody has; 0: no memory. */
static uint32_t make_locked(void) {
    uint32_t handle = table.unused, chunk = table.made / CHUNK;

    if (handle) {
        table.unused = at(handle)->next;
        return handle;
    }
    if (chunk == CHUNKS_MAX) return 0;
    if (!table.chunks[chunk] && !(table.chunks[chunk] = arena_zalloc(CHUNK * sizeof(struct channel)))) return 0;
    __atomic_store_n(&table.made, table.made + 1, __ATOMIC_RELEASE);
    return table.made;
}

static struct channel *begin_locked(uintptr_t address, uint32_t *handle) {
    struct channel *c = find(*handle, address); /* two may come at once */

    if (c) return c;
    __atomic_store_n(handle, make_locked(), __ATOMIC_RELAXED);
    if (!*handle) {
        engine_degraded("no memory to remember who uses channels: findings do not say it");
        return NULL;
    }
    __atomic_store_n(&at(*handle)->address, address, __ATOMIC_RELAXED);
    return at(*handle);
}

/* -- a use ------------------------------------------------------------------------------------------------------------- */

/* Is it once more what was done before? Relaxed: a number, for findings. */
GORO_INLINE bool repeat(struct use *u, const struct det_task *t, unsigned how, uintptr_t pc) {
    if (u->pc != pc || u->record != t->record || u->how != how) return false;
    if (engine_is_single()) u->count++;
    else __atomic_fetch_add(&u->count, 1, __ATOMIC_RELAXED);
    return true;
}

static bool repeat_any(struct side *s, const struct det_task *t, unsigned how, uintptr_t pc) {
    uint32_t n = count_of(s);

    for (uint32_t i = 0; i < n; i++)
        if (repeat(use_at(s, i), t, how, pc)) return true;
    if (n < SIDE_MAX || how == DET_USE_CLOSE) return false; /* a channel is closed once */
    __atomic_fetch_add(&s->others, 1, __ATOMIC_RELAXED);
    return true;
}

static void add_locked(struct side *s, struct det_task *t, unsigned how, uintptr_t pc) {
    if (repeat_any(s, t, how, pc)) return; /* two tasks never; but it may be full now */
    if (s->count >= SIDE_FIRST && !s->rest) s->rest = arena_alloc(REST * sizeof *s->rest);
    if (how == DET_USE_BY_SIGNALS || s->count > SIDE_MAX || (s->count >= SIDE_FIRST && !s->rest)) {
        __atomic_fetch_add(&s->others, 1, __ATOMIC_RELAXED);
        return;
    }
    *use_at(s, s->count) = (struct use){t->record, pc, 1, trail_site(t, pc), (uint8_t)how};
    __atomic_store_n(&s->count, s->count + 1, __ATOMIC_RELEASE); /* pairs with count_of */
}

static GORO_NOINLINE void use_new(struct det_task *t, uintptr_t address, uint32_t *handle, unsigned how, uintptr_t pc) {
    ENGINE_SECTION;
    struct channel *c;

    world_enter(t);
    engine_lock_take(&table.lock);
    c = begin_locked(address, handle);
    if (c) add_locked(&c->sides[side_of(how)], t, how, pc);
    engine_lock_drop(&table.lock);
    world_leave(t);
}

static GORO_NOINLINE void use_other(struct det_task *t, uintptr_t address, uint32_t *handle, unsigned how,
                                    uintptr_t pc) {
    struct channel *c = find(__atomic_load_n(handle, __ATOMIC_RELAXED), address);

    if (!c || !repeat_any(&c->sides[side_of(how)], t, how, pc)) use_new(t, address, handle, how, pc);
}

/* Mostly there is but one on each side. The rest is a call at the end, so that no registers are saved for it. */
void det_channel_used(struct det_task *t, uintptr_t channel, uint32_t *handle, enum det_use how, uintptr_t pc) {
    struct channel *c = find(__atomic_load_n(handle, __ATOMIC_RELAXED), channel);
    struct side *s = c ? &c->sides[side_of(how)] : NULL;

    if (likely(s) && likely(count_of(s)) && likely(repeat(&s->first[0], t, how, pc))) return;
    use_other(t, channel, handle, how, pc);
}

void det_channel_gone(struct det_task *t, uintptr_t channel, uint32_t handle) {
    ENGINE_SECTION;
    struct channel *c;

    world_enter(t);
    engine_lock_take(&table.lock);
    c = find(handle, channel);
    if (c) {
        for (unsigned i = 0; i < SIDES; i++) c->sides[i] = (struct side){.rest = c->sides[i].rest};
        __atomic_store_n(&c->address, 0, __ATOMIC_RELAXED);
        c->next = table.unused;
        table.unused = handle;
    }
    engine_lock_drop(&table.lock);
    world_leave(t);
}

/* -- telling -------------------------------------------------------------------------------------------------------------- */

/* By its address: for findings, which are few. */
static struct channel *find_address(uintptr_t address) {
    uint32_t made = __atomic_load_n(&table.made, __ATOMIC_ACQUIRE); /* as in find */

    for (uint32_t h = 1; address && h <= made; h++)
        if (__atomic_load_n(&at(h)->address, __ATOMIC_RELAXED) == address) return at(h);
    return NULL;
}

static enum finding_role role_of(unsigned how) {
    switch (how) {
    case DET_USE_SEND: return FINDING_SENT;
    case DET_USE_RECEIVE: return FINDING_RECEIVED;
    case DET_USE_CLOSE: return FINDING_CLOSED;
    case DET_USE_TRY_SEND: return FINDING_TRIED_SEND;
    default: return FINDING_TRIED_RECEIVE;
    }
}

static bool waits_on(const struct task_wait *w, uintptr_t channel, const struct use *u) {
    if (path_value(w->site) != u->pc) return false;
    for (uint32_t i = 0; i < task_wait_known(w); i++)
        if (task_wait_object(w, i) == channel) return true;
    return false;
}

/* How often it was made: the last time, it may wait still. */
static uint64_t count_made(uintptr_t channel, const struct use *u, const struct task_record *r) {
    struct task_wait w;

    return u->count - (r->task && waitgraph_read(r->task, &w) && waits_on(&w, channel, u));
}

static void tell_side(const struct channel *c, const struct side *s, struct plight *p) {
    for (uint32_t i = 0, n = count_of(s); i < n; i++) {
        const struct use *u = use_at(s, i);
        const struct task_record *r = task_last_tenure(u->record);
        uint64_t count = count_made(c->address, u, r);
        struct finding_part *x = NULL;

        if (count) x = plight_add(p, role_of(u->how), r, FINDING_CHAN, c->address, u->site);
        if (x) x->count = count, plight_tell_place(p, x);
    }
    if (s->others) {
        struct finding_part *x = plight_add(p, s == c->sides ? FINDING_TRIED_SEND : FINDING_TRIED_RECEIVE, NULL,
                                            FINDING_CHAN, c->address, 0);
        if (x) x->count = s->others;
    }
}

/* The side that the wait is on; SIDES: none that is known, or both. */
static unsigned waiting_side(const struct channel *c, const struct task_record *r, const struct task_wait *w) {
    unsigned found = SIDES;

    for (unsigned i = 0; i < SIDES; i++)
        for (uint32_t j = 0; j < count_of(&c->sides[i]); j++) {
            const struct use *u = use_at(&c->sides[i], j);

            if (task_last_tenure(u->record) != r || !waits_on(w, c->address, u)) continue;
            if (found != SIDES && found != i) return SIDES;
            found = i;
        }
    return found;
}

static void tell_channel(uintptr_t address, const struct task_record *r, const struct task_wait *w,
                         struct finding_part *wait, struct plight *p) {
    struct channel *c = find_address(address);
    bool told = plight_tells_of(p, address);
    unsigned side;

    if (!c) return;
    side = waiting_side(c, r, w);
    if (wait && w->cases == 1 && side != SIDES) wait->side = side == SENDS ? FINDING_SENDS : FINDING_RECEIVES;
    for (unsigned i = 0; i < SIDES && !told; i++) tell_side(c, &c->sides[i], p);
}

void users_tell(const struct task_record *r, const struct task_wait *w, struct finding_part *wait, struct plight *p) {
    if (w->kind != FINDING_CHAN && w->kind != FINDING_SELECT) return;
    for (uint32_t i = 0; i < task_wait_known(w); i++) tell_channel(task_wait_object(w, i), r, w, wait, p);
}

bool users_closed(uintptr_t channel, const struct task_record **who, uint32_t *site) {
    const struct channel *c = find_address(channel);
    const struct side *s = c ? &c->sides[SENDS] : NULL;

    for (uint32_t i = 0; s && i < count_of(s); i++) {
        const struct use *u = use_at(s, i);

        if (u->how != DET_USE_CLOSE) continue;
        *who = task_last_tenure(u->record);
        *site = u->site;
        return true;
    }
    return false;
}

/* -- the engine's own ------------------------------------------------------------------------------------------------------ */

void users_mark(void) {
    for (uint32_t h = 1; h <= table.made; h++)
        for (unsigned i = 0; i < SIDES; i++)
            for (uint32_t j = 0; j < at(h)->sides[i].count; j++) {
                const struct use *u = use_at(&at(h)->sides[i], j);

                path_mark(u->site);
                task_mark_record((uintptr_t)u->record);
            }
}

void users_check(void) {
    uint32_t unused = 0, nobodys = 0;

    for (uint32_t h = table.unused; h; h = at(h)->next) unused++;
    for (uint32_t h = 1; h <= table.made; h++) {
        nobodys += !at(h)->address;
        for (unsigned i = 0; i < SIDES; i++) {
            const struct side *s = &at(h)->sides[i];

            goro_assert(s->count <= SIDE_MAX + 1 && (s->count <= SIDE_FIRST || s->rest));
            goro_assert(at(h)->address || (!s->count && !s->others));
        }
    }
    goro_assert(unused == nobodys);
}

void users_engine_init(void) {
    /* what an engine before this one has made; the rest is zero, and not touched for nothing */
    memset(table.chunks, 0, (table.made + CHUNK - 1) / CHUNK * sizeof *table.chunks);
    table.made = table.unused = 0;
    engine_lock_keep(&table.lock);
}
