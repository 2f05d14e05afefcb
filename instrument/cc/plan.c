/* Reads a compiler's command line just closely enough to know: does it compile, does it link, what does it make?
 *
 * Always true
 *  1. Every argument that is not goro's own reaches the compiler, in its place and unchanged; with -race, but for
 *     what would work against it: -fsanitize=thread (the driver would link libtsan), _FORTIFY_SOURCE (its checked
 *     calls hide the plain ones), and a -shared link's -z defs (the detector's entry points are in the program).
 *  2. A response file is passed on as it is, unless something in it is ours: then its contents take its place.
 *
 * Not done: splitting compile-and-link into two calls. -MD, -save-temps and -gsplit-dwarf derive file names from the
 * one call they see. */
#include "instrument/cc/plan.h"
#include "instrument/cc/options.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define QUOTED(text) text,
static const char *const with_value[] = {COMPILER_OPTIONS_WITH_VALUE(QUOTED) NULL};
static const char *const no_link[] = {COMPILER_OPTIONS_NO_LINK(QUOTED) NULL};
/* Not .s: assembly that needs no preprocessor takes no option of ours, and clang warns of unused ones. */
static const char *const source_suffixes[] = {".c", ".i", ".ii", ".cc", ".cp", ".cxx", ".cpp", ".c++", ".C", ".CPP",
                                              ".S", ".sx", ".m", ".mi", ".mm", ".M", ".h", ".hh", ".H", ".hpp",
                                              ".f", ".F", ".f90", ".d", ".go", ".ll", ".cppm", NULL};

static void *grown(void *p, size_t n) {
    p = realloc(p, n);
    if (!p) {
        fprintf(stderr, "goro-cc: out of memory\n");
        exit(125);
    }
    return p;
}

void arguments_add(struct arguments *a, const char *text) {
    if (a->count + 1 >= a->room) {
        a->room = a->room ? a->room * 2 : 64;
        a->at = grown(a->at, a->room * sizeof *a->at);
    }
    a->at[a->count++] = text;
    a->at[a->count] = NULL;
}

void arguments_join(struct arguments *a, const char *part, ...) {
    size_t length = 0;
    char *joined = NULL;
    va_list ap;
    va_start(ap, part);
    for (const char *p = part; p; p = va_arg(ap, const char *)) {
        size_t n = strlen(p);
        joined = grown(joined, length + n + 1);
        memcpy(joined + length, p, n + 1);
        length += n;
    }
    va_end(ap);
    arguments_add(a, joined);
}

static bool is_one_of(const char *text, const char *const *list) {
    for (; *list; list++)
        if (!strcmp(text, *list)) return true;
    return false;
}

static bool starts_with(const char *text, const char *prefix) { return !strncmp(text, prefix, strlen(prefix)); }

/* -- response files: GNU's rules (libiberty, buildargv) ---------------------------------------------------------- */

static char *file_text(const char *path) {
    FILE *f = fopen(path, "rb");
    if (!f) return NULL;
    size_t n = 0, room = 4096;
    char *text = grown(NULL, room);
    for (size_t got; (got = fread(text + n, 1, room - n - 1, f)) > 0;) {
        n += got;
        if (room - n < 2) text = grown(text, room *= 2);
    }
    fclose(f);
    text[n] = 0;
    return text;
}

/* Takes one word off *at: white space separates, quotes of both kinds and backslashes quote. NULL at the end. */
static char *next_word(char **at) {
    char *p = *at + strspn(*at, " \t\r\n\f\v");
    if (!*p) return NULL;
    char *word = p, *out = p, quote = 0;
    for (; *p && (quote || !strchr(" \t\r\n\f\v", *p)); p++) {
        if (*p == '\\' && p[1] && quote != '\'') *out++ = *++p;
        else if (quote ? *p == quote : (*p == '\'' || *p == '"')) quote = quote ? 0 : *p;
        else *out++ = *p;
    }
    *at = *p ? p + 1 : p;
    *out = 0;
    return word;
}

/* -- one argument after the other -------------------------------------------------------------------------------- */

struct scan {
    struct plan *plan;
    struct arguments *out;
    bool changed;          /* an argument of this file was taken out */
    const char *language;  /* the last -x; NULL: by suffix */
    const char *pending;   /* the option that waits for its value */
    int depth;             /* of response files */
    const char *wrong;
};

static bool take_own(struct scan *s, const char *arg) {
#define OWN(option, member, value, help) if (!strcmp(arg, option)) return s->plan->member = (value), true;
    GORO_CC_OPTIONS(OWN)
#undef OWN
    return false;
}

