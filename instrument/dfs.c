/* Follows choices, and tells of those that were there: dfs.h says what for.
 *
 * Always true
 *  1. Told is the last of the given choices and all that comes behind it: goro-race knows the rest.
 *  2. A goroutine that sleeps is never chosen. When it must run, because all that can run sleep, what comes has been seen in
 *     another schedule: this one ends there, as redundant.
 *  3. A step is what a goroutine does from one choice to the next. An operation of which no event tells what it touched has
 *     touched everything. */
#include "instrument/dfs.h"
#include "instrument/wire_out.h"
#include "runtime/base/base.h"

#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { WORDS_MAX = 1 << 16, SLEEPERS_MAX = 64, ABOUT_MAX = 256, CHOICES_OF_ONE_MAX = 250, RECENT = 32 };

bool dfs_on;

static struct {
    const uint8_t *choices;
    size_t choice_count, at;
    const uint64_t *sleepers[SLEEPERS_MAX]; /* each an id, a count, so many touches; NULL: it has been woken */
    unsigned sleeper_count;
    uint64_t running;
    uint64_t about[ABOUT_MAX]; /* goroutines whose next step is an operation */
    unsigned about_count;
    bool operation; /* this step is one, and has touched nothing yet */
    bool complete;
    size_t count, step; /* words; where those of this step begin */
    uint64_t words[WORDS_MAX];
} self;

static bool tells(void) { return self.at >= self.choice_count && self.complete; }

static void tell(uint64_t word) {
    if (self.count == WORDS_MAX) self.complete = false;
    else self.words[self.count++] = word;
}

static _Noreturn void end_as_redundant(void) {
    tell(WIRE_CHOICE_REDUNDANT);
    wire_out_goodbye();
    syscall(SYS_exit_group, 0);
    __builtin_unreachable();
}

/* -- sleeping ------------------------------------------------------------------------------------------------------ */

static bool is_asleep(uint64_t id) {
    if (self.at < self.choice_count) return false;
    for (unsigned i = 0; i < self.sleeper_count; i++)
        if (self.sleepers[i] && self.sleepers[i][0] == id) return true;
    return false;
}

static bool depends(const uint64_t *sleeper, uint64_t touch) {
    for (uint64_t i = 0; i < sleeper[1]; i++)
        if (wire_touches_depend(sleeper[2 + i], touch)) return true;
    return false;
}

static void wake(uint64_t touch) {
    for (unsigned i = 0; i < self.sleeper_count; i++)
        if (self.sleepers[i] && depends(self.sleepers[i], touch)) self.sleepers[i] = NULL;
}

void dfs_begin(const uint64_t *sleep, size_t sleep_count, const uint8_t *choices, size_t choice_count) {
    memset(&self, 0, offsetof(__typeof__(self), words));
    self.choices = choices;
    self.choice_count = choice_count;
    self.running = 1;
    self.complete = true;
    for (size_t i = 0; i + 2 <= sleep_count && self.sleeper_count < SLEEPERS_MAX; i += 2 + sleep[i + 1])
        self.sleepers[self.sleeper_count++] = sleep + i;
    dfs_on = true;
}

/* -- steps --------------------------------------------------------------------------------------------------------- */

static bool is_known(uint64_t touch) {
    for (size_t i = self.count; i > self.step && i + RECENT > self.count; i--)
        if (self.words[i - 1] == touch) return true;
    return false;
}

static void forget_about(uint64_t id) {
    for (unsigned i = 0; i < self.about_count; i++)
        if (self.about[i] == id) self.about[i--] = self.about[--self.about_count];
}

static void touch_nothing(void) {
    self.operation = false;
    if (self.about_count) forget_about(self.running);
}

void dfs_touch(uint64_t object, bool writes) {
    uint64_t touch = wire_touch(object, writes);
    touch_nothing();
    if (!tells() || is_known(touch)) return;
    tell(touch);
    wake(touch);
}

void dfs_operation(void) {
    forget_about(self.running);
    if (self.about_count == ABOUT_MAX) self.complete = false;
    else self.about[self.about_count++] = self.running;
}

static void end_step(void) {
    if (self.operation) dfs_touch(0, true);
}

static void begin_step(uint64_t id) {
    self.running = id;
    self.step = self.count;
    for (unsigned i = 0; i < self.about_count; i++) self.operation |= self.about[i] == id;
    if (self.operation) forget_about(id);
}

/* Without a choice: nobody else could run. */
static void put_on(uint64_t id) {
    if (id == self.running) return;
    end_step();
    if (is_asleep(id)) end_as_redundant();
    if (tells()) tell(WIRE_CHOICE_RUN | id << WIRE_CHOICE_SHIFT);
    begin_step(id);
}

