/* How things are called in every format: places, goroutines, locks, objects. */
#include "reports/words.h"
#include "reports/left.h"
#include "reports/language.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct style report_style;

const char *object_kind_name(enum finding_object kind) {
    static const char *const names[] = {
        [FINDING_CHAN] = "channel",
        [FINDING_MUTEX] = "mutex",
        [FINDING_RWMUTEX] = "rwmutex",
        [FINDING_WG] = "WaitGroup",
        [FINDING_COND] = "cond",
        [FINDING_ONCE] = "once",
        [FINDING_SEM] = "semaphore",
        [FINDING_TIMER] = "timer",
        [FINDING_CONTEXT] = "context",
        [FINDING_SELECT] = "select",
        [FINDING_IO] = "I/O",
        [FINDING_SLEEP] = "sleep",
        [FINDING_PTHREAD_MUTEX] = "pthread mutex",
        [FINDING_PTHREAD_RWLOCK] = "pthread rwlock",
        [FINDING_PTHREAD_SPIN] = "pthread spin lock",
        [FINDING_PTHREAD_COND] = "pthread condition variable",
        [FINDING_PTHREAD_BARRIER] = "pthread barrier",
        [FINDING_POSIX_SEM] = "POSIX semaphore",
        [FINDING_PTHREAD] = "thread",
    };
    return (unsigned)kind < array_length(names) && names[kind] ? names[kind] : "object";
}

const char *severity_name(enum finding_severity s) {
    return s == FINDING_ERROR ? N_("error") : s == FINDING_WARNING ? N_("warning") : N_("note");
}

const char *access_word(const struct model_access *a) {
    if (a->kind & ACCESS_FREE) return "free";
    if (a->kind & ACCESS_LEFT) return "return";
    if (a->kind & (ACCESS_ADD | ACCESS_WAIT)) return a->kind & ACCESS_ADD ? "add" : "wait";
    if (a->kind & ACCESS_USE) return "use";
    if (a->kind & ACCESS_MARK) return a->kind & ACCESS_WRITE ? "close" : "send";
    return a->kind & ACCESS_WRITE ? "write" : "read";
}

/* "a/./b/../c" as "a/c": what compilers write is often put together of several parts. */
static char *tidy_path(const char *path) {
    size_t n = 0, floor = path[0] == '/';
    char *out = memory_resize(NULL, strlen(path) + 2);

    if (floor) out[n++] = '/';
    for (const char *at = path; *at;) {
        size_t length;
        at += strspn(at, "/");
        length = strcspn(at, "/");
        if (length == 2 && !memcmp(at, "..", 2) && n > floor && !(n >= 3 && !memcmp(out + n - 3, "../", 3))) {
            for (n--; n > floor && out[n - 1] != '/';) n--; /* drop the last part and its slash */
        } else if (length == 2 && !memcmp(at, "..", 2) && floor && n == floor) {
            /* above the root is the root */
        } else if (length && !(length == 1 && at[0] == '.')) {
            memcpy(out + n, at, length);
            n += length;
            out[n++] = '/';
        }
        at += length;
    }
    if (n > floor) n--;
    out[n] = 0;
    return out;
}

const char *shown_file(const char *file) {
    static char here[4096];
    char *tidy;
    const char *shown;
    size_t n;

    if (!here[0] && !getcwd(here, sizeof here - 1)) strcpy(here, "/");
    tidy = tidy_path(file);
    n = strlen(here);
    shown = tidy;
    if (n > 1 && !strncmp(tidy, here, n) && tidy[n] == '/') shown = tidy + n + 1;
    if (report_style.stable && shown[0] == '/') shown = path_last(shown);
    shown = intern(shown);
    free(tidy);
    return shown;
}

void put_place(struct text *t, const struct frame *f) {
    if (f->file && f->line) {
        text_print(t, "%s:%u", shown_file(f->file), f->line);
    } else if (f->module) {
        text_put(t, shown_file(f->module));
        if (!report_style.stable || !f->function) text_print(t, "+0x%llx", (unsigned long long)f->offset);
    } else {
        text_put(t, f->pc ? ANONYMOUS_MODULE : "?");
    }
}

void put_task_short(struct text *t, const struct model_task *task) {
    if (task->main_thread) {
        text_put(t, "the main thread");
        return;
    }
    text_print(t, "%s %llu", task->kind == TASK_THREAD ? "thread" : "goroutine", (unsigned long long)task->id);
}

void put_task(struct text *t, const struct model_task *task) {
    put_task_short(t, task);
    if (task->main_thread) return;
    if (task->name) text_print(t, " \"%s\"", task->name);
    else if (task->kind == TASK_MAIN) text_put(t, " (main)");
    else if (task->entry.function) text_print(t, " (%s)", task->entry.function);
}

static void put_declared(struct text *t, const struct variable *v) {
    if (v->file && v->line) text_print(t, " (%s:%u)", shown_file(v->file), v->line);
}

const char *part_object_name(const struct model_part *p) { return p->variable.name ? p->variable.name : p->expression; }

void put_lock(struct text *t, const struct model_lock *l) {
    const struct frame *taken = stack_place(&l->taken);

    if (l->variable.name) {
        text_put(t, l->variable.name);
        put_declared(t, &l->variable);
    } else if (l->expression) {
        text_put(t, l->expression);
    } else {
        text_print(t, "%s %s", l->kind == FINDING_RWMUTEX ? "an" : "a", object_kind_name(l->kind));
        /* what was read from JSON has its number within the finding for an address */
        if (!report_style.stable && l->address >= 4096) text_print(t, " at 0x%llx", (unsigned long long)l->address);
    }
    if (l->read) text_put(t, " for reading");
    if (taken && !l->variable.name) {
        text_put(t, ", locked at ");
        put_place(t, taken);
    }
}

void put_object(struct text *t, const struct model_finding *f) {
    uint64_t size = f->memory == FINDING_STACK_LEFT ? left_use(f)->size : f->access_count ? f->accesses[0].size : 0;

    if (f->variable.name) text_put(t, f->variable.name);
    else if (f->expression) text_put(t, f->expression);
    else if (f->object_kind) text_print(t, "a %s", object_kind_name(f->object_kind));
    else if (f->memory == FINDING_STACK_LEFT && left_use(f)->kind & ACCESS_MARK)
        text_put(t, "a synchronisation object");
    else if (size == 1) text_put(t, "1 byte");
    else if (f->access_count) text_print(t, "%llu bytes", (unsigned long long)size);
    else text_put(t, "memory");
}

void put_clause(struct text *t) {
    if (t->length) text_put(t, "; ");
}

void put_stack_place(struct text *t, const struct stack *s) {
    const struct frame *f = stack_place(s);

    if (!f) return;
    if (f->function) text_print(t, " in %s", f->function);
    text_put(t, " (");
    put_place(t, f);
    text_char(t, ')');
}
