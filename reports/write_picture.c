/* A picture of all goroutines and threads: each with its stack, what it waits on and who holds that, and where it, and its
 * channel, came from. */
#include "reports/text_parts.h"

static void write_origin(struct text *out, const char *what, const struct stack *s) {
    const struct frame *f = stack_place(s);
    struct text t = {0};

    if (!f) return;
    put_place(&t, f);
    text_print(out, "      %s", what);
    if (f->function) text_put(out, " in "), text_shown(out, f->function, 60);
    text_put(out, ", ");
    text_shown(out, t.data, 120);
    text_char(out, '\n');
    text_free(&t);
}

void write_picture(struct text *out, const struct model_finding *f, const struct run *run) {
    struct run how = *run;

    how.picture = true;
    for (size_t i = 0; i < f->part_count; i++) {
        const struct model_part *p = &f->parts[i];

        text_part(out, f, p, true, &how);
        if (p->role != FINDING_WAITS && p->role != FINDING_RUNS) continue;
        write_origin(out, "the channel was made", &p->made);
        if (p->task != NO_TASK) write_origin(out, "started", &f->tasks[p->task].created);
    }
    if (f->parts_omitted) text_print(out, "  ... and %llu more\n", (unsigned long long)f->parts_omitted);
}
