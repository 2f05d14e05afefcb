/* Goroutine records: blocks of them, the pool, ids, names, deferred calls.
 *
 * Always true: a record once made is readable for ever (g.h, invariant 4); `blocks` lists all of them.
 *
 * Threads: a P's free list by its owner; the pool and the blocks under records.mutex. */
#include "runtime/proc.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

enum { PER_BLOCK = 340, BATCH = 64, ID_BATCH = 64, CELLS_BYTES = 64 * 1024 };

struct block {
    struct block *next;
    struct g records[PER_BLOCK];
};
_Static_assert(sizeof(struct block) <= 65536, "a block of records");

static struct {
    struct os_mutex mutex;
    struct g *free;
    struct block *blocks; /* the newest first: of that one `carved` have been in use */
    unsigned carved;
    void *cells; /* linked through their first word */
} records;

static void *map_memory(size_t n) {
    void *p = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED) environment_error("mmap", "no memory for a goroutine's record", errno);
    return p;
}

/* -- records --------------------------------------------------------------------------------------------------------- */

static void add_block_locked(void) {
    struct block *b = map_memory(sizeof *b);
    records.carved = 0;
    b->next = records.blocks;
    __atomic_store_n(&records.blocks, b, __ATOMIC_RELEASE); /* pairs with records_walk */
}

/* One that nobody has used yet: a block's memory is touched as it is needed. */
static struct g *carve_locked(void) {
    if (!records.blocks || records.carved == PER_BLOCK) add_block_locked();
    return &records.blocks->records[records.carved++];
}

void records_refill(struct p *p) {
    monitor_want(); /* somebody will wait for a processor from now on */
    os_mutex_lock(&records.mutex);
    for (unsigned i = 0; i < BATCH; i++) {
        struct g *g = records.free;
        if (g) records.free = g->next;
        else g = carve_locked();
        g->next = p->free_g;
        p->free_g = g;
        p->free_count++;
    }
    os_mutex_unlock(&records.mutex);
}

void records_drain(struct p *p) {
    uint32_t n = p->free_count / 2;
    struct g *first = p->free_g, *last = first;
    for (uint32_t i = 1; i < n; i++) last = last->next;
    p->free_g = last->next;
    p->free_count -= n;
    os_mutex_lock(&records.mutex);
    last->next = records.free;
    records.free = first;
    os_mutex_unlock(&records.mutex);
}

void records_walk(void (*visit)(struct g *g, void *arg), void *arg) {
    visit(&main_g, arg);
    for (struct block *b = __atomic_load_n(&records.blocks, __ATOMIC_ACQUIRE); b; b = b->next)
        for (unsigned i = 0; i < PER_BLOCK; i++)
            if (hint_get(b->records[i].state) != G_FREE) visit(&b->records[i], arg);
    for (struct m *m = sched.all_ms; m; m = m->next)
        if (m->foreign && m->foreign_g.state != G_FREE) visit(&m->foreign_g, arg);
}

void ids_refill(struct p *p) {
    os_mutex_lock(&sched.mutex);
    p->next_id = sched.next_id + 1;
    sched.next_id += ID_BATCH;
    p->id_end = sched.next_id + 1;
    os_mutex_unlock(&sched.mutex);
}

uint64_t g_count(void) {
    int64_t n = 1; /* main */
    for (unsigned i = 0; i < MOST_PROCS && p_at(i); i++) n += hint_get(p_at(i)->alive);
    return n > 0 ? (uint64_t)n : 1;
}

uint64_t g_id(const struct g *g) { return g->id; }
void *g_task(const struct g *g) { return g->task; }
void **g_slot(struct g *g) { return &g->slot; }

/* -- names and deferred calls --------------------------------------------------------------------------------------------- */

void *cell_get(void) {
    os_mutex_lock(&records.mutex);
    if (!records.cells) {
        char *block = map_memory(CELLS_BYTES);
        for (size_t i = 0; i < CELLS_BYTES; i += CELL_BYTES) {
            *(void **)(block + i) = records.cells;
            records.cells = block + i;
        }
    }
    void *cell = records.cells;
    records.cells = *(void **)cell;
    os_mutex_unlock(&records.mutex);
    return cell;
}

void cell_put(void *cell) {
    os_mutex_lock(&records.mutex);
    *(void **)cell = records.cells;
    records.cells = cell;
    os_mutex_unlock(&records.mutex);
}

void records_expect(void) {
    os_mutex_lock(&records.mutex);
    if (!records.blocks) add_block_locked();
    os_mutex_unlock(&records.mutex);
    cell_put(cell_get());
}

void g_set_name(struct g *g, const char *name) {
    if (!name) {
        if (g->name) cell_put(g->name);
        g->name = NULL;
    } else {
        if (!g->name) g->name = cell_get();
        size_t n = strnlen(name, CELL_BYTES - 1);
        memcpy(g->name, name, n);
        g->name[n] = 0;
    }
    hook_task_name(g->task, g->name ? g->name : "");
}

struct deferred {
    struct deferred *next;
    void (*fn)(void *);
    void *argument;
};
_Static_assert(sizeof(struct deferred) <= CELL_BYTES, "a deferred call fits a cell");

bool g_defer(struct g *g, void (*fn)(void *), void *argument) {
    struct deferred *d = cell_get();
    *d = (struct deferred){g->deferred, fn, argument};
    g->deferred = d;
    return true;
}

void deferred_walk(const struct g *g, void (*visit)(void *const *argument, void *arg), void *arg) {
    for (const struct deferred *d = g->deferred; d; d = d->next) visit(&d->argument, arg);
}

void deferred_run(struct g *g) {
    struct deferred *d;
    while ((d = g->deferred)) {
        struct deferred call = *d;
        g->deferred = d->next;
        cell_put(d);
        runtime_leave(g);
        call.fn(call.argument);
        runtime_enter();
    }
}