static bool is_source(const struct scan *s, const char *arg) {
    if (s->language) return strcmp(s->language, "assembler") != 0;
    const char *dot = strrchr(arg, '.');
    return dot && is_one_of(dot, source_suffixes);
}

static void note_input(struct scan *s, const char *arg) {
    s->plan->inputs = true;
    if (!strcmp(arg, "-") || is_source(s, arg)) s->plan->sources = true;
}

static void note_language(struct scan *s, const char *language) {
    s->language = !strcmp(language, "none") ? NULL : language;
}

static void note_option(struct scan *s, const char *arg) {
    struct plan *p = s->plan;
    if (is_one_of(arg, no_link) || starts_with(arg, "-print-") || starts_with(arg, "--print-")) p->links = false;
    else if (!strcmp(arg, "-shared") || !strcmp(arg, "--shared")) p->shared = true;
    else if (!strcmp(arg, "-r") || !strcmp(arg, "-nostdlib")) p->relocatable = true;
    else if (!strcmp(arg, "-static") || !strcmp(arg, "--static")) p->fully_static = true;
    else if (!strcmp(arg, "-static-pie")) p->fully_static = p->static_pie = true;
    else if (arg[1] == 'g' && strcmp(arg, "-gcc-toolchain")) p->debug = true;
    else if (arg[1] == 'l' && arg[2]) p->inputs = true;
    else if (arg[1] == 'x' && arg[2]) note_language(s, arg + 2);
}

/* A -fsanitize= argument without "thread"; NULL if nothing is left of it. */
static const char *without_thread(const char *arg) {
    struct arguments out = {0};
    const char *list = strdup(arg + strlen("-fsanitize="));
    for (char *save, *name = strtok_r((char *)list, ",", &save); name; name = strtok_r(NULL, ",", &save)) {
        if (!strcmp(name, "thread")) continue;
        const char *before = out.count ? out.at[out.count - 1] : "-fsanitize";
        arguments_join(&out, before, out.count ? "," : "=", name, NULL);
    }
    return out.count ? out.at[out.count - 1] : NULL;
}

/* The argument as it may stand beside -race: itself, another text, or NULL to leave it out. `before` is the one before. */
static const char *filter_for_race(const char *arg, const char *before, bool shared) {
    static const char *const undefined[] = {"-Wl,-z,defs", "-Wl,--no-undefined", "-Wl,-zdefs", "-zdefs", NULL};
    if (starts_with(arg, "-fsanitize=")) return without_thread(arg);
    if (starts_with(arg, "-D_FORTIFY_SOURCE") || starts_with(arg, "-Wp,-D_FORTIFY_SOURCE")) return NULL;
    if (starts_with(arg, "-Wp,-U_FORTIFY_SOURCE,-D_FORTIFY_SOURCE")) return NULL;
    if (before && !strcmp(before, "-D") && starts_with(arg, "_FORTIFY_SOURCE")) return "GORO_NO_FORTIFY";
    if (shared && is_one_of(arg, undefined)) return NULL;
    return arg;
}

static void scan_arg(struct scan *s, char *arg);

/* A response file that holds something of ours is replaced by its contents. */
static void scan_file(struct scan *s, char *arg) {
    char *text = file_text(arg + 1), *at = text;
    if (!text || s->depth > 20) { /* as gcc: no such file, so it is an ordinary argument */
        note_input(s, arg);
        arguments_add(s->out, arg);
        return;
    }
    struct arguments inner = {0}, *outer = s->out;
    bool outer_changed = s->changed;
    s->out = &inner;
    s->changed = false;
    s->depth++;
    for (char *word; (word = next_word(&at));) scan_arg(s, word);
    s->depth--;
    s->out = outer;
    if (!s->changed) arguments_add(outer, arg);
    else
        for (size_t i = 0; i < inner.count; i++) arguments_add(outer, inner.at[i]);
    s->changed |= outer_changed;
}

static void scan_arg(struct scan *s, char *arg) {
    if (s->pending) {
        if (!strcmp(s->pending, "-x")) note_language(s, arg);
        if (!strcmp(s->pending, "-l")) s->plan->inputs = true;
        arguments_add(s->out, arg);
        s->pending = NULL;
        return;
    }
    if (arg[0] == '@' && arg[1]) {
        scan_file(s, arg);
        return;
    }
    if (take_own(s, arg)) {
        s->changed = true;
        return;
    }
    if (arg[0] != '-' || !arg[1]) note_input(s, arg);
    else if (!strcmp(arg, "-x") || !strcmp(arg, "-l") || is_one_of(arg, with_value)) s->pending = arg;
    else note_option(s, arg);
    arguments_add(s->out, arg);
}

