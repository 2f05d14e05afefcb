/* A deadlock drawn: a line for each goroutine of the cycle, with what it holds and wants; each wants what the next one
 * holds, and the last what the first one does. */
#include "reports/text_parts.h"

#include <string.h>

enum { LINES_MAX = 8 };

static bool is_cycle(const struct model_finding *f) {
    if (strcmp(f->code, "GD002") != 0 || f->part_count < 2 || f->parts_omitted) return false;
    for (size_t i = 0; i < f->part_count; i++)
        if (f->parts[i].role != FINDING_WAITS || f->parts[i].task == NO_TASK) return false;
    return true;
}

static void put_name(struct text *t, const struct model_part *p) {
    const char *name = part_object_name(p);

    if (name) text_put(t, name);
    else text_print(t, "the %s", object_kind_name(p->kind));
}

static void write_line(struct text *out, const struct model_finding *f, size_t i, const char *edge) {
    struct text t = {0};

    put_task(&t, &f->tasks[f->parts[i].task]);
    text_put(&t, " holds ");
    put_name(&t, &f->parts[(i ? i : f->part_count) - 1]);
    text_put(&t, " and wants ");
    put_name(&t, &f->parts[i]);
    text_print(out, "  %s ", edge);
    text_shown(out, t.data, 200);
    text_char(out, '\n');
    text_free(&t);
}

void text_cycle(struct text *out, const struct model_finding *f, const struct run *run) {
    static const char *const edges[2][3] = {{"+->", "|  ", "+--"},
                                            {"\u250c\u2500\u25b6", "\u2502  ", "\u2514\u2500\u2500"}};
    const char *const *edge = edges[run->utf8];
    size_t n = f->part_count, skipped = n > LINES_MAX ? n - LINES_MAX : 0;

    if (!is_cycle(f)) return;
    for (size_t i = 0; i < n; i++) {
        if (skipped && i >= LINES_MAX - 1 && i < n - 1) {
            if (i == LINES_MAX - 1)
                text_print(out, "  %s ... and %zu more, each wanting what the next one holds\n", edge[1], skipped);
            continue;
        }
        write_line(out, f, i, edge[i == 0 ? 0 : i == n - 1 ? 2 : 1]);
    }
}
