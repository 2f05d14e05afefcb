/* goro-cc's reading of command lines: what it adds for which, and what it leaves alone. */
#include "instrument/cc/plan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static const struct tree tree = {.include = "/g/include", .lib = "/g/lib"};

/* The command line that results, without the compiler, as one string; words are separated by spaces. */
static const char *command(enum compiler_kind kind, const char *line) {
    static char text[4096];
    struct plan p;
    char *copy = strdup(line), *argv[64];
    int argc = 0;
    for (char *save, *w = strtok_r(copy, " ", &save); w; w = strtok_r(NULL, " ", &save)) argv[argc++] = w;
    assert_null(plan_read(&p, argc, argv));
    if (p.inputs) {
        plan_cflags(&p, &tree, kind, &p.rest);
        if (p.links) plan_libs(&p, &tree, &p.rest);
    }
    text[0] = 0;
    for (size_t i = 0; i < p.rest.count; i++) {
        if (i) strcat(text, " ");
        strcat(text, p.rest.at[i]);
    }
    return text;
}
static const char *gcc(const char *line) { return command(COMPILER_GCC, line); }
static const char *clang(const char *line) { return command(COMPILER_CLANG, line); }
static bool has(const char *text, const char *part) { return strstr(text, part) != NULL; }

static void compile_only_adds_no_library(void **state) {
    (void)state;
    assert_string_equal(gcc("-c a.c"), "-c a.c -I/g/include -pthread");
    assert_string_equal(gcc("-race -c a.c -g1"), "-c a.c -g1 -specs=/g/lib/goro/race-gcc.specs -I/g/include -pthread "
                                                 "-U_FORTIFY_SOURCE -DGORO_RACE_ENABLED=1");
    assert_false(has(gcc("-S a.c"), ".a"));
    assert_false(has(gcc("-E a.c"), ".a"));
    assert_false(has(gcc("-MM a.c"), ".a"));
}

static void questions_reach_the_compiler_unchanged(void **state) {
    (void)state;
    static const char *const lines[] = {"--version", "-v", "-dumpmachine", "-print-search-dirs", "-Wl,--version",
                                        "-print-file-name=libc.so", "--help", "-E -dM", "-###"};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        char race[64];
        assert_string_equal(gcc(lines[i]), lines[i]);
        snprintf(race, sizeof race, "-race %s", lines[i]);
        assert_string_equal(gcc(race), lines[i]);
    }
}

static void a_link_gets_the_library_behind_the_objects(void **state) {
    (void)state;
    assert_string_equal(gcc("a.o -o a"),
                        "a.o -o a /g/lib/libgoro.a -Xlinker --dynamic-list=/g/lib/goro/exports.list -lunwind -pthread");
    assert_true(has(gcc("-race a.o -o a"), " -Wl,-u,__tsan_init /g/lib/libgoro_race.a "));
    assert_true(has(gcc("-race a.c"), " -g ")); /* lines are needed */
    assert_false(has(gcc("-race a.c -g0"), " -g "));
    assert_true(has(gcc("-race -static a.c"), " /g/lib/libgoro_race_static.a @/g/lib/goro/race-wrap.opts"));
    assert_true(has(gcc("-race -static-pie a.c"), " /g/lib/libgoro_race_static.a @/g/lib/goro/race-wrap.opts"));
    assert_false(has(gcc("-race -static a.c"), "--dynamic-list"));
    assert_true(has(gcc("-static a.c"), "-lunwind -llzma"));
    assert_false(has(gcc("-static-pie a.c"), "-lunwind")); /* there is no position-independent one */
}

static void link_time_optimisation_instruments_at_the_link(void **state) {
    (void)state;
    assert_true(has(gcc("-race -flto a.o"), "-specs=/g/lib/goro/race-gcc.specs"));
    assert_false(has(clang("-race -flto a.o"), "race-clang.opts"));
    assert_true(has(clang("-race a.c"), "@/g/lib/goro/race-clang.opts"));
}

static void shared_libraries_leave_goro_to_the_program(void **state) {
    (void)state;
    assert_false(has(gcc("-race -shared -fPIC a.c -o a.so"), "libgoro"));
    assert_string_equal(gcc("-race -shared -Wl,--no-undefined a.o"),
                        "-shared a.o -specs=/g/lib/goro/race-gcc.specs -pthread");
    assert_string_equal(gcc("-race --goro-shared -shared -Wl,--no-undefined a.o"),
                        "-shared -Wl,--no-undefined a.o -specs=/g/lib/goro/race-gcc.specs -L/g/lib -Xlinker "
                        "-rpath=/g/lib -lgoro_race -pthread");
    assert_false(has(gcc("-r a.o b.o -o c.o"), "libgoro"));
}

