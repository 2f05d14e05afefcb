/* Writes and reads schedules as words. */
#include "reports/schedule_text.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char letters[] = {
    [WIRE_DECISION_PREEMPT] = 'p', [WIRE_DECISION_NEXT] = 'n', [WIRE_DECISION_YIELD] = 'y', [WIRE_DECISION_CASE] = 'c'};

/* Whose time is not drawn from the seed. */
static const char *const named[] = {[WIRE_STRATEGY_PROBE] = "probe", [WIRE_STRATEGY_DFS] = "dfs"};

void schedule_text_put(struct text *t, const struct wire_schedule *s, const struct decisions *d) {
    const char *name = s->strategy < array_length(named) && named[s->strategy] ? named[s->strategy] : "";

    text_print(t, "@%llu%s", (unsigned long long)s->seed, name);
    for (uint32_t i = 0; i < d->count; i++) {
        const struct wire_decision *it = &d->list[i];
        text_print(t, "%c%u%c%u-%u", i ? ',' : ':', it->task, letters[it->kind], it->at, it->to);
    }
}

static bool read_number(const char **at, uint64_t most, uint64_t *v) {
    char *end;

    if (!isdigit((unsigned char)**at)) return false;
    errno = 0;
    *v = strtoull(*at, &end, 10);
    *at = end;
    return errno == 0 && *v <= most;
}

static bool read_decision(const char **at, struct wire_decision *d) {
    uint64_t task, when, to;
    const char *letter;

    if (!read_number(at, UINT32_MAX, &task)) return false;
    letter = **at ? memchr(letters + 1, **at, sizeof letters - 1) : NULL;
    if (!letter) return false;
    ++*at;
    if (!read_number(at, UINT32_MAX, &when) || *(*at)++ != '-' || !read_number(at, UINT32_MAX, &to)) return false;
    *d = (struct wire_decision){
        .task = (uint32_t)task, .at = (uint32_t)when, .to = (uint32_t)to, .kind = (uint16_t)(letter - letters)};
    return true;
}

bool schedule_text_read(const char *text, struct wire_schedule *s, struct decisions *d) {
    uint64_t seed;

    if (*text++ != '@' || !read_number(&text, UINT64_MAX, &seed)) return false;
    *s = (struct wire_schedule){.seed = seed, .strategy = WIRE_STRATEGY_RANDOM, .flags = WIRE_SCHEDULE_FOLLOW};
    for (uint32_t i = 0; i < array_length(named); i++) {
        if (!named[i] || strncmp(text, named[i], strlen(named[i])) != 0) continue;
        s->strategy = i;
        text += strlen(named[i]);
        break;
    }
    for (d->count = 0; *text == (d->count ? ',' : ':'); d->count++) {
        text++;
        if (d->count == WIRE_DECISIONS_MAX || !read_decision(&text, &d->list[d->count])) return false;
    }
    s->decisions = d->count;
    return !*text;
}
