/* Compiling C files to a temporary program, as go run does.
 *
 * Always true
 *  1. Once made, the temporary directory is removed on every way out but SIGKILL: by atexit, and every signal that
 *     would end us is taken by the launcher while the compiler and the program run. */
#include "reports/compile.h"
#include "reports/launch.h"
#include "reports/memory.h"
#include "reports/program.h"
#include "reports/progress.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char *directory, *program;

void compile_remove(void) {
    if (program) unlink(program);
    if (directory) rmdir(directory);
    free(program);
    free(directory);
    program = directory = NULL;
}

static void check_readable(const char *file) {
    int fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat st;

    if (fd < 0) give_up(EXIT_MISUSE, "cannot read %s: %s", file, strerror(errno));
    if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode)) give_up(EXIT_MISUSE, "cannot read %s: it is a directory", file);
    close(fd);
}

static void make_directory(void) {
    const char *parent = getenv("TMPDIR");
    struct text t = {0};

    text_print(&t, "%s/goro-race-XXXXXX", parent && *parent ? parent : "/tmp");
    if (!mkdtemp(t.data)) give_up(EXIT_MISUSE, "cannot make a temporary directory %s: %s", t.data, strerror(errno));
    directory = t.data;
    atexit(compile_remove);
}

/* The program is called as its first source is, without the .c: it is what it sees as argv[0]'s last part. */
static void name_program(const char *source) {
    const char *name = path_last(source);
    struct text t = {0};

    text_print(&t, "%s/%.*s", directory, (int)strlen(name) - 2, name);
    program = t.data;
}

/* Compiles files (names that end in .c) to `program`. */
static void compile_sources(char **files, size_t n, const char *const *flags) {
    enum { FLAGS_MAX = 8 };
    char *compiler, **argv = memory_new((n + FLAGS_MAX + 4) * sizeof *argv);
    size_t count = 0;
    int status;

    for (size_t i = 0; i < n; i++) check_readable(files[i]);
    compiler = program_beside("goro-cc");
    if (!compiler) give_up(EXIT_MISUSE, "goro-cc is neither beside goro-race nor on PATH, so nothing can be compiled");
    make_directory();
    name_program(files[0]);
    argv[count++] = compiler;
    for (; *flags && count <= FLAGS_MAX; flags++) argv[count++] = (char *)*flags;
    argv[count++] = "-o";
    argv[count++] = program;
    for (size_t i = 0; i < n; i++) argv[count++] = files[i];
    progress_begin("compiling", files[0]);
    status = launch_helper(compiler, argv);
    progress_end();
    free(argv);
    if (status < 0) give_up(EXIT_MISUSE, "%s cannot be run: %s", compiler, strerror(-1 - status));
    free(compiler);
    if (WIFSIGNALED(status)) give_up(EXIT_MISUSE, "compiling was ended by signal %d", WTERMSIG(status));
    if (WEXITSTATUS(status)) give_up(EXIT_MISUSE, "compiling failed");
}

const char *compile_or_find(char **words, const char *const *flags, char ***argv) {
    size_t n = 0, count = 0;

    while (words[n] && program_is_source(words[n])) n++;
    if (n == 0) {
        *argv = words;
        return program_find(words[0]);
    }
    char **rest = words + n;
    if (*rest && strcmp(*rest, "--") != 0)
        give_up(EXIT_MISUSE, "'%s' is no C file; the program's own arguments go behind --", *rest);
    compile_sources(words, n, flags);
    if (*rest) rest++;
    while (rest[count]) count++;
    *argv = memory_new((count + 2) * sizeof **argv);
    (*argv)[0] = memory_string(program);
    memcpy(*argv + 1, rest, (count + 1) * sizeof **argv);
    return program;
}
