/* Contexts and groups: who is cancelled by whom, with what error, and that freeing in any order gives all back. */
#include "runtime/context.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static bool is_done(goro_ctx *ctx) {
    goro_empty e;
    bool done = false;
    chan_select {
        chan_case_recv(goro_ctx_done(ctx), e) { done = true; }
        chan_default {}
    }
    assert_int_equal(done, goro_ctx_err(ctx) != 0);
    return done;
}

static void the_background_is_never_done(void **state) {
    (void)state;
    goro_ctx *root = goro_ctx_background();
    assert_true(goro_ctx_done(root) == NULL);
    goro_ctx_cancel(root);
    goro_ctx_free(root);
    assert_int_equal(goro_ctx_err(root), 0);
}

static void cancelling_reaches_all_below_and_nobody_else(void **state) {
    (void)state;
    goro_ctx *a = goro_ctx_with_cancel(goro_ctx_background()), *b = goro_ctx_with_cancel(a),
             *c = goro_ctx_with_value(b, "k", "v"), *sibling = goro_ctx_with_timeout(a, GORO_HOUR);
    assert_int_equal(ctx_check(a), 4);
    goro_ctx_cancel(b);
    assert_false(is_done(a));
    assert_true(is_done(b));
    assert_true(is_done(c));
    assert_false(is_done(sibling));
    goro_ctx_cancel(b);
    assert_int_equal(goro_ctx_err(c), GORO_CANCELED);
    goro_ctx *late = goro_ctx_with_cancel(c);
    assert_true(is_done(late));
    assert_int_equal(ctx_check(a), 5);
    goro_ctx_free(a); /* a parent may go first */
    assert_true(is_done(sibling));
    assert_string_equal(goro_ctx_value(late, c->key), "v");
    assert_null(goro_ctx_value(late, NULL));
    goro_ctx_free(c);
    goro_ctx_free(late);
    goro_ctx_free(sibling);
    goro_ctx_free(b);
}

static void a_deadline_cancels_with_its_own_error(void **state) {
    (void)state;
    int64_t start = goro_now();
    goro_ctx *a = goro_ctx_with_timeout(goro_ctx_background(), 2 * GORO_MILLISECOND), *b = goro_ctx_with_cancel(a);
    assert_false(chan_recv_ok(goro_ctx_done(b), NULL));
    assert_true(goro_now() - start >= 2 * GORO_MILLISECOND);
    assert_int_equal(goro_ctx_err(a), GORO_DEADLINE_EXCEEDED);
    assert_int_equal(goro_ctx_err(b), GORO_DEADLINE_EXCEEDED);
    goro_ctx_cancel(a);
    assert_int_equal(goro_ctx_err(a), GORO_DEADLINE_EXCEEDED);
    goro_ctx *past = goro_ctx_with_deadline(goro_ctx_background(), start);
    assert_int_equal(goro_ctx_err(past), GORO_DEADLINE_EXCEEDED);
    goro_ctx_free(past);
    goro_ctx_free(b);
    goro_ctx_free(a);
    struct g *g = runtime_enter();
    assert_int_equal(wheel_check(), 0);
    runtime_leave(g);
}

static void values_are_found_upwards_the_nearest_first(void **state) {
    (void)state;
    static const char key1, key2;
    int one, two, three;
    goro_ctx *a = goro_ctx_with_value(goro_ctx_background(), &key1, &one), *b = goro_ctx_with_value(a, &key2, &two),
             *c = goro_ctx_with_value(b, &key1, &three);
    assert_ptr_equal(goro_ctx_value(c, &key1), &three);
    assert_ptr_equal(goro_ctx_value(c, &key2), &two);
    assert_ptr_equal(goro_ctx_value(b, &key1), &one);
    assert_null(goro_ctx_value(a, &key2));
    goro_ctx_free(a), goro_ctx_free(b), goro_ctx_free(c);
}

static void wait_and_free(goro_ctx *ctx, goro_wg *wg) {
    (void)chan_recv(goro_ctx_done(ctx));
    goro_ctx_free(ctx);
    goro_wg_done(wg);
}

static void a_woken_goroutine_may_free_the_context(void **state) {
    (void)state;
    goro_wg wg = {0};
    for (int i = 0; i < 200; i++) {
        goro_ctx *parent = goro_ctx_with_cancel(goro_ctx_background()),
                 *ctx = i % 2 ? goro_ctx_with_cancel(parent) : goro_ctx_with_timeout(parent, 10 * GORO_MICROSECOND);
        goro_wg_add(&wg, 1);
        go(wait_and_free, ctx, &wg);
        goro_yield();
        if (i % 2) goro_ctx_cancel(parent);
        goro_wg_wait(&wg);
        goro_ctx_free(parent);
    }
}

