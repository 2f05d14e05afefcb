/* GORO_RACE_OPTIONS: known names set, unknown ones skipped, nonsense harmless. */
#include "instrument/options.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void nothing_set_means_defaults(void **state) {
    (void)state;
    front_options_read(NULL);
    assert_int_equal(front_options.exitcode, 66);
    assert_int_equal(front_options.parallel, 0);
    front_options_read("");
    assert_int_equal(front_options.exitcode, 66);
}

static void known_names_are_set(void **state) {
    (void)state;
    front_options_read("seed=17:parallel=1:exitcode=3");
    assert_int_equal(front_options.seed, 17);
    assert_int_equal(front_options.parallel, 1);
    assert_int_equal(front_options.exitcode, 3);
    front_options_read("max=18446744073709551615");
    assert_true(front_options.max == UINT64_MAX);
    assert_int_equal(front_options.seed, 0); /* an earlier reading leaves nothing behind */
}

static void unknown_names_and_nonsense_are_skipped(void **state) {
    (void)state;
    front_options_read("::seeds=4:see=5:colour=red:seed=9:=:halt:halt=:verbose=2x:max=7");
    assert_int_equal(front_options.seed, 9);
    assert_int_equal(front_options.halt, 0);
    assert_int_equal(front_options.verbose, 2);
    assert_int_equal(front_options.max, 7);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_set_means_defaults),
        cmocka_unit_test(known_names_are_set),
        cmocka_unit_test(unknown_names_and_nonsense_are_skipped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
