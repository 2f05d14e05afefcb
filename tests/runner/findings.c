/* Compares what goro-race reported with what a program's comments expect. See findings.h and tests/README.md. */
#include "tests/runner/findings.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct check {
    const struct expectation *e;
    struct met *met;
    struct words *faults;
    unsigned counts[RULES_MAX];
    bool ats[MARKS_MAX];
};

static const char *text_of(json_t *object, const char *key) {
    const char *s = json_string_value(json_object_get(object, key));
    return s ? s : "";
}

/* -- frames --------------------------------------------------------------------------------------------------- */

static bool is_user_file(const struct expectation *e, const char *file) {
    const char *slash = strrchr(file, '/');
    const char *base = slash ? slash + 1 : file;
    return strcmp(base, e->base) == 0 || words_has(&e->sources, base);
}

/* The innermost frame in the program's own sources; NULL if the stack has none. */
static json_t *user_frame(const struct expectation *e, json_t *stack) {
    size_t i;
    json_t *frame;
    json_array_foreach(stack, i, frame) if (is_user_file(e, text_of(frame, "file"))) return frame;
    return NULL;
}

/* Line of the first user frame, 0 if there is none. Marks are in the program's main file only. */
static unsigned user_line(const struct expectation *e, json_t *stack) {
    json_t *frame = user_frame(e, stack);
    return frame ? (unsigned)json_integer_value(json_object_get(frame, "line")) : 0;
}

/* -- races ---------------------------------------------------------------------------------------------------- */

static unsigned sides_at(const struct expectation *e, const char *pair, unsigned line) {
    unsigned sides = 0;
    for (size_t i = 0; i < e->race_count; i++)
        if (e->races[i].line == line && strcmp(e->races[i].pair, pair) == 0) sides |= e->races[i].sides;
    return sides;
}

static void meet_pair(struct check *c, const char *pair) {
    for (size_t i = 0; i < c->e->race_count; i++)
        if (strcmp(c->e->races[i].pair, pair) == 0) {
            c->met->races[i] = true;
            return;
        }
}

/* Whether the two lines are the two sides of a marked pair, either way round. */
static bool match_pair(struct check *c, unsigned now, unsigned earlier) {
    bool any = false;
    for (size_t i = 0; i < c->e->race_count; i++) {
        const char *pair = c->e->races[i].pair;
        unsigned a = sides_at(c->e, pair, now), b = sides_at(c->e, pair, earlier);
        if (((a & SIDE_FIRST) && (b & SIDE_SECOND)) || ((a & SIDE_SECOND) && (b & SIDE_FIRST))) {
            meet_pair(c, pair);
            any = true;
        }
    }
    return any;
}

static void check_race_stacks(struct check *c, const char *code, json_t *stacks) {
    unsigned lines[2];
    for (size_t i = 0; i < 2; i++) {
        json_t *stack = json_array_get(stacks, i);
        json_t *frame = user_frame(c->e, stack);
        if (!json_array_size(stack))
            words_addf(c->faults, "%s: stack %zu is missing", code, i + 1);
        else if (!frame)
            words_addf(c->faults, "%s: stack %zu has no frame of the program's own source", code, i + 1);
        else if (!*text_of(frame, "function"))
            words_addf(c->faults, "%s: stack %zu: the user's frame has no function name", code, i + 1);
        lines[i] = user_line(c->e, stack);
    }
    if (lines[0] && lines[1] && !match_pair(c, lines[0], lines[1]))
        words_addf(c->faults, "%s: reported between lines %u and %u, which are no marked pair", code,
                   lines[0], lines[1]);
}

/* -- one finding ---------------------------------------------------------------------------------------------- */