static void a_deep_and_wide_tree_is_cancelled_without_recursion(void **state) {
    (void)state;
    enum { DEPTH = 20000 };
    goro_ctx **all = malloc(DEPTH * sizeof *all), *parent = goro_ctx_background();
    for (int i = 0; i < DEPTH; i++) all[i] = parent = goro_ctx_with_cancel(i % 10 == 9 ? all[i / 2] : parent);
    goro_ctx_cancel(all[0]);
    for (int i = 0; i < DEPTH; i++) assert_int_equal(goro_ctx_err(all[i]), GORO_CANCELED);
    for (int i = 0; i < DEPTH; i++) goro_ctx_free(all[i]);
    free(all);
}

/* -- groups -------------------------------------------------------------------------------------------------------------- */

struct task {
    goro_group *group;
    int result, *running, *most;
};

static int run_task(void *argument) {
    struct task *t = argument;
    int running = __atomic_add_fetch(t->running, 1, __ATOMIC_SEQ_CST);
    int most = __atomic_load_n(t->most, __ATOMIC_SEQ_CST);
    while (running > most && !__atomic_compare_exchange_n(t->most, &most, running, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
        continue;
    goro_yield();
    if (t->result == 0) (void)chan_recv(goro_ctx_done(goro_group_ctx(t->group)));
    __atomic_sub_fetch(t->running, 1, __ATOMIC_SEQ_CST);
    return t->result > 0 ? t->result : 0;
}

static void the_first_failure_cancels_the_group(void **state) {
    (void)state;
    goro_group group;
    int running = 0, most = 0;
    struct task tasks[10];
    goro_ctx *parent = goro_ctx_with_cancel(goro_ctx_background());
    goro_group_init(&group, parent);
    for (int i = 0; i < 10; i++) {
        tasks[i] = (struct task){&group, i == 7 ? 42 : 0, &running, &most};
        goro_group_go(&group, run_task, &tasks[i]);
    }
    assert_int_equal(goro_group_wait(&group), 42);
    assert_int_equal(goro_ctx_err(goro_group_ctx(&group)), GORO_CANCELED);
    assert_int_equal(goro_ctx_err(parent), 0);
    assert_int_equal(ctx_check(parent), 1);
    goro_ctx_free(parent);
}

static void a_group_keeps_its_limit_and_succeeds(void **state) {
    (void)state;
    goro_group group;
    int running = 0, most = 0;
    struct task task = {&group, -1, &running, &most};
    goro_group_init(&group, NULL);
    goro_group_set_limit(&group, 3);
    for (int i = 0; i < 50; i++) goro_group_go(&group, run_task, &task);
    assert_int_equal(goro_group_wait(&group), 0);
    assert_in_range(most, 1, 3);
}

static char child_key;
static void children_of_a_group_outlive_it(void **state) {
    (void)state;
    goro_ctx *parent = goro_ctx_with_value(goro_ctx_background(), &child_key, &child_key);
    goro_group *group = malloc(sizeof *group);
    goro_group_init(group, parent);
    goro_ctx *child = goro_ctx_with_cancel(goro_group_ctx(group));
    assert_int_equal(goro_group_wait(group), 0);
    memset(group, 0xee, sizeof *group);
    free(group);
    assert_int_equal(goro_ctx_err(child), GORO_CANCELED);
    assert_ptr_equal(goro_ctx_value(child, &child_key), &child_key);
    goro_ctx_free(parent);
    goro_ctx_free(child);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_background_is_never_done),
        cmocka_unit_test(cancelling_reaches_all_below_and_nobody_else),
        cmocka_unit_test(a_deadline_cancels_with_its_own_error),
        cmocka_unit_test(values_are_found_upwards_the_nearest_first),
        cmocka_unit_test(a_woken_goroutine_may_free_the_context),
        cmocka_unit_test(a_deep_and_wide_tree_is_cancelled_without_recursion),
        cmocka_unit_test(the_first_failure_cancels_the_group),
        cmocka_unit_test(a_group_keeps_its_limit_and_succeeds),
        cmocka_unit_test(children_of_a_group_outlive_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
