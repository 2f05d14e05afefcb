/* Names of objects in events, looked up once for each object and call.
 *
 * Always true
 *  1. At most NAMES_MAX are kept; then all are forgotten, which costs only looking up anew. */
#include "reports/event_name.h"
#include "reports/event.h"

#include <stdlib.h>
#include <uthash.h>

enum { NAMES_MAX = 1 << 15 };

struct name_key {
    uint64_t pid, object, pc;
};
struct entry {
    UT_hash_handle hh;
    struct name_key key;
    struct event_name name;
};
static struct entry *names;

void event_names_free(void) {
    struct entry *n, *next;

    HASH_ITER(hh, names, n, next) {
        HASH_DEL(names, n);
        free(n);
    }
}

const struct event_name *event_name(struct process *p, const struct wire_event *e) {
    struct name_key key = {p->pid, e->other, e->pc};
    struct entry *n;

    HASH_FIND(hh, names, &key, sizeof key, n);
    if (n) return &n->name;
    if (HASH_COUNT(names) >= NAMES_MAX) event_names_free();
    n = memory_new(sizeof *n);
    n->key = key;
    n->name = (struct event_name){event_object(p, e), event_place(p, e), event_is_unwinders(p, e)};
    HASH_ADD(hh, names, key, sizeof key, n);
    return &n->name;
}
