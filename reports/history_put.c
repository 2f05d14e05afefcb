/* A history as JSON, for the page. */
#include "reports/history.h"
#include "reports/writers.h"

static void put_member(struct text *out, const char *name, uint64_t v) {
    text_print(out, ",\"%s\":%llu", name, (unsigned long long)v);
}

/* Locks are numbered from 1: an address tells nothing. */
static uint64_t lock_number(const struct history *h, size_t i) {
    uint64_t number = 1;

    for (size_t k = 0; k < i; k++) {
        bool first = h->moments[k].lock != 0;
        if (h->moments[k].lock == h->moments[i].lock) return lock_number(h, k);
        for (size_t j = 0; j < k; j++) first &= h->moments[j].lock != h->moments[k].lock;
        number += first;
    }
    return number;
}

void history_put(struct text *out, const struct history *h) {
    text_print(out, "{\"earlier\":%zu,\"moments\":[", h->earlier);
    for (size_t i = 0; i < h->count; i++) {
        const struct moment *m = &h->moments[i];
        text_print(out, "%s{\"goroutine\":%llu", i ? "," : "", (unsigned long long)(m->task & ~HISTORY_THREAD));
        if (m->task & HISTORY_THREAD) text_put(out, ",\"thread\":true");
        text_put(out, ",\"text\":");
        put_json_string(out, m->text);
        if (m->place) {
            text_put(out, ",\"at\":");
            put_json_string(out, m->place);
        }
        if (m->from != NO_MOMENT) put_member(out, "from", m->from);
        if (m->to) put_member(out, "to", m->to & ~HISTORY_THREAD);
        if (m->to & HISTORY_THREAD) text_put(out, ",\"to_thread\":true");
        if (m->lock) put_member(out, m->unlocks ? "unlocks" : "locks", lock_number(h, i));
        if (m->skipped) put_member(out, "skipped", m->skipped);
        text_char(out, '}');
    }
    text_put(out, "]}");
}