/* A second walk, once it is known that -race is on; rare enough that response files are opened again. */
static bool needs_filter(struct arguments *a, bool shared) {
    for (size_t i = 0; i < a->count; i++)
        if (filter_for_race(a->at[i], i ? a->at[i - 1] : NULL, shared) != a->at[i]) return true;
    return false;
}

static void filter_args(struct arguments *a, bool shared, struct arguments *out) {
    for (size_t i = 0; i < a->count; i++) {
        const char *arg = a->at[i];
        char *text = arg[0] == '@' ? file_text(arg + 1) : NULL, *at = text;
        struct arguments words = {0};
        if (text)
            for (char *word; (word = next_word(&at));) arguments_add(&words, word);
        if (text && needs_filter(&words, shared)) {
            filter_args(&words, shared, out);
            continue;
        }
        const char *kept = filter_for_race(arg, i ? a->at[i - 1] : NULL, shared);
        if (kept) arguments_add(out, kept);
    }
}

const char *plan_read(struct plan *p, int argc, char **argv) {
    *p = (struct plan){.links = true};
    struct scan s = {.plan = p, .out = &p->rest};
    for (int i = 0; i < argc; i++) scan_arg(&s, argv[i]);
    if (p->race) {
        struct arguments kept = {0};
        filter_args(&p->rest, p->shared && p->link == LINK_STATIC, &kept);
        p->rest = kept;
    }
    p->links = p->links && p->inputs && !p->relocatable;
    p->language_set = s.language != NULL;
    if (p->fully_static && p->link == LINK_SHARED) return "--goro-shared and -static cannot be had together";
    return s.wrong;
}

/* -- what is added ----------------------------------------------------------------------------------------------- */

void plan_cflags(const struct plan *p, const struct tree *t, enum compiler_kind compiler, struct arguments *out) {
    /* At a gcc link too: with -flto the accesses are instrumented there. clang's link takes no such options. */
    if (p->race && compiler == COMPILER_GCC) arguments_join(out, "-specs=", t->lib, "/goro/race-gcc.specs", NULL);
    if (!p->sources) return;
    if (p->race && compiler == COMPILER_CLANG) arguments_join(out, "@", t->lib, "/goro/race-clang.opts", NULL);
    arguments_join(out, "-I", t->include, NULL);
    arguments_add(out, "-pthread");
    if (!p->race) return;
    if (!p->debug) arguments_add(out, "-g"); /* a report needs file and line */
    arguments_add(out, "-U_FORTIFY_SOURCE");
    arguments_add(out, "-DGORO_RACE_ENABLED=1");
}

static void add_run_path(const struct tree *t, struct arguments *out) {
    if (t->system) return;
    arguments_add(out, "-Xlinker");
    arguments_join(out, "-rpath=", t->lib, NULL);
}

void plan_libs(const struct plan *p, const struct tree *t, struct arguments *out) {
    const char *name = p->race ? "goro_race" : "goro";
    if (p->language_set) { /* else an archive would be compiled */
        arguments_add(out, "-x");
        arguments_add(out, "none");
    }
    if (p->link == LINK_SHARED) {
        arguments_join(out, "-L", t->lib, NULL);
        add_run_path(t, out);
        arguments_join(out, "-l", name, NULL);
    } else if (!p->shared) { /* a shared library leaves goro to the program that loads it */
        if (p->race) arguments_add(out, "-Wl,-u,__tsan_init");
        arguments_join(out, t->lib, "/lib", name, p->race && p->fully_static ? "_static.a" : ".a", NULL);
        if (p->race && p->fully_static) arguments_join(out, "@", t->lib, "/goro/race-wrap.opts", NULL);
        if (!p->fully_static) {
            arguments_add(out, "-Xlinker");
            arguments_join(out, "--dynamic-list=", t->lib, "/goro/exports.list", NULL);
            if (p->race) add_run_path(t, out); /* from there the program finds goro-race, to report without it */
        }
        if (p->static_pie) arguments_join(out, t->lib, "/goro/libgoro_no_unwind.a", NULL); /* libunwind.a is no PIC */
        else arguments_add(out, "-lunwind"); /* the stacks of parked goroutines */
        if (p->fully_static && !p->static_pie) arguments_add(out, "-llzma"); /* libunwind.a wants it */
    }
    arguments_add(out, "-pthread");
}
