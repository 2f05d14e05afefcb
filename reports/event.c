/* Names objects by the variable that they are, or as the call at the event's place does. */
#include "reports/event.h"
#include "reports/source.h"
#include "reports/words.h"

#include <stdlib.h>
#include <string.h>

const char *event_object(struct process *p, const struct wire_event *e) {
    struct stack s = symbols_stack(p, &e->pc, e->pc ? 1 : 0, 0);
    const struct frame *f = stack_place(&s);
    struct variable v = {0};
    char *called = NULL;
    struct text t = {0};
    const char *kept;

    if (e->kind != WIRE_EVENT_ATOMIC) text_print(&t, "%s ", object_kind_name((enum finding_object)e->object));
    if (e->other && symbols_variable(p, e->other, 0, &v)) text_put(&t, v.name);
    else if (e->other && f && f->line && (called = source_argument(source_line(f->file, f->line), f->column)))
        text_put(&t, called);
    else if (t.length) t.data[--t.length] = 0;
    else text_put(&t, "a variable");
    kept = intern(t.data);
    text_free(&t);
    free(called);
    free(s.frames);
    return kept;
}

const char *event_place(struct process *p, const struct wire_event *e) {
    struct stack s = symbols_stack(p, &e->pc, e->pc ? 1 : 0, 0);
    const struct frame *f = stack_place(&s);
    struct text t = {0};
    const char *kept = NULL;

    if (f) {
        put_place(&t, f);
        kept = intern(t.data);
    }
    text_free(&t);
    free(s.frames);
    return kept;
}

bool event_is_unwinders(struct process *p, const struct wire_event *e) {
    struct stack s = symbols_stack(p, &e->pc, e->pc ? 1 : 0, 0);
    const char *module = s.count ? s.frames[0].module : NULL;
    bool is = module && !strncmp(path_last(module), "libunwind", 9);

    free(s.frames);
    return is;
}