void dfs_event(uint64_t task, enum wire_event_kind kind, uint64_t other) {
    enum { TIME = 1 }; /* an object */
    switch (kind) {
    case WIRE_EVENT_RUN: put_on(task); break;
    case WIRE_EVENT_ACQUIRE: dfs_touch(other, false); break;
    case WIRE_EVENT_READY: dfs_touch(~task, true); break;
    case WIRE_EVENT_MEET: dfs_touch(~task, true), dfs_touch(~other, true); break;
    case WIRE_EVENT_BLOCK: dfs_touch(other ? other : TIME, true); break;
    case WIRE_EVENT_CREATE: /* these touch nothing that others know */
    case WIRE_EVENT_NAME:
    case WIRE_EVENT_END: touch_nothing(); break;
    case WIRE_EVENT_UNBLOCK: break;
    default: dfs_touch(other, true);
    }
}

void dfs_cut_short(void) { self.complete = false; }

/* -- choices ------------------------------------------------------------------------------------------------------- */

struct candidates {
    unsigned count, place[CHOICES_OF_ONE_MAX]; /* in the queue */
    uint64_t id[CHOICES_OF_ONE_MAX];
};

/* The one that runs if it can, else the next one in the order of ids that does not sleep. */
static unsigned choose_first(const struct candidates *c, uint64_t running) {
    unsigned best = c->count;
    for (unsigned i = 0; i < c->count; i++) {
        if (is_asleep(c->id[i])) continue;
        if (c->id[i] == running) return i;
        if (best == c->count || c->id[i] - running < c->id[best] - running) best = i; /* ids wrap around */
    }
    return best;
}

static unsigned find(const struct candidates *c, uint64_t id) {
    unsigned i = 0;
    while (i < c->count && c->id[i] != id) i++;
    return i < c->count ? i : WIRE_CHOICE_NONE;
}

/* One of the given choices; false: they are used up. */
static bool take_given(unsigned n, unsigned *chosen) {
    if (self.at == self.choice_count) return false;
    *chosen = self.choices[self.at++];
    if (*chosen < n) return true;
    self.complete = false; /* the program is not the same each time */
    *chosen = 0;
    return true;
}

unsigned dfs_next(unsigned n, uint64_t (*id_of)(const void *q, unsigned i), const void *q, bool gives_way) {
    struct candidates c = {0};
    uint64_t running = self.running;
    unsigned chosen;
    end_step();
    for (unsigned i = 0; i < n && c.count < CHOICES_OF_ONE_MAX; i++) {
        if (gives_way && id_of(q, i) == running) continue;
        c.place[c.count] = i;
        c.id[c.count++] = id_of(q, i);
    }
    if (n > CHOICES_OF_ONE_MAX) self.complete = false;
    if (c.count == 1 && is_asleep(c.id[0])) end_as_redundant();
    if (c.count == 1) {
        if (tells() && c.id[0] != self.running) tell(WIRE_CHOICE_RUN | c.id[0] << WIRE_CHOICE_SHIFT);
        begin_step(c.id[0]);
        return c.place[0];
    }
    if (!take_given(c.count, &chosen)) {
        chosen = choose_first(&c, running);
        if (chosen == c.count) end_as_redundant();
    }
    if (tells()) {
        tell(wire_choice(WIRE_CHOICE_GOROUTINE, c.count, chosen, find(&c, running)));
        for (unsigned i = 0; i < c.count; i++) tell(c.id[i] << 1 | is_asleep(c.id[i]));
    }
    begin_step(c.id[chosen]);
    return c.place[chosen];
}

unsigned dfs_case(unsigned n) {
    unsigned chosen = 0, asleep = 0;
    if (n < 2) return 0;
    if (n > CHOICES_OF_ONE_MAX) {
        self.complete = false;
        return 0;
    }
    take_given(n, &chosen);
    if (!tells()) return chosen;
    for (unsigned i = 0; i < self.sleeper_count; i++) asleep += self.sleepers[i] != NULL;
    tell(wire_choice(WIRE_CHOICE_CASE, n, chosen, asleep));
    for (unsigned i = 0; i < self.sleeper_count; i++)
        if (self.sleepers[i]) tell(self.sleepers[i][0] << 1 | 1);
    return chosen;
}

size_t dfs_told(const uint64_t **words, bool *complete) {
    end_step();
    *words = self.words;
    *complete = self.complete;
    return self.count;
}
