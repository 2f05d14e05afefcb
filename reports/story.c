/* Turns events into steps.
 *
 * Always true
 *  1. At most EVENTS_MAX events and STEPS_MAX steps are kept, the last ones: what lies far back is counted only. */
#include "reports/story.h"
#include "reports/event.h"
#include "reports/words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

enum { EVENTS_MAX = 1 << 18, STEPS_MAX = 200, FEW = 4 /* goroutines, of which nobody is left out */ };

/* -- events -------------------------------------------------------------------------------------------------------- */

void story_take(struct story_events *s, struct process *p, struct wire_reader payload) {
    struct wire_field f;

    while (wire_next(&payload, &f) == 1) {
        if (f.tag != WIRE_EVENT_LIST || (s->process && s->process != p)) continue;
        s->process = p;
        for (size_t at = 0; at + sizeof *s->events <= f.length; at += sizeof *s->events) {
            if (s->count == EVENTS_MAX) {
                s->full = true;
                return;
            }
            s->events = memory_grow(s->events, s->count, &s->capacity, sizeof *s->events);
            memcpy(&s->events[s->count++], f.data + at, sizeof *s->events);
        }
    }
}

void story_forget(struct story_events *s) {
    free(s->events);
    *s = (struct story_events){0};
}

void story_free(struct story *s) {
    if (s) free(s->steps);
    free(s);
}

/* -- who ------------------------------------------------------------------------------------------------------------- */

struct actor {
    UT_hash_handle hh;
    uint64_t id;
    const char *name; /* NULL: unknown */
    bool shares_name, waits, ended, involved;
    bool met;                     /* its last wait has been looked at */
    const struct wire_event *use; /* its last use of a channel, until it is known which */
};

struct telling {
    const struct story_events *from;
    struct actor *actors, *running;
    struct story *story;
};

static struct actor *actor_of(struct telling *t, uint64_t id) {
    struct actor *a;

    HASH_FIND(hh, t->actors, &id, sizeof id, a);
    if (a) return a;
    a = memory_new(sizeof *a);
    a->id = id;
    if (id == 1) a->name = intern("main");
    HASH_ADD(hh, t->actors, id, sizeof a->id, a);
    return a;
}

static void name_actor(struct telling *t, uint64_t id, const char *name) {
    struct actor *a = actor_of(t, id);

    a->name = intern(name);
    for (struct actor *other = t->actors; other && a->name; other = other->hh.next)
        if (other != a && other->name == a->name) a->shares_name = other->shares_name = true;
}

/* Whoever has to do with what one of them waits for in the end belongs to the story, too. */
static void meet_others(struct telling *t) {
    const struct story_events *s = t->from;
    uint64_t objects[16];
    size_t n = 0;

    for (size_t i = s->count; i-- > 0 && n < array_length(objects);) {
        const struct wire_event *e = &s->events[i];
        struct actor *a = actor_of(t, e->task);
        if (e->kind != WIRE_EVENT_BLOCK || !e->other || !a->involved || a->met) continue;
        a->met = true;
        objects[n++] = e->other;
    }
    for (size_t i = 0; i < s->count; i++)
        for (size_t k = 0; k < n; k++)
            if (s->events[i].object && s->events[i].other == objects[k])
                actor_of(t, s->events[i].task)->involved = true;
}

/* All names first: two goroutines of one function are told apart from the beginning. */
static void meet_actors(struct telling *t, const struct model_finding *f) {
    for (size_t i = 0; i < t->from->count; i++) {
        const struct wire_event *e = &t->from->events[i];
        char name[25] = {0};

        if (e->kind == WIRE_EVENT_CREATE) {
            name_actor(t, e->other, symbols_function(t->from->process, e->value).function);
        } else if (e->kind == WIRE_EVENT_NAME) {
            memcpy(name, &e->other, 8);
            memcpy(name + 8, &e->value, 8);
            memcpy(name + 16, &e->pc, 8);
            name_actor(t, e->task, name);
        }
    }
    for (size_t i = 0; i < f->task_count; i++)
        if (f->tasks[i].id) actor_of(t, f->tasks[i].id)->involved = true;
    meet_others(t);
    if (HASH_COUNT(t->actors) > FEW) return;
    for (struct actor *a = t->actors; a; a = a->hh.next) a->involved = true;
}

static void put_actor(struct text *text, const struct actor *a) {
    if (!a->name) text_print(text, "goroutine %llu", (unsigned long long)a->id);
    else if (a->shares_name) text_print(text, "%s (goroutine %llu)", a->name, (unsigned long long)a->id);
    else text_put(text, a->name);
}

/* -- steps --------------------------------------------------------------------------------------------------------------- */

static void add_step(struct telling *t, uint64_t task, const char *text, const char *place) {
    struct story *s = t->story;

    if (s->count == STEPS_MAX) {
        memmove(s->steps, s->steps + 1, --s->count * sizeof *s->steps);
        s->omitted++;
    }
    s->steps = memory_grow(s->steps, s->count, &s->capacity, sizeof *s->steps);
    s->steps[s->count++] = (struct story_step){task, intern(text), place};
}

