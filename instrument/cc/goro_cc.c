/* goro-cc: a C compiler's driver that adds what goro needs, and then becomes the compiler.
 *
 * The compiler is GORO_CC (words are split at spaces: "ccache gcc" works), else cc. goro's own files are found from
 * the driver's real path, in a build tree as in an installed one, wherever it was moved to. */
#include "instrument/cc/options.h"
#include "instrument/cc/plan.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifndef GORO_LIB_FROM_BIN
#define GORO_LIB_FROM_BIN "../lib" /* of the installed tree; the build tree's is always ../lib */
#define GORO_INCLUDE_FROM_BIN "../include"
#endif

static _Noreturn void fail(int status, const char *what, const char *detail) {
    fprintf(stderr, "goro-cc: %s%s%s\n", what, detail ? ": " : "", detail ? detail : "");
    exit(status);
}

/* -- where goro is ------------------------------------------------------------------------------------------------ */

/* The absolute path of bin/relative if `file` is in it; NULL otherwise. */
static char *find_beside(const char *bin, const char *relative, const char *file) {
    char path[PATH_MAX], *real;
    if (snprintf(path, sizeof path, "%s/%s/%s", bin, relative, file) >= (int)sizeof path) return NULL;
    if (access(path, R_OK) != 0) return NULL;
    snprintf(path, sizeof path, "%s/%s", bin, relative);
    real = realpath(path, NULL);
    return real;
}

static bool is_system_directory(const char *lib) {
    static const char *const known[] = {"/lib", "/usr/lib", "/lib64", "/usr/lib64"};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        size_t n = strlen(known[i]);
        if (!strncmp(lib, known[i], n) && (!lib[n] || (lib[n] == '/' && strstr(lib + n, "-linux-")))) return true;
    }
    return false;
}

