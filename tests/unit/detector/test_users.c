/* Who used a channel that somebody waits on: told exactly while there is room, and never by halves. */
#include "engine_test.h"
#include "detector/world.h"

#define CHANNEL ((uintptr_t)0x5500002000)

enum { TASKS = 12, SIDE = 8 /* SIDE_MAX of users.c */ };

static struct finding_part parts[FINDING_PARTS_MAX];
static uint64_t tasks[FINDING_PARTS_MAX]; /* id of each part's; 0 none */
static enum finding_task_state states[FINDING_PARTS_MAX];
static uint32_t part_count;

static void keep_parts(const struct finding *f) {
    part_count = f->part_count;
    for (uint32_t i = 0; i < f->part_count; i++) {
        bool known = f->parts[i].task < f->task_count;

        parts[i] = f->parts[i];
        tasks[i] = known ? f->tasks[f->parts[i].task].id : 0;
        states[i] = known ? f->tasks[f->parts[i].task].state : FINDING_RUNNING;
    }
}

static void reclaim(struct det_task *t) {
    gate_set(GATE_WANTED);
    world_enter(t);
    world_leave(t);
}

static void expect_part(uint32_t i, enum finding_role role, uint64_t task, uint64_t count) {
    assert_true(i < part_count);
    assert_int_equal(parts[i].role, role);
    assert_int_equal(tasks[i], task);
    assert_int_equal(parts[i].count, count);
    assert_int_equal(parts[i].object, CHANNEL);
}

static void stop(void) {
    det_check();
    assert_null(degraded_text);
    det_fini();
}

/* Two have sent, one of them has ended; who waits to receive has received before. */
static void tells_who(bool single) {
    struct det_task *m, *a, *b;
    uint32_t handle = 0;

    engine_start(single, 0);
    found_also = keep_parts;
    m = main_task();
    a = child_of(m, 2);
    b = child_of(m, 3);
    for (int i = 0; i < 3; i++) det_channel_used(a, CHANNEL, &handle, DET_USE_SEND, 11);
    det_channel_used(a, CHANNEL, &handle, DET_USE_TRY_SEND, 12);
    det_channel_used(b, CHANNEL, &handle, DET_USE_SEND, 11);
    det_task_end(b);
    reclaim(m);
    for (int i = 0; i < 6; i++) det_channel_used(m, CHANNEL, &handle, DET_USE_RECEIVE, 21);
    det_block(m, FINDING_CHAN, CHANNEL, 21);
    det_block(a, FINDING_SLEEP, 0, 31);
    det_all_asleep();
    assert_int_equal(part_count, 6);
    expect_part(0, FINDING_WAITS, 1, 1);
    assert_int_equal(parts[0].side, FINDING_RECEIVES);
    assert_int_equal(parts[1].role, FINDING_WAITS);
    expect_part(2, FINDING_SENT, 2, 3);
    expect_part(3, FINDING_TRIED_SEND, 2, 1);
    expect_part(4, FINDING_SENT, 3, 1);
    assert_int_equal(states[4], FINDING_ENDED);
    expect_part(5, FINDING_RECEIVED, 1, 5); /* the sixth waits */
    stop();
}
static void test_tells_who_single(void **state) { (void)state, tells_who(true); }
static void test_tells_who_parallel(void **state) { (void)state, tells_who(false); }

static void test_counts_the_rest(void **state) {
    struct det_task *m, *t[TASKS];
    uint32_t handle = 0;

    (void)state;
    engine_start(false, 0);
    found_also = keep_parts;
    m = main_task();
    for (uint64_t i = 0; i < TASKS; i++) t[i] = child_of(m, i + 2);
    for (int turn = 0; turn < 2; turn++)
        for (int i = 0; i < TASKS; i++) det_channel_used(t[i], CHANNEL, &handle, DET_USE_SEND, 11);
    for (int i = 0; i < TASKS; i++) det_task_end(t[i]);
    det_channel_used(m, CHANNEL, &handle, DET_USE_RECEIVE, 21);
    det_block(m, FINDING_CHAN, CHANNEL, 21);
    det_all_asleep();
    assert_int_equal(part_count, 1 + SIDE + 1);
    for (uint32_t i = 0; i < SIDE; i++) expect_part(1 + i, FINDING_SENT, i + 2, 2);
    expect_part(1 + SIDE, FINDING_TRIED_SEND, 0, 2 * (TASKS - SIDE));
    stop();
}

/* Who has closed it is known whatever has been done besides. */
static void test_close_is_kept(void **state) {
    struct det_task *m, *t[TASKS];
    uint32_t handle = 0;

    (void)state;
    engine_start(true, 0);
    found_also = keep_parts;
    m = main_task();
    for (uint64_t i = 0; i < TASKS; i++) t[i] = child_of(m, i + 2);
    for (int i = 0; i < TASKS; i++) det_channel_used(t[i], CHANNEL, &handle, DET_USE_SEND, 11);
    det_channel_used(t[3], CHANNEL, &handle, DET_USE_CLOSE, 12);
    for (int i = 0; i < TASKS; i++) det_channel_used(t[i], CHANNEL, &handle, DET_USE_SEND, 13);
    det_task_end(t[3]);
    det_report(m, "GC001", FINDING_ERROR, FINDING_CHAN, CHANNEL, 31);
    assert_int_equal(part_count, 1);
    expect_part(0, FINDING_CLOSED, 5, 1);
    assert_int_equal(states[0], FINDING_ENDED);
    stop();
}

/* Another channel at the same address has nothing of the first one's uses; a stale handle leads nowhere. */
static void test_address_used_again(void **state) {
    struct det_task *m, *a;
    uint32_t first = 0, second = 0, stale;

    (void)state;
    engine_start(false, 0);
    found_also = keep_parts;
    m = main_task();
    a = child_of(m, 2);
    det_channel_used(a, CHANNEL, &first, DET_USE_SEND, 11);
    det_channel_used(a, CHANNEL, &first, DET_USE_CLOSE, 12);
    stale = first;
    det_channel_gone(m, CHANNEL, first);
    det_channel_gone(m, CHANNEL, stale); /* says nothing new */
    det_channel_used(a, CHANNEL + 64, &stale, DET_USE_SEND, 13);
    det_channel_used(m, CHANNEL, &second, DET_USE_SEND, 21);
    det_block(m, FINDING_CHAN, CHANNEL, 21);
    det_task_end(a);
    det_all_asleep();
    assert_int_equal(part_count, 1);
    assert_int_equal(parts[0].side, FINDING_SENDS);
    stop();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tells_who_single),   cmocka_unit_test(test_tells_who_parallel),
        cmocka_unit_test(test_counts_the_rest),    cmocka_unit_test(test_close_is_kept),
        cmocka_unit_test(test_address_used_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