static void the_sanitizer_never_reaches_the_driver(void **state) {
    (void)state;
    assert_false(has(gcc("-race -fsanitize=thread a.c"), "-fsanitize"));
    assert_true(has(gcc("-race -fsanitize=thread,undefined a.c"), "-fsanitize=undefined"));
    assert_true(has(gcc("-race -fsanitize=undefined,thread,leak a.c"), "-fsanitize=undefined,leak"));
    assert_true(has(gcc("-fsanitize=thread a.c"), "-fsanitize=thread")); /* without -race it is the user's */
}

static void fortify_is_left_out_under_race_only(void **state) {
    (void)state;
    assert_false(has(gcc("-race -D_FORTIFY_SOURCE=2 -c a.c"), "FORTIFY_SOURCE=2"));
    assert_false(has(gcc("-race -Wp,-D_FORTIFY_SOURCE=2 -c a.c"), "FORTIFY_SOURCE=2"));
    assert_true(has(gcc("-D_FORTIFY_SOURCE=2 -c a.c"), "FORTIFY_SOURCE=2"));
}

static void values_of_options_are_no_inputs(void **state) {
    (void)state;
    assert_string_equal(gcc("-o a.c"), "-o a.c");
    assert_string_equal(gcc("-I x.c -D y.c -Xlinker z.c"), "-I x.c -D y.c -Xlinker z.c");
    assert_true(has(gcc("-l m -o a"), "libgoro.a"));
}

static void assembly_takes_no_option_of_ours(void **state) {
    (void)state;
    assert_string_equal(clang("-race -c a.s"), "-c a.s");
    assert_string_equal(clang("-race -c -x assembler a"), "-c -x assembler a");
    assert_true(has(clang("-race -c a.S"), "-I/g/include"));
}

static void a_language_in_force_does_not_reach_the_archive(void **state) {
    (void)state;
    assert_true(has(gcc("-x c prog -o a"), "-x none /g/lib/libgoro.a"));
    assert_true(has(gcc("-x c -"), "-I/g/include"));
    assert_true(has(gcc("-xc prog -xnone b.o"), " /g/lib/libgoro.a"));
    assert_false(has(gcc("-xc prog -xnone b.o"), "-x none"));
}

static const char *response(const char *text) {
    static char path[] = "/tmp/goro-plan-XXXXXX";
    strcpy(path + strlen(path) - 6, "XXXXXX");
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
    return path;
}

static void response_files_are_read_and_kept(void **state) {
    (void)state;
    char line[256], want[512];
    const char *path = response("-c 'a b.c'\n-o \"c d.o\" e\\ f.c");
    snprintf(line, sizeof line, "@%s", path);
    snprintf(want, sizeof want, "@%s -I/g/include -pthread", path);
    assert_string_equal(gcc(line), want);
    unlink(path);

    path = response("-race -c 'a b.c'");
    snprintf(line, sizeof line, "@%s", path);
    assert_true(has(gcc(line), "-c a b.c -specs="));
    unlink(path);

    path = response("-fsanitize=thread a.c");
    snprintf(line, sizeof line, "-race @%s -c", path);
    assert_true(has(gcc(line), "a.c -c -specs="));
    assert_false(has(gcc(line), "-fsanitize"));
    unlink(path);

    assert_string_equal(gcc("-c @/nonexistent/file"), "-c @/nonexistent/file");
}

static void shared_goro_and_static_contradict(void **state) {
    (void)state;
    struct plan p;
    char *argv[] = {"--goro-shared", "-static", "a.c"};
    assert_non_null(plan_read(&p, 3, argv));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(compile_only_adds_no_library),
        cmocka_unit_test(questions_reach_the_compiler_unchanged),
        cmocka_unit_test(a_link_gets_the_library_behind_the_objects),
        cmocka_unit_test(link_time_optimisation_instruments_at_the_link),
        cmocka_unit_test(shared_libraries_leave_goro_to_the_program),
        cmocka_unit_test(the_sanitizer_never_reaches_the_driver),
        cmocka_unit_test(fortify_is_left_out_under_race_only),
        cmocka_unit_test(values_of_options_are_no_inputs),
        cmocka_unit_test(assembly_takes_no_option_of_ours),
        cmocka_unit_test(a_language_in_force_does_not_reach_the_archive),
        cmocka_unit_test(response_files_are_read_and_kept),
        cmocka_unit_test(shared_goro_and_static_contradict),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
