/* The fixpoint of what can be reached, without a program: blocks of malloc stand for a heap, arrays for stacks. */
#include "engine_test.h"

#include "detector/heap.h"
#include "detector/reach.h"

#include <sys/mman.h>

enum { STACK_WORDS = 1024, WAITERS = 8 };

static uintptr_t (*stacks)[STACK_WORDS]; /* whole pages, as stacks are */
static bool lost[WAITERS + 1];
static struct reach *r;

static uintptr_t **block(size_t words) {
    uintptr_t **p = calloc(words, sizeof *p);

    assert_non_null(p);
    det_alloc(NULL, (uintptr_t)p, words * sizeof *p, 0);
    return p;
}

static uint32_t waiter(unsigned i, const void *object) {
    uint32_t w = reach_waiter(r, &lost[i], (uintptr_t)stacks[i], (uintptr_t)stacks[i + 1]);

    reach_waits_on(r, w, (uintptr_t)object);
    return w;
}

static void note(void *task, bool is_lost, void *arg) {
    (void)arg;
    *(bool *)task = is_lost;
}

static void run(void) {
    assert_true(reach_run(r));
    reach_each_waiter(r, note, NULL);
    reach_free(r);
    r = NULL;
}

static int begin(void **state) {
    (void)state;
    engine_start(true, 0);
    stacks = mmap(NULL, (WAITERS + 1) * sizeof *stacks, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    memset(lost, 0, sizeof lost);
    return stacks == MAP_FAILED;
}

static int end(void **state) {
    (void)state;
    munmap(stacks, (WAITERS + 1) * sizeof *stacks);
    det_fini();
    return 0;
}

static void root(void *const *word) { reach_root(r, (uintptr_t)word, (uintptr_t)(word + 1)); }

static void test_nobody_refers(void **state) {
    (void)state;
    void *chan = block(4);

    r = reach_new(NULL);
    stacks[0][7] = (uintptr_t)chan; /* its own pointer to it is none */
    waiter(0, chan);
    run();
    assert_true(lost[0]);
    free(chan);
}

static void test_through_blocks(void **state) {
    (void)state;
    uintptr_t **chan = block(4), **middle = block(100), **first = block(3);
    void *variable = (char *)first + 5; /* any byte of a block is enough */

    middle[99] = (uintptr_t *)(chan + 2);
    first[2] = (uintptr_t *)middle;
    r = reach_new(NULL);
    waiter(0, chan);
    root(&variable);
    run();
    assert_false(lost[0]);
    first[2] = (uintptr_t *)(middle + 100); /* one past the end is not inside */
    r = reach_new(NULL);
    waiter(0, chan);
    root(&variable);
    run();
    assert_true(lost[0]);
    free(chan), free(middle), free(first);
}

static void test_large_block(void **state) {
    (void)state;
    enum { WORDS = 1 << 18 };
    uintptr_t **chan = block(4), **large = block(WORDS);
    void *variable = large + WORDS - 1;

    large[WORDS / 2] = (uintptr_t *)chan;
    r = reach_new(NULL);
    waiter(0, chan);
    root(&variable);
    run();
    assert_false(lost[0]);
    free(chan), free(large);
}

static void test_freed_block_leads_nowhere(void **state) {
    (void)state;
    uintptr_t **chan = block(4), **box = block(4);
    void *variable = box;

    box[0] = (uintptr_t *)chan;
    det_free(NULL, (uintptr_t)box, 0);
    r = reach_new(NULL);
    waiter(0, chan);
    root(&variable);
    run();
    assert_true(lost[0]);
    free(chan), free(box);
}

/* Each waiter knows the next one's object: who reaches the first reaches all. */
static void test_chain_of_waiters(void **state) {
    (void)state;
    uintptr_t **chan[WAITERS];
    void *variable = NULL;

    for (unsigned i = 0; i < WAITERS; i++) chan[i] = block(2);
    for (int linked = 0; linked < 2; linked++) {
        r = reach_new(NULL);
        for (unsigned i = WAITERS; i-- > 0;) {
            stacks[i][STACK_WORDS - 1] = i + 1 < WAITERS ? (uintptr_t)chan[i + 1] : 0;
            waiter(i, chan[i]);
        }
        variable = linked ? chan[0] : NULL;
        root(&variable);
        run();
        for (unsigned i = 0; i < WAITERS; i++) assert_int_equal(lost[i], !linked);
    }
    for (unsigned i = 0; i < WAITERS; i++) free(chan[i]);
}

static void test_ring_of_waiters_is_lost(void **state) {
    (void)state;
    uintptr_t **a = block(2), **b = block(2);

    stacks[0][0] = (uintptr_t)b;
    stacks[1][0] = (uintptr_t)a;
    r = reach_new(NULL);
    waiter(0, a);
    waiter(1, b);
    run();
    assert_true(lost[0] && lost[1]);
    free(a), free(b);
}

static void test_any_case_is_enough(void **state) {
    (void)state;
    uintptr_t **a = block(2), **b = block(2);
    void *variable = b;
    uint32_t w;

    r = reach_new(NULL);
    w = waiter(0, a);
    reach_waits_on(r, w, (uintptr_t)b);
    waiter(1, a);
    root(&variable);
    run();
    assert_true(!lost[0] && lost[1]);
    free(a), free(b);
}

/* A pointer into a waiter's stack reaches what lies there, and what is referred to from there; the waiter stays lost. */
static void test_pointer_to_a_stack(void **state) {
    (void)state;
    uintptr_t **chan = block(2), **own = block(2);
    void *variable = &stacks[1][10];

    stacks[1][20] = (uintptr_t)chan;
    r = reach_new(NULL);
    waiter(0, &stacks[1][30]); /* a WaitGroup there, say */
    waiter(1, own);
    waiter(2, chan);
    root(&variable);
    run();
    assert_true(!lost[0] && lost[1] && !lost[2]);
    free(chan), free(own);
}

static void test_objects_elsewhere_are_reached(void **state) {
    (void)state;
    static int global;

    r = reach_new(NULL);
    waiter(0, &global);
    run();
    assert_false(lost[0]);
}

static void test_object_named(void **state) {
    (void)state;
    uintptr_t **chan = block(2);

    r = reach_new(NULL);
    waiter(0, chan);
    reach_object(r, (uintptr_t)(chan + 1));
    run();
    assert_false(lost[0]);
    free(chan);
}

static void test_further_memory_counts_when_live(void **state) {
    (void)state;
    uintptr_t **a = block(2), **b = block(2);
    void *deferred = b, *variable = NULL;

    for (int linked = 0; linked < 2; linked++) {
        r = reach_new(NULL);
        uint32_t w = waiter(0, a);
        reach_waiter_memory(r, w, (uintptr_t)&deferred, (uintptr_t)(&deferred + 1));
        waiter(1, b);
        variable = linked ? a : NULL;
        root(&variable);
        run();
        assert_true(lost[0] == !linked && lost[1] == !linked);
    }
    free(a), free(b);
}

/* More than fits any table at first. */
static void test_many(void **state) {
    (void)state;
    enum { MANY = 20000 };
    static uintptr_t **list[MANY];
    void *variable;

    for (unsigned i = 0; i < MANY; i++) list[i] = block(1 + i % 30);
    for (unsigned i = 0; i + 1 < MANY; i++) list[i][0] = (uintptr_t *)list[i + 1];
    variable = list[0];
    r = reach_new(NULL);
    waiter(0, list[MANY - 1]);
    root(&variable);
    run();
    assert_false(lost[0]);
    list[MANY / 2][0] = NULL;
    r = reach_new(NULL);
    waiter(0, list[MANY - 1]);
    root(&variable);
    run();
    assert_true(lost[0]);
    for (unsigned i = 0; i < MANY; i++) free(list[i]);
}

static bool too_long(uint64_t words) { return words > 1000; }

/* Given up, it knows nothing, and says so. */
static void test_given_up(void **state) {
    (void)state;
    enum { MANY = 20000 };
    static uintptr_t **list[MANY];
    void *variable;

    for (unsigned i = 0; i < MANY; i++) list[i] = block(4);
    for (unsigned i = 0; i + 1 < MANY; i++) list[i][0] = (uintptr_t *)list[i + 1];
    variable = list[0];
    r = reach_new(too_long);
    waiter(0, list[MANY - 1]);
    root(&variable);
    assert_false(reach_run(r));
    reach_free(r);
    for (unsigned i = 0; i < MANY; i++) free(list[i]);
}

/* The head of the chunk behind a block begins in its last eight bytes: no pointer, if it is the allocator's. */
static void test_allocators_own(void **state) {
    (void)state;
    uintptr_t **chan = block(5); /* 40 bytes: of 48, less the head */
    void *behind = (char *)chan + 32, *last_word = (char *)chan + 24;

    assert_int_equal((uintptr_t)chan % 16, 0);
    for (int theirs = 0; theirs < 3; theirs++) {
        void **word = theirs == 2 ? &last_word : &behind;

        r = reach_new(NULL);
        waiter(0, chan);
        if (theirs) reach_allocator(r, (uintptr_t)word, (uintptr_t)(word + 1));
        else root(word);
        run();
        assert_int_equal(lost[0], theirs == 1);
    }
    free(chan);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_nobody_refers, begin, end),
        cmocka_unit_test_setup_teardown(test_through_blocks, begin, end),
        cmocka_unit_test_setup_teardown(test_large_block, begin, end),
        cmocka_unit_test_setup_teardown(test_freed_block_leads_nowhere, begin, end),
        cmocka_unit_test_setup_teardown(test_chain_of_waiters, begin, end),
        cmocka_unit_test_setup_teardown(test_ring_of_waiters_is_lost, begin, end),
        cmocka_unit_test_setup_teardown(test_any_case_is_enough, begin, end),
        cmocka_unit_test_setup_teardown(test_pointer_to_a_stack, begin, end),
        cmocka_unit_test_setup_teardown(test_objects_elsewhere_are_reached, begin, end),
        cmocka_unit_test_setup_teardown(test_object_named, begin, end),
        cmocka_unit_test_setup_teardown(test_further_memory_counts_when_live, begin, end),
        cmocka_unit_test_setup_teardown(test_many, begin, end),
        cmocka_unit_test_setup_teardown(test_given_up, begin, end),
        cmocka_unit_test_setup_teardown(test_allocators_own, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