static void check_shape(struct check *c, const char *code, json_t *finding) {
    static const char *const texts[] = {"severity", "id", "title"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (!*text_of(finding, texts[i]))
            words_addf(c->faults, "%s: the JSON line has no %s", code, texts[i]);
    static const char *const lists[] = {"stacks", "goroutines"};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        if (!json_is_array(json_object_get(finding, lists[i])))
            words_addf(c->faults, "%s: the JSON line has no list of %s", code, lists[i]);
    if (!json_object_get(finding, "seed")) words_addf(c->faults, "%s: the JSON line has no seed", code);
}

static void meet_ats(struct check *c, const char *code, json_t *stacks) {
    size_t s;
    json_t *stack;
    json_array_foreach(stacks, s, stack) {
        unsigned line = user_line(c->e, stack);
        for (size_t i = 0; i < c->e->at_count; i++)
            if (c->e->ats[i].line == line && strcmp(c->e->ats[i].code, code) == 0) c->ats[i] = true;
    }
}

static void check_finding(struct check *c, json_t *finding, bool *failing) {
    const char *code = text_of(finding, "code");
    json_t *stacks = json_object_get(finding, "stacks");
    const struct code_rule *rule = expectation_rule(c->e, code);
    check_shape(c, code, finding);
    if (strcmp(text_of(finding, "severity"), "error") == 0 &&
        !json_is_true(json_object_get(finding, "predicted")))
        *failing = true;
    if (!rule) {
        words_addf(c->faults, "unexpected finding %s: %s", code, text_of(finding, "title"));
        return;
    }
    c->counts[rule - c->e->rules]++;
    c->met->rules[rule - c->e->rules] = true;
    if (code_is_race(code)) check_race_stacks(c, code, stacks);
    meet_ats(c, code, stacks);
}

/* -- one run -------------------------------------------------------------------------------------------------- */

static void check_counts(struct check *c) {
    for (size_t i = 0; i < c->e->rule_count; i++) {
        const struct code_rule *rule = &c->e->rules[i];
        if (rule->when != CODE_ALWAYS) continue;
        if (!c->counts[i])
            words_addf(c->faults, "expected finding %s did not come", rule->code);
        else if (rule->exactly && rule->exactly != c->counts[i])
            words_addf(c->faults, "%s came %u times, not %u", rule->code, c->counts[i], rule->exactly);
    }
}

static void check_ats(struct check *c) {
    for (size_t i = 0; i < c->e->at_count; i++) {
        const struct at_mark *m = &c->e->ats[i];
        const struct code_rule *rule = expectation_rule(c->e, m->code);
        if (!c->ats[i] && c->counts[rule - c->e->rules])
            words_addf(c->faults, "no stack of %s begins at line %u, which is marked", m->code, m->line);
    }
}

/* A later line of the same id is what is known of the finding now. */
static bool is_superseded(json_t *findings, size_t i) {
    const char *id = text_of(json_array_get(findings, i), "id");
    for (size_t j = i + 1; *id && j < json_array_size(findings); j++)
        if (strcmp(text_of(json_array_get(findings, j), "id"), id) == 0) return true;
    return false;
}

void findings_check(const struct expectation *e, const char *json_lines, struct met *met,
                    struct words *faults, bool *failing) {
    struct check c = {.e = e, .met = met, .faults = faults};
    struct words lines = words_lines(json_lines);
    json_t *findings = json_array();
    for (size_t i = 0; i < lines.n; i++) {
        json_error_t error;
        json_t *finding = json_loads(lines.at[i], 0, &error);
        if (!finding || json_array_append_new(findings, finding) != 0)
            words_addf(faults, "line %zu of the JSON file is no JSON: %s", i + 1, error.text);
    }
    for (size_t i = 0; i < json_array_size(findings); i++)
        if (!is_superseded(findings, i)) check_finding(&c, json_array_get(findings, i), failing);
    json_decref(findings);
    words_free(&lines);
    check_counts(&c);
    check_ats(&c);
}

void findings_check_met(const struct expectation *e, const struct met *met, struct words *faults) {
    for (size_t i = 0; i < e->rule_count; i++)
        if (e->rules[i].when == CODE_SOMETIMES && !met->rules[i])
            words_addf(faults, "%s came in none of the runs", e->rules[i].code);
    for (size_t i = 0; i < e->race_count; i++) {
        bool leads = true; /* the first mark of its pair speaks for the pair */
        for (size_t j = 0; j < i; j++) leads &= strcmp(e->races[j].pair, e->races[i].pair) != 0;
        if (leads && !met->races[i])
            words_addf(faults, "the race marked at line %u%s%s was reported in none of the runs",
                       e->races[i].line, *e->races[i].pair ? ", pair " : "", e->races[i].pair);
    }
}
