/* Small things with many cases: what is shown of hostile names, which object a source line names, which word was
 * meant, lists of codes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "reports/codes.h"
#include "reports/memory.h"
#include "reports/model.h"
#include "reports/options.h"
#include "reports/source.h"
#include "reports/writers.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void shown_text_cannot_steer_a_terminal(void **state) {
    static const struct {
        const char *given, *shown;
    } cases[] = {
        {"plain", "plain"},
        {"\033[2J", "\\x1b[2J"},
        {"a\rb\nc\td\x7f", "a\\x0db\\x0ac\\x09d\\x7f"},
        {"\xc3\xa4\xe6\xbc\xa2\xf0\x9f\x98\x80",
         "\xc3\xa4\xe6\xbc\xa2\xf0\x9f\x98\x80"}, /* whole UTF-8 stays */
        {"\xc3", "\\xc3"},
        {"\xff\xfe", "\\xff\\xfe"},
        {"\xc0\xaf", "\\xc0\\xaf"},          /* an overlong form */
        {"\xed\xa0\x80", "\\xed\\xa0\\x80"}, /* half a surrogate pair */
        {"\xc2\x9b"
         "31m",
         "\\u{9b}31m"}, /* the C1 form of ESC [ */
        {"a\xe2\x80\xae"
         "b",
         "a\\u{202e}b"}, /* right-to-left override */
    };

    (void)state;
    for (size_t i = 0; i < array_length(cases); i++) {
        struct text t = {0};
        text_shown(&t, cases[i].given, 1000);
        assert_string_equal(t.data, cases[i].shown);
        text_free(&t);
    }
}

static void shown_text_is_cut_at_its_limit(void **state) {
    struct text t = {0};

    (void)state;
    assert_int_equal(text_shown(&t, "0123456789", 5), 8);
    assert_string_equal(t.data, "01234...");
    text_free(&t);
}

static void json_strings_are_json(void **state) {
    struct text t = {0};

    (void)state;
    put_json_string(&t, "a\"b\\c\001\xff");
    assert_string_equal(t.data, "\"a\\\"b\\\\c\\\\x01\\\\xff\"");
    text_free(&t);
}

static void the_object_of_an_access_is_read_from_its_line(void **state) {
    static const struct {
        const char *line;
        unsigned column;
        bool write;
        const char *object; /* NULL: not to be told */
    } cases[] = {
        {"    account->balance += n;", 22, true, "account->balance"}, /* at the operator */
        {"    account->balance += n;", 12, true, "account->balance"}, /* at the arrow */
        {"    account->balance += n;", 5, true, "account->balance"},
        {"    account->balance += n;", 14, true, "account->balance"}, /* at the member */
        {"    x = account->balance;", 9, false, "account->balance"},
        {"    (*p)++;", 9, true, NULL},
        {"    *p = 1;", 5, true, "*p"},
        {"    *p = 1;", 8, true, "*p"},
        {"    counter++;", 12, true, "counter"},
        {"    counter++;", 5, true, "counter"},
        {"    ++counter;", 5, true, "counter"},
        {"    m->slot[i + 1].next = 0;", 21, true, "m->slot[i + 1].next"},
        {"    m->slot[i + 1].next = 0;", 25, true, "m->slot[i + 1].next"},
        {"    return f(x);", 12, false, NULL},
        {"    a = b;", 7, false, NULL}, /* a read at the = : of which side? */
        {"    if (a == b) x();", 11, true, NULL},
        {"    3 + 4", 7, false, NULL},
        {"", 1, true, NULL},
        {"x", 90, true, NULL},
        {"x", 0, true, NULL},
    };

    (void)state;
    for (size_t i = 0; i < array_length(cases); i++) {
        char *found = source_object(cases[i].line, cases[i].column, cases[i].write);
        if (!cases[i].object && found) print_error("case %zu gave %s\n", i, found);
        if (!cases[i].object)
            assert_null(found);
        else if (!found)
            fail_msg("case %zu: nothing found in %s", i, cases[i].line);
        else
            assert_string_equal(found, cases[i].object);
        free(found);
    }
}

