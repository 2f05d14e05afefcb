/* Slots: who gets whose, and who had them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "detector/detector.h"
#include "detector/slot.h"
#include "detector/task.h"
#include "detector/access.h"

static const char *degraded;
static void keep_degraded(const char *what, void *arg) { (void)arg, degraded = what; }

static struct det_task *start(void) {
    degraded = NULL;
    det_init(&(struct det_config){.single = true, .degraded = keep_degraded});
    return det_task_new(NULL, DET_MAIN, 1, 0, 0);
}
static void finish(void) {
    det_check();
    det_fini();
    slot_limits(0, 0);
}
static struct det_task *go(struct det_task *parent, uint64_t id) { return det_task_new(parent, DET_GOROUTINE, id, 0x1000 + id, 0); }
static uint64_t touch(struct det_task *t) { return t->touched = t->stamp; }

static void a_joined_goroutines_slot_is_used_again(void **state) {
    (void)state;
    struct det_task *m = start();
    struct det_sync *wg = det_sync_new();
    for (uint64_t i = 0; i < 1000; i++) {
        struct det_task *t = go(m, i + 2);
        touch(t);
        det_merge(t, wg);
        det_task_end(t);
        det_acquire(m, wg);
    }
    assert_int_equal(slot_count(), 2);
    finish();
}

static void an_unjoined_goroutines_slot_is_not(void **state) {
    (void)state;
    struct det_task *m = start();
    for (uint64_t i = 0; i < 1000; i++) {
        struct det_task *t = go(m, i + 2);
        touch(t);
        det_task_end(t);
    }
    assert_int_equal(slot_count(), 1001);
    assert_null(degraded);
    finish();
}

static void an_access_after_the_last_release_keeps_the_slot(void **state) {
    (void)state;
    struct det_task *m = start(), *t = go(m, 2);
    struct det_sync *wg = det_sync_new();
    det_merge(t, wg);
    uint64_t late = touch(t);
    det_task_end(t);
    det_acquire(m, wg);
    t = go(m, 3);
    assert_int_not_equal(t->slot, stamp_slot(late));
    assert_false(task_knows(m, late) || task_knows(t, late));
    finish();
}

static void many_owners_of_a_slot_are_told_apart(void **state) {
    (void)state;
    enum { N = 100000 };
    struct det_task *m = start();
    struct det_sync *wg = det_sync_new();
    uint64_t *stamp = malloc(N * sizeof *stamp);
    for (uint64_t i = 0; i < N; i++) {
        struct det_task *t = go(m, i + 2);
        stamp[i] = touch(t);
        if (i % 1000 == 0) det_task_name(t, "thousandth");
        det_merge(t, wg);
        det_task_end(t);
        det_acquire(m, wg);
    }
    for (uint64_t i = 0; i < N; i++) {
        const struct task_record *r = task_of_stamp(stamp[i]);
        assert_non_null(r);
        assert_true(r->id == i + 2 && r->entry == 0x1000 + i + 2 && r->parent_id == 1 && !r->task);
        assert_int_equal(r->name_length, i % 1000 == 0 ? 10 : 0);
    }
    assert_int_equal(task_of_id(500)->id, 500);
    assert_null(task_of_id(N + 500));
    assert_null(task_of_stamp(stamp_make(77, 1)));
    free(stamp);
    finish();
}

static void a_task_out_of_epochs_goes_on_elsewhere(void **state) {
    (void)state;
    slot_limits(0, 10);
    struct det_task *m = start(), *t = go(m, 2);
    struct det_sync *s = det_sync_new();
    uint64_t stamps[100];
    for (unsigned i = 0; i < 100; i++) {
        stamps[i] = touch(t);
        det_release(t, s);
        if (i == 50) det_acquire(m, s);
        for (unsigned j = 0; j <= i; j++) {
            assert_true(task_knows(t, stamps[j]));
            assert_int_equal(task_of_stamp(stamps[j])->id, 2);
            assert_ptr_equal(task_of_stamp(stamps[j])->task, t);
        }
    }
    for (unsigned i = 0; i < 100; i++) assert_int_equal(task_knows(m, stamps[i]), i <= 50);
    assert_true(slot_count() >= 11);
    assert_null(degraded);
    det_task_end(t);
    for (unsigned i = 0; i < 100; i++) assert_int_equal(task_of_stamp(stamps[i])->id, 2);
    assert_null(task_of_stamp(stamps[0])->task);
    finish();
}

static void running_out_of_slots_is_said_and_invents_no_race(void **state) {
    (void)state;
    slot_limits(4, 0);
    struct det_task *m = start(), *t[6];
    for (unsigned i = 0; i < 6; i++) t[i] = go(m, i + 2);
    assert_non_null(degraded);
    assert_true(t[5]->slot == SLOT_NONE && t[5]->ignore > 0);
    struct det_sync *s = det_sync_new();
    uint64_t stamp = touch(t[0]);
    det_release(t[0], s);
    det_acquire(t[5], s); /* passes on what it heard, though it has no slot */
    det_release(t[5], s);
    det_acquire(t[1], s);
    assert_true(task_knows(t[1], stamp));
    assert_false(task_knows(t[2], stamp));
    for (unsigned i = 0; i < 6; i++) det_task_end(t[i]);
    finish();
}

