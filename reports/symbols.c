/* From a process's addresses to names: module, file address, remembered answer.
 *
 * Always true
 *  1. An answer depends on (file, address in it) only, so it is looked up once whatever process asks.
 *  2. frame.function is NULL, or a kept string that is not empty.
 *
 * What is *ours*: a user wants to see his own code first, so frames of the runtime, of the instrumentation's entry
 * points and of the C library's start-up code are marked, and so is everything outside of main or of the function a
 * goroutine was started with (that is done by the model, which knows it). Where the runtime is linked in, its source
 * folder is learnt from a function that it surely has. */
#include "reports/symbols.h"
#include "reports/memory.h"
#include "reports/object.h"

#include <stdlib.h>
#include <string.h>
#include <uthash.h>

struct answer {
    UT_hash_handle hh;
    uint64_t address;
    size_t count;
    struct frame frames[];
};

static bool starts_with(const char *s, const char *start) {
    return !strncmp(s, start, strlen(start));
}

static bool is_ours(const struct frame *f) {
    static const char *const functions[] = {"__tsan_",      "__libc_start_", "_start",
                                            "start_thread", "__clone",       "clone3",
                                            "__wrap_",      "stack_main",    NULL};
    static const char *const modules[] = {"libgoro", "ld-linux", "libpthread", "linux-vdso", NULL};

    if (f->function)
        for (size_t i = 0; functions[i]; i++)
            if (starts_with(f->function, functions[i])) return true;
    if (f->module)
        for (size_t i = 0; modules[i]; i++)
            if (starts_with(path_last(f->module), modules[i])) return true;
    /* libc's own start and internals, where it is stripped to its exported names: most machines have no libc6-dbg */
    if (!f->function && f->module && starts_with(path_last(f->module), "libc.so.")) return true;
    return f->file && !strcmp(path_last(f->file), "goro.h");
}

/* The folder above runtime/ that the linked-in runtime was compiled in; "" if the file has none, or no lines for it. */
static const char *runtime_root(struct object *o) {
    struct frame frames[INLINED_MAX];
    uint64_t address;
    size_t n;

    if (o->runtime_root) return o->runtime_root;
    o->runtime_root = "";
    if (!o->dwarf || !object_address(o, "goro_gomaxprocs", &address)) return o->runtime_root;
    n = object_lines(o, address, frames);
    if (n && frames[n - 1].file) {
        const char *file = frames[n - 1].file, *end = strstr(file, "/runtime/");
        if (end) o->runtime_root = intern_n(file, (size_t)(end + 1 - file));
    }
    return o->runtime_root;
}

static bool is_of_runtime(struct object *o, const struct frame *f) {
    static const char *const rooms[] = {"runtime/", "instrument/", "detector/"};
    const char *root = f->file ? runtime_root(o) : "";

    if (!*root || !starts_with(f->file, root)) return false;
    for (size_t i = 0; i < array_length(rooms); i++)
        if (starts_with(f->file + strlen(root), rooms[i])) return true;
    return false;
}

static struct answer *look_up(struct object *o, uint64_t address) {
    struct frame frames[INLINED_MAX];
    struct answer *a;
    size_t n;

    HASH_FIND(hh, o->answers, &address, sizeof address, a);
    if (a) return a;
    n = o->dwarf ? object_lines(o, address, frames) : 0;
    if (n == 0) {
        frames[0] = (struct frame){.function = object_symbol(o, address)};
        n = 1;
    }
    a = memory_new(sizeof *a + n * sizeof *frames);
    a->address = address;
    a->count = n;
    for (size_t i = 0; i < n; i++) {
        struct frame *f = &a->frames[i];
        *f = frames[i];
        f->module = o->path;
        f->offset = address;
        if (f->function && !*f->function) f->function = NULL;
        f->ours = is_ours(f) || is_of_runtime(o, f);
    }
    HASH_ADD(hh, o->answers, address, sizeof a->address, a);
    return a;
}

/* Appends the frames of one return address. */
static void add_frames(struct process *p, uint64_t pc, bool is_entry, struct stack *s, size_t *capacity) {
    uint64_t inside = is_entry ? pc : pc - 1; /* a return address may lie behind its function's last byte */
    struct module *m = process_module(p, inside);
    struct frame unknown = {.pc = pc, .offset = pc};
    const struct frame *from = &unknown;
    size_t n = 1;

    if (m) {
        struct answer *a = look_up(object_of(m), inside - m->bias);
        from = a->frames;
        n = a->count;
    }
    for (size_t i = 0; i < n; i++) {
        s->frames = memory_grow(s->frames, s->count, capacity, sizeof *s->frames);
        s->frames[s->count] = from[i];
        s->frames[s->count++].pc = pc;
    }
}

struct stack symbols_stack(struct process *p, const uint64_t *pcs, size_t n, uint64_t omitted) {
    struct stack s = {.omitted = omitted};
    size_t capacity = 0;

    for (size_t i = 0; i < n; i++) {
        if (i == (n + 1) / 2) s.omitted_at = s.count;
        if (pcs[i]) add_frames(p, pcs[i], false, &s, &capacity);
    }
    if (n == 1) s.omitted_at = s.count;
    return s;
}

struct frame symbols_function(struct process *p, uint64_t entry) {
    struct stack s = {0};
    struct frame f = {0};
    size_t capacity = 0;

    if (!entry) return f;
    add_frames(p, entry, true, &s, &capacity);
    f = s.frames[s.count - 1];
    if (f.function_line) f.line = f.function_line, f.column = 0;
    free(s.frames);
    return f;
}

bool symbols_variable(struct process *p, uint64_t address, uint64_t size, struct variable *out) {
    struct module *m = process_module(p, address);

    *out = (struct variable){0};
    return m && object_variable(object_of(m), address - m->bias, size, out);
}

bool symbols_local(struct process *p, uint64_t pc, const struct frame_place *at, struct variable *out) {
    struct module *m = process_module(p, pc - 1);
    struct variable v = {0};

    if (!m || !object_local(object_of(m), pc - 1 - m->bias, at, &v)) return false;
    *out = v;
    return true;
}

/* The runtime is linked into most programs and has debug information, so the file as a whole is in order. */
static const char part_without_lines[] =
    "no debug information for this part of it: build with -g to see files and lines";

const char *symbols_trouble(const char *module_path) {
    for (struct object *o = object_newest(); o; o = o->next)
        if (o->path == module_path)
            return o->trouble ? o->trouble : part_without_lines;
    return NULL;
}

void symbols_free(void) {
    for (struct object *o = object_newest(); o; o = o->next) {
        struct answer *a, *next;
        HASH_ITER(hh, o->answers, a, next) {
            HASH_DEL(o->answers, a);
            free(a);
        }
    }
    objects_free();
}