/* "worker locks the mutex mu" */
static void tell(struct telling *t, const struct actor *a, const char *verb, const struct wire_event *e, bool object) {
    struct process *p = t->from->process;
    struct text text = {0};

    if (!a->involved) return;
    put_actor(&text, a);
    text_print(&text, " %s", verb);
    if (object) text_print(&text, " the %s", event_object(p, e));
    add_step(t, a->id, text.data, e ? event_place(p, e) : NULL);
    text_free(&text);
}

static void tell_start(struct telling *t, const struct actor *a, const struct wire_event *e) {
    const struct actor *child = actor_of(t, e->other);
    struct text text = {0};

    if (!child->involved) return;
    if (e->task) put_actor(&text, a);
    else text_put(&text, "a timer");
    text_put(&text, " starts ");
    put_actor(&text, child);
    add_step(t, e->task, text.data, event_place(t->from->process, e));
    text_free(&text);
}

static void tell_wait(struct telling *t, struct actor *a, const struct wire_event *e) {
    bool nothing = e->object == FINDING_SLEEP || e->object == FINDING_IO || !e->other;

    if (e->object == FINDING_SLEEP) tell(t, a, "sleeps", e, false);
    else if (e->object == FINDING_IO) tell(t, a, "waits for a descriptor", e, false);
    else tell(t, a, a->waits ? "waits as well for" : "waits for", e, !nothing);
    a->waits = true;
}

/* Which use it was shows in what follows. */
static void end_use(struct telling *t, struct actor *a, bool received) {
    if (a->use && received) tell(t, a, "receives from", a->use, true);
    a->use = NULL;
}

static void tell_add(struct telling *t, const struct actor *a, const struct wire_event *e) {
    char verb[40];

    if ((int64_t)e->value < 0) {
        tell(t, a, "calls Done of", e, true);
        return;
    }
    snprintf(verb, sizeof verb, "adds %llu to", (unsigned long long)e->value);
    tell(t, a, verb, e, true);
}

static void run_next(struct telling *t, struct actor *a) {
    struct actor *before = t->running;

    if (before && before != a && !before->waits && !before->ended) tell(t, before, "is put aside", NULL, false);
    t->running = a;
}

static void tell_event(struct telling *t, const struct wire_event *e) {
    struct actor *a = actor_of(t, e->task);

    switch (e->kind) {
    case WIRE_EVENT_CREATE: tell_start(t, a, e); break;
    case WIRE_EVENT_END:
        a->ended = true;
        tell(t, a, "ends", NULL, false);
        break;
    case WIRE_EVENT_RUN: run_next(t, a); break;
    case WIRE_EVENT_BLOCK:
        end_use(t, a, false);
        tell_wait(t, a, e);
        break;
    case WIRE_EVENT_READY:
    case WIRE_EVENT_UNBLOCK: a->waits = false; break;
    case WIRE_EVENT_USE: a->use = e; break;
    case WIRE_EVENT_SEND:
        end_use(t, a, false);
        tell(t, a, "sends to", e, true);
        break;
    case WIRE_EVENT_CLOSE:
        end_use(t, a, false);
        tell(t, a, "closes", e, true);
        break;
    case WIRE_EVENT_LOCK: tell(t, a, e->value ? "locks, for reading," : "locks", e, true); break;
    case WIRE_EVENT_UNLOCK: tell(t, a, "unlocks", e, true); break;
    case WIRE_EVENT_ADD: tell_add(t, a, e); break;
    case WIRE_EVENT_ACQUIRE:
    case WIRE_EVENT_EXCHANGE: end_use(t, a, true); break;
    case WIRE_EVENT_MEET:
        end_use(t, a, true);
        end_use(t, actor_of(t, e->other), true);
        break;
    }
}

/* The accesses of a race are no events: they are told at the end. */
static void tell_accesses(struct telling *t, const struct model_finding *f) {
    for (size_t i = f->access_count; finding_is_pair(f) && i-- > 0;) {
        const struct model_access *access = &f->accesses[i];
        const struct frame *frame = stack_place(&access->stack);
        struct text text = {0}, place = {0};

        put_actor(&text, actor_of(t, f->tasks[access->task].id));
        text_print(&text, "'s %s of ", access_word(access));
        put_object(&text, f);
        text_put(&text, i ? " came earlier" : " comes now; nothing orders the two");
        if (frame) put_place(&place, frame);
        add_step(t, f->tasks[access->task].id, text.data, place.length ? intern(place.data) : NULL);
        text_free(&text);
        text_free(&place);
    }
}

struct story *story_tell(const struct story_events *s, const struct model_finding *f) {
    struct telling t = {.from = s, .story = memory_new(sizeof *t.story)};
    struct text place = {0};

    if (s->process) meet_actors(&t, f);
    t.running = actor_of(&t, 1);
    for (size_t i = 0; i < s->count; i++) tell_event(&t, &s->events[i]);
    if (finding_is_pair(f)) {
        tell_accesses(&t, f);
    } else {
        if (f->place.file) put_place(&place, &f->place);
        add_step(&t, 0, f->title, place.length ? intern(place.data) : NULL);
    }
    for (struct actor *a = t.actors, *next; a; a = next) {
        next = a->hh.next;
        HASH_DEL(t.actors, a);
        free(a);
    }
    text_free(&place);
    return t.story;
}