static void names_are_cut_and_replaced(void **state) {
    (void)state;
    struct det_task *m = start();
    char longer[100];
    memset(longer, 'x', sizeof longer);
    longer[99] = 0;
    det_task_name(m, longer);
    assert_int_equal(m->record->name_length, TASK_NAME_MAX);
    det_task_name(m, "main");
    assert_int_equal(m->record->name_length, 4);
    assert_memory_equal(arena_at(m->record->name), "main", 4);
    det_task_name(m, "");
    assert_int_equal(m->record->name_length, 0);
    finish();
}

static uint64_t words[64];

static uint64_t write_word(struct det_task *t, unsigned i) {
    uint64_t stamp = t->stamp;
    det_access(t, (uintptr_t)&words[i], 8, DET_WRITE, 0x7777);
    return stamp;
}

static void only_what_is_referred_to_is_remembered(void **state) {
    (void)state;
    enum { N = 20000, EVERY = 400 };
    slot_tenure_budget(500);
    struct det_task *m = start();
    struct det_sync *wg = det_sync_new();
    uint64_t stamp[N];
    for (unsigned i = 0; i < N; i++) {
        struct det_task *t = go(m, i + 2);
        stamp[i] = i % EVERY == 0 ? write_word(t, i / EVERY) : t->stamp; /* each word keeps the task that wrote it */
        write_word(t, 63);                                               /* and this one the last */
        if (i % EVERY == 1) det_alloc(t, (uintptr_t)words + sizeof words + i * 64, 32, 0x7778);
        det_merge(t, wg);
        det_task_end(t);
        det_acquire(m, wg);
        if (i % 5000 == 0) det_check();
    }
    unsigned known = 0;
    for (unsigned i = 0; i < N; i++) {
        const struct task_record *r = task_of_stamp(stamp[i]);
        bool right = r && r->id == i + 2;
        if (i % EVERY == 0) assert_true(right);
        known += right;
    }
    assert_true(known < N / 10);
    det_check();
    slot_tenure_budget(0);
    finish();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_joined_goroutines_slot_is_used_again),
        cmocka_unit_test(an_unjoined_goroutines_slot_is_not),
        cmocka_unit_test(an_access_after_the_last_release_keeps_the_slot),
        cmocka_unit_test(many_owners_of_a_slot_are_told_apart),
        cmocka_unit_test(a_task_out_of_epochs_goes_on_elsewhere),
        cmocka_unit_test(running_out_of_slots_is_said_and_invents_no_race),
        cmocka_unit_test(only_what_is_referred_to_is_remembered),
        cmocka_unit_test(names_are_cut_and_replaced),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
