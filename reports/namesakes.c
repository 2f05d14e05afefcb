#include "reports/namesakes.h"
#include "reports/memory.h"

#include <string.h>

enum { OBJECTS_MAX = 32 };

struct naming {
    struct {
        uint64_t object;
        const char *first; /* how it was called first */
    } known[OBJECTS_MAX];
    size_t count;
    bool misleads;
};

static bool is_about_lock(const struct model_part *p) {
    return p->role == FINDING_WAITS || p->role == FINDING_HOLDS || p->role == FINDING_ASKS;
}

/* What is named by its call, in the order in which the report has it. */
static void each_name(struct model_finding *f, void (*visit)(struct naming *n, uint64_t object, const char **name),
                      struct naming *n) {
    for (size_t i = 0; i < f->part_count; i++) {
        struct model_part *p = &f->parts[i];
        if (p->expression && p->object && is_about_lock(p)) visit(n, p->object, &p->expression);
        for (size_t j = 0; j < p->lock_count; j++)
            if (p->locks[j].expression) visit(n, p->locks[j].address, &p->locks[j].expression);
    }
}

static void note(struct naming *n, uint64_t object, const char **name) {
    size_t at = n->count;
    for (size_t i = 0; i < n->count; i++) {
        bool same = !strcmp(n->known[i].first, *name);
        if (n->known[i].object == object) at = i;
        if (same != (n->known[i].object == object)) n->misleads = true;
    }
    if (at < n->count || n->count == OBJECTS_MAX) return;
    n->known[n->count].object = object;
    n->known[n->count++].first = *name;
}

static void number(struct naming *n, uint64_t object, const char **name) {
    struct text t = {0};
    for (size_t i = 0; i < n->count; i++) {
        if (n->known[i].object != object) continue;
        text_print(&t, "%s (#%zu)", *name, i + 1);
        *name = intern(t.data);
    }
    text_free(&t);
}

void namesakes_number(struct model_finding *f) {
    struct naming n = {0};
    each_name(f, note, &n);
    if (n.misleads && n.count > 1) each_name(f, number, &n);
}