static void the_lock_of_a_call_is_read_from_its_line(void **state) {
    static const struct {
        const char *line;
        unsigned column;
        const char *object;
    } cases[] = {
        {"    goro_mutex_lock(&a->mu);", 5, "a->mu"},
        {"    pthread_mutex_lock( &table[i].lock );", 5, NULL},
        {"    pthread_mutex_lock(&table[i].lock);", 5, "table[i].lock"},
        {"    goro_rwmutex_rlock(rw);", 5, "rw"},
        {"    chan_range(job, jobs) {", 5, "jobs"},
        {"    chan_range(job, p->jobs)", 5, "p->jobs"},
        {"    chan_range(job)", 5, NULL},
        {"    lock(f(x));", 5, NULL},
        {"    x = 1;", 5, NULL},
        {"    lock(&mu", 5, NULL},
        {"lock", 1, NULL},
        {"", 1, NULL},
    };

    (void)state;
    for (size_t i = 0; i < array_length(cases); i++) {
        char *found = source_argument(cases[i].line, cases[i].column);
        if (!cases[i].object)
            assert_null(found);
        else if (!found)
            fail_msg("case %zu: nothing found in %s", i, cases[i].line);
        else
            assert_string_equal(found, cases[i].object);
        free(found);
    }
}

static void the_nearest_word_is_offered(void **state) {
    static const char *const words[] = {"seed", "timeout", "suppressions", "json", NULL};

    (void)state;
    assert_string_equal(nearest_word("sed", words), "seed");
    assert_string_equal(nearest_word("seeds", words), "seed");
    assert_string_equal(nearest_word("tiemout", words), "timeout");
    assert_string_equal(nearest_word("supp", words), "suppressions");
    assert_null(nearest_word("banana", words));
}

static void lists_of_codes_take_codes_and_their_beginnings(void **state) {
    char *wrong;

    (void)state;
    assert_true(code_in_list("GR001", "GD,GR001"));
    assert_true(code_in_list("GD002", "GD,GR001"));
    assert_true(code_in_list("GD002", "all"));
    assert_false(code_in_list("GR002", "GD,GR001"));
    assert_false(code_in_list("GR001", ""));
    assert_null(code_list_wrong("GD,GR001,all"));
    wrong = code_list_wrong("GR001,GR999");
    assert_string_equal(wrong, "GR999");
    free(wrong);
}

static void every_code_has_a_page_that_fits_a_screen(void **state) {
    (void)state;
    for (const struct code_entry *e = code_table(); e->code; e++) {
        unsigned lines = 2, column = 0;
        for (const char *at = e->page; *at; at++) {
            column = *at == '\n' ? 0 : column + 1;
            lines += *at == '\n';
            if (column > 80) fail_msg("%s: a line is too long", e->code);
        }
        if (lines > 24) fail_msg("%s has %u lines", e->code, lines);
    }
}

static void the_help_fits_a_screen(void **state) {
    struct text t = {0};
    unsigned lines = 0, column = 0;

    (void)state;
    options_help(&t, false);
    for (const char *at = t.data; *at; at++) {
        column = *at == '\n' ? 0 : column + 1;
        lines += *at == '\n';
        assert_true(column <= 80);
    }
    assert_true(lines <= 23); /* and the next prompt */
    text_free(&t);
}

static void paths_are_shown_as_a_user_would_type_them(void **state) {
    char here[4096], path[5000];

    (void)state;
    assert_non_null(getcwd(here, sizeof here));
    strcpy(path, here);
    strcat(path, "/build/../src/./a.c");
    assert_string_equal(shown_file(path), "src/a.c");
    assert_string_equal(shown_file("/usr/include//x.h"), "/usr/include/x.h");
    assert_string_equal(shown_file("../x/../../y.c"), "../../y.c");
    assert_string_equal(shown_file("a.c"), "a.c");
    assert_string_equal(shown_file("/../a.c"), "/a.c");
    report_style.stable = true;
    assert_string_equal(shown_file("/usr/include//x.h"), "x.h");
    report_style.stable = false;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shown_text_cannot_steer_a_terminal),
        cmocka_unit_test(shown_text_is_cut_at_its_limit),
        cmocka_unit_test(json_strings_are_json),
        cmocka_unit_test(the_object_of_an_access_is_read_from_its_line),
        cmocka_unit_test(the_lock_of_a_call_is_read_from_its_line),
        cmocka_unit_test(the_nearest_word_is_offered),
        cmocka_unit_test(lists_of_codes_take_codes_and_their_beginnings),
        cmocka_unit_test(every_code_has_a_page_that_fits_a_screen),
        cmocka_unit_test(the_help_fits_a_screen),
        cmocka_unit_test(paths_are_shown_as_a_user_would_type_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
