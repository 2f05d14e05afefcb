/* Marks instructions whose accesses meet those of other goroutines: sharing.h says what for.
 *
 * A mark is a bit in a table, at a hash of the pc. Two pcs of one hash cost a needless choice, no more; addresses are the
 * same in all schedules.
 *
 * Not done: marks by the address of what is accessed. Blocks of the heap lie elsewhere in another schedule, and of two
 * goroutines that pass through a list of their own each all would be choices. */
#include "instrument/sharing.h"
#include "instrument/decisions.h"
#include "instrument/dfs.h"
#include "instrument/footprint.h"

#include <errno.h>

enum { WORD = 8 };

static struct {
    uint8_t bits[UINT16_MAX / 8 + 1];
    uint16_t news[WIRE_MARKS_MAX];
    size_t news_count;
} marks;

static uint16_t mark_of(uintptr_t pc) { return (uint16_t)(pc * UINT64_C(0x9e3779b97f4a7c15) >> 48); }
static bool is_marked(uint16_t m) { return marks.bits[m / 8] >> m % 8 & 1; }
static void set(uint16_t m) { marks.bits[m / 8] |= (uint8_t)(1u << m % 8); }

static void mark(uintptr_t pc) {
    uint16_t m = mark_of(pc);
    if (is_marked(m) || marks.news_count == WIRE_MARKS_MAX) return;
    set(m);
    marks.news[marks.news_count++] = m;
}

/* By words, as the shadow knows them. */
static void touch(uintptr_t address, size_t size, bool writes) {
    enum { WORDS_MAX = 8 };
    uintptr_t first = address / WORD, last = (address + size - 1) / WORD;
    if (last - first >= WORDS_MAX) dfs_touch(0, writes);
    else
        for (uintptr_t word = first; word <= last; word++) dfs_touch(word * WORD, writes);
}

static bool is_point(uintptr_t address, size_t size, unsigned kind, uintptr_t pc) {
    uintptr_t other;
    if (is_marked(mark_of(pc))) return true;
    if (!det_meets_another(front_self.task, address, size, kind, &other)) return false;
    mark(pc);
    if (other) mark(other);
    return true;
}

/* A loop that waits for others must read: so reads are counted besides. errno has been located already: nobody else is put on
 * between that and its access. */
void sharing_access(uintptr_t address, size_t size, unsigned kind, uintptr_t pc) {
    front_task();
    if (front_self.is_thread || address == (uintptr_t)__errno_location()) return;
    if (unlikely(footprint_on)) footprint_access(address, kind, pc);
    bool point = !decisions_followed && is_point(address, size, kind, pc);
    if (unlikely(strategy_steers)) point |= strategy_meets(det_task_id(front_self.task), pc);
    int32_t cost = decisions_followed || kind & DET_WRITE ? 0 : strategy_read_cost();
    if (decisions_followed) front_self.fuel--;
    else front_cut(point ? 0 : front_self.fuel - cost, 1);
    if (point) strategy_access(det_task_id(front_self.task), address / WORD, kind & DET_WRITE);
    if (front_self.fuel <= 0) front_out_of_fuel();
    if (dfs_on && point) touch(address, size, kind & DET_WRITE);
}

void sharing_lock(uintptr_t pc) {
    if (front_self.is_thread || !strategy_meets(det_task_id(front_task()), pc)) return;
    front_cut(0, 0);
    front_out_of_fuel();
}

void sharing_atomic(uintptr_t address, size_t size, bool writes, int32_t cost, uintptr_t pc) {
    if (unlikely(footprint_on)) footprint_access(address, DET_ATOMIC | (writes ? DET_WRITE : 0), pc);
    strategy_access(det_task_id(front_task()), address / WORD, writes);
    front_burn(cost);
    if (dfs_on) touch(address, size, writes);
}

void sharing_learn(const uint16_t *learned, size_t n) {
    for (size_t i = 0; i < n; i++) set(learned[i]);
}

size_t sharing_news(const uint16_t **news) {
    *news = marks.news;
    return marks.news_count;
}