static struct tree find_tree(void) {
    char bin[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", bin, sizeof bin - 1);
    if (n <= 0) fail(125, "cannot find out where this program is", strerror(errno));
    bin[n] = 0;
    *strrchr(bin, '/') = 0;
    struct tree t = {.include = find_beside(bin, GORO_INCLUDE_FROM_BIN, "goro.h"),
                     .lib = find_beside(bin, GORO_LIB_FROM_BIN, "goro/race-gcc.specs")};
    if (!t.include) t.include = find_beside(bin, "../include", "goro.h");
    if (!t.lib) t.lib = find_beside(bin, "../lib", "goro/race-gcc.specs");
    if (!t.include) fail(125, "no ../include/goro.h beside", bin);
    if (!t.lib) fail(125, "no ../lib/goro beside", bin);
    t.system = is_system_directory(t.lib);
    return t;
}

/* -- which compiler ------------------------------------------------------------------------------------------------ */

static void find_compiler(struct arguments *command) {
    const char *text = getenv("GORO_CC");
    if (!text || !text[strspn(text, " \t")]) text = "cc";
    char *words = strdup(text);
    for (char *save, *word = strtok_r(words, " \t", &save); word; word = strtok_r(NULL, " \t", &save))
        arguments_add(command, word);
}

/* Follows the program's name along PATH and its symbolic links: cc is most often a link to one of them. */
static char *real_name(const char *program) {
    if (strchr(program, '/')) return realpath(program, NULL);
    char *path = strdup(getenv("PATH") ? getenv("PATH") : "/usr/bin:/bin");
    for (char *save, *dir = strtok_r(path, ":", &save); dir; dir = strtok_r(NULL, ":", &save)) {
        char full[PATH_MAX];
        if (snprintf(full, sizeof full, "%s/%s", dir, program) >= (int)sizeof full) continue;
        if (access(full, X_OK) == 0) return realpath(full, NULL);
    }
    return NULL;
}

static bool says_clang(const struct arguments *compiler) {
    struct arguments command = {0};
    for (size_t i = 0; i < compiler->count; i++) arguments_join(&command, "'", compiler->at[i], "' ", NULL);
    size_t length = 1;
    for (size_t i = 0; i < command.count; i++) length += strlen(command.at[i]);
    char *line = calloc(1, length + 64), text[512] = {0};
    for (size_t i = 0; i < command.count; i++) strcat(line, command.at[i]);
    strcat(line, "--version 2>/dev/null");
    FILE *p = popen(line, "r");
    if (p) {
        size_t n = fread(text, 1, sizeof text - 1, p);
        text[n] = 0;
        while (fread(line, 1, 1, p) == 1) continue; /* so that it does not die of SIGPIPE */
        pclose(p);
    }
    return strstr(text, "clang") != NULL;
}

/* By name where the name says it; else the compiler is asked. */
static enum compiler_kind kind_of(const struct arguments *compiler) {
    for (size_t i = compiler->count; i-- > 0;) {
        const char *slash = strrchr(compiler->at[i], '/');
        char *real = real_name(compiler->at[i]);
        const char *names[] = {slash ? slash + 1 : compiler->at[i], real ? strrchr(real, '/') + 1 : ""};
        for (int k = 0; k < 2; k++) {
            if (strstr(names[k], "clang")) return COMPILER_CLANG;
            if (strstr(names[k], "gcc") || strstr(names[k], "g++")) return COMPILER_GCC;
        }
    }
    return says_clang(compiler) ? COMPILER_CLANG : COMPILER_GCC;
}

/* -- questions to goro-cc itself ----------------------------------------------------------------------------------- */

static void print_help(void) {
    puts("usage: goro-cc [-race] [any option of the C compiler] file...\n\n"
         "Runs the C compiler (GORO_CC in the environment, else cc; gcc and clang both work) with what goro needs.\n");
#define LINE(option, member, value, help) printf("  %-16s %s\n", option, help);
    GORO_CC_OPTIONS(LINE)
#undef LINE
    puts("\nA shared library (-shared) leaves goro to the program that loads it; that program is linked by goro-cc too.\n"
         "All other options, --help and --version too, are the compiler's.");
}

static void print_words(const struct arguments *a) {
    for (size_t i = 0; i < a->count; i++) {
        if (i) putchar(' ');
        for (const char *p = a->at[i]; *p; p++) {
            if (strchr(" \t\\'\"$`(){};&|<>*?#~", *p)) putchar('\\');
            putchar(*p);
        }
    }
    putchar('\n');
}

static int answer(struct plan *p, const struct arguments *compiler) {
    struct arguments words = {0};
    struct tree t;
    switch (p->query) {
    case QUERY_HELP: print_help(); return 0;
    case QUERY_VERSION: puts("goro-cc " GORO_VERSION_TEXT); return 0;
    default: break;
    }
    t = find_tree();
    p->sources = true;
    if (p->query == QUERY_CFLAGS) plan_cflags(p, &t, kind_of(compiler), &words);
    else plan_libs(p, &t, &words);
    print_words(&words);
    return 0;
}

int main(int argc, char **argv) {
    struct plan plan;
    struct arguments command = {0};
    const char *wrong = plan_read(&plan, argc - 1, argv + 1);
    if (wrong) fail(125, wrong, NULL);
    find_compiler(&command);
    if (plan.query != QUERY_NONE) return answer(&plan, &command);

    enum compiler_kind kind = plan.race && plan.inputs ? kind_of(&command) : COMPILER_GCC;
    for (size_t i = 0; i < plan.rest.count; i++) arguments_add(&command, plan.rest.at[i]);
    if (plan.inputs) {
        struct tree t = find_tree();
        plan_cflags(&plan, &t, kind, &command);
        if (plan.links) plan_libs(&plan, &t, &command);
    }
    execvp(command.at[0], (char **)command.at);
    int error = errno;
    fprintf(stderr, "goro-cc: cannot run the compiler '%s': %s (GORO_CC in the environment names another)\n", command.at[0],
            strerror(error));
    return error == ENOENT ? 127 : 126;
}
