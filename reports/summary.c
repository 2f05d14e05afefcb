/* The last line of a run. */
#include "reports/summary.h"
#include "reports/memory.h"

#include <string.h>

static void put_count(struct text *t, uint64_t n, const char *what, const char **comma) {
    if (!n) return;
    text_print(t, "%s%llu %s%s", *comma, (unsigned long long)n, what,
               n > 1 && strcmp(what, "known") && strcmp(what, "suppressed") && strcmp(what, "predicted") ? "s" : "");
    *comma = ", ";
}

/* " on words": what several findings are all about, if that is few variables. */
static void put_objects(struct text *t, const struct model_finding *findings) {
    enum { MOST = 3 };
    const char *names[MOST];
    size_t n = 0;

    for (const struct model_finding *f = findings; f; f = f->next) {
        size_t i = 0;
        if (f->withdrawn || f->suppressed || f->known) continue;
        if (!f->variable.whole) return;
        while (i < n && names[i] != f->variable.whole) i++;
        if (i == MOST) return;
        if (i == n) names[n++] = f->variable.whole;
    }
    for (size_t i = 0; i < n; i++) text_print(t, "%s%s", i == 0 ? " on " : i == n - 1 ? " and " : ", ", names[i]);
}

static void put_extent(struct text *t, const struct summary *s) {
    uint64_t goroutines = 0, processes = 0;
    const struct process *first = NULL;

    for (const struct process *p = s->input->newest; p; p = p->older) {
        if (!p->hello) continue;
        processes++;
        goroutines += p->goroutines;
        first = p;
    }
    if (goroutines)
        text_print(t, " in %llu %s%s", (unsigned long long)goroutines,
                   s->threads ? "goroutines and threads" : "goroutine", s->threads || goroutines == 1 ? "" : "s");
    if (s->files) text_print(t, " in %zu file%s", s->files, s->files == 1 ? "" : "s");
    if (processes > 1) text_print(t, " of %llu processes", (unsigned long long)processes);
    if (first && first->seeded && !s->run->parallel) text_print(t, ", seed %llu", (unsigned long long)first->seed);
}

void summary_write(const struct summary *s) {
    uint64_t severities[3] = {0}, n = 0, suppressed = 0, old = 0, predicted = 0;
    const char *comma = "";
    struct text t = {0};

    for (const struct model_finding *f = s->findings; f; f = f->next) {
        if (f->withdrawn) continue;
        if (f->suppressed) suppressed++;
        else if (f->known) old++;
        else n++, severities[f->severity]++, predicted += f->predicted;
    }
    if (!n && !suppressed && !old && !s->run->verbose) return;
    if (n) text_print(&t, "%llu finding%s", (unsigned long long)n, n == 1 ? "" : "s");
    else text_put(&t, suppressed || old ? "nothing new found" : "nothing found");
    if (n || suppressed || old) {
        text_put(&t, " (");
        put_count(&t, severities[FINDING_ERROR], "error", &comma);
        put_count(&t, severities[FINDING_WARNING], "warning", &comma);
        put_count(&t, severities[FINDING_NOTE], "note", &comma);
        put_count(&t, predicted, "predicted", &comma);
        put_count(&t, old, "known", &comma);
        put_count(&t, suppressed, "suppressed", &comma);
        text_char(&t, ')');
    }
    if (n > 1) put_objects(&t, s->findings);
    put_extent(&t, s);
    complain("%s", t.data);
    if (s->unprinted)
        complain("%llu of them are not printed: --max-reports 0 prints all", (unsigned long long)s->unprinted);
    text_free(&t);
}
