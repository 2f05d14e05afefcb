/* Programs that die of a signal: what they say, and of what they die. Each case runs in a process of its own. */
#include "ending.h"
#include "runtime/g.h"
#include "runtime/goro.h"

#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) /* their own handlers come first */

/* -- the cases ------------------------------------------------------------------------------------------------------ */

static void *volatile nowhere;
static void sleeper(chan(int) c) { chan_recv(c); }

/* fn as a goroutine of its own, beside one that sleeps. */
static GORO_NOINLINE void crash_beside(void (*fn)(void)) { /* it is looked for in the dump */
    chan(int) c = chan_make(int, 0);
    go(sleeper, c);
    goro_yield();
    go(fn);
    chan_recv(c);
}

static GORO_NOINLINE void store_to_null(void) { *(volatile int *)nowhere = 1; }
static GORO_NOINLINE void call_null(void) {
    ((void (*)(void))nowhere)();
    __asm__ volatile(""); /* no tail call */
}
static GORO_NOINLINE void divide_by_zero(void) {
#if defined(__x86_64__)
    __asm__ volatile("xor %%ecx, %%ecx\n\tidiv %%ecx" : : : "eax", "ecx", "edx");
#else
    raise(SIGFPE); /* AArch64 does not trap */
#endif
}
static GORO_NOINLINE void trap(void) { __builtin_trap(); }
static GORO_NOINLINE void read_past_file(void) {
    char name[] = "/tmp/goro-crash-XXXXXX";
    int fd = mkstemp(name);
    unlink(name);
    char *p = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
    (void)*(volatile char *)p;
}
static void give_up(void) { abort(); }

/* A fault within malloc, whose lock the thread then holds: as after a write to a block that was given back. */
static GORO_NOINLINE void break_heap(void) {
    volatile uintptr_t *volatile block = malloc(20000);
    void *volatile behind = malloc(20000); /* or it would melt into the free memory behind it */
    free((void *)(uintptr_t)block);
    block[0] = block[1] = 0x10; /* of the list that the next malloc walks */
    block = malloc(30000);
    free(behind);
}

/* The unwinder's own reading faults: there is no stack where the register points. */
static void lose_stack(void) {
#if defined(__x86_64__)
    __asm__ volatile("mov $16, %%rsp\n\txor %%eax, %%eax\n\tjmp *%%rax" : : : "memory");
#endif
    abort();
}

static void case_null(void) { crash_beside(store_to_null); }
static void case_null_all(void) {
    setenv("GORO_TRACEBACK", "all", 1);
    case_null();
}
static void case_call(void) { crash_beside(call_null); }
static void case_divide(void) { crash_beside(divide_by_zero); }
static void case_trap(void) { crash_beside(trap); }
static void case_bus(void) { crash_beside(read_past_file); }
static void case_heap(void) { crash_beside(break_heap); }
static void case_abort(void) { crash_beside(give_up); }
static void case_lost(void) {
    setenv("GORO_TRACEBACK", "all", 1);
    crash_beside(lose_stack);
}
static void case_main(void) {
    goro_yield();
    store_to_null();
}

static void *crash_in_thread(void *unused) {
    store_to_null();
    return unused;
}
static void case_thread(void) {
    pthread_t t;
    goro_yield();
    if (pthread_create(&t, NULL, crash_in_thread, NULL) == 0) pthread_join(t, NULL);
}

/* Everybody crashes at once: one tells. */
static void case_many(void) {
    enum { N = 8 };
    pthread_t t[N];
    goro_yield();
    for (int i = 0; i < N; i++)
        if (pthread_create(&t[i], NULL, crash_in_thread, NULL)) _exit(1);
    for (int i = 0; i < N; i++) pthread_join(t[i], NULL);
}

static void own(int signal) { _exit(signal == SIGFPE || signal == SIGQUIT ? 5 : 6); }
static void case_own_before(void) {
    signal(SIGFPE, own);
    goro_yield();
    raise(SIGFPE);
}
static void case_own_after(void) {
    goro_yield();
    signal(SIGFPE, own);
    raise(SIGFPE);
}
static void case_ignored(void) {
    signal(SIGQUIT, SIG_IGN);
    goro_yield();
    raise(SIGQUIT);
    _exit(3);
}
static void case_own_quit(void) {
    signal(SIGQUIT, own);
    goro_yield();
    raise(SIGQUIT);
}

static void quit(void) {
    kill(getpid(), SIGQUIT);
    for (;;) pause(); /* it may come to another thread */
}
static void case_quit(void) { crash_beside(quit); }
static void case_untouched(void) { raise(SIGQUIT); } /* the runtime was never used */

static const struct ending_case cases[] = {
    {"null", case_null},
    {"null-all", case_null_all},
    {"call", case_call},
    {"divide", case_divide},
    {"trap", case_trap},
    {"bus", case_bus},
    {"abort", case_abort},
    {"lost", case_lost},
    {"main", case_main},
    {"thread", case_thread},
    {"many", case_many},
    {"heap", case_heap},
    {"own-before", case_own_before},
    {"own-after", case_own_after},
    {"ignored", case_ignored},
    {"own-quit", case_own_quit},
    {"quit", case_quit},
    {"untouched", case_untouched},
};

/* -- the tests -------------------------------------------------------------------------------------------------------- */

static unsigned times_said(const struct ending *e, const char *text) {
    unsigned n = 0;
    for (const char *p = e->text; (p = strstr(p, text)); p++) n++;
    return n;
}

static void a_fault_says_what_where_and_on_which_goroutine(void **state) {
    (void)state;
    struct ending e = run_case("null");
    expect(&e, 128 + SIGSEGV,
           (const char *const[]){"[signal SIGSEGV: segmentation violation code=0x1 addr=0x0 pc=0x",
                                 "\ngoroutine 3 [running]:\nstore_to_null\n",
                                 "\ncreated by crash_beside in goroutine 1\n", NULL});
    assert_int_equal(times_said(&e, "\ngoroutine "), 1);
    expect_ending("null-all", 128 + SIGSEGV, "\ngoroutine 3 [running]:", "\ngoroutine 1 [chan receive",
                  "\ngoroutine 2 [chan receive", "\nsleeper\n");
    expect_ending("main", 128 + SIGSEGV, "\ngoroutine 1 [running]:\nstore_to_null\n");
    expect_ending("thread", 128 + SIGSEGV, ", which runs no goroutine:\nstore_to_null\n", "crash_in_thread");
}

static void each_signal_has_its_words_and_stays_the_cause(void **state) {
    (void)state;
#if defined(__x86_64__)
    expect_ending("divide", 128 + SIGFPE, "[signal SIGFPE: floating-point exception code=0x1 addr=0x",
                  "\ndivide_by_zero\n");
    expect_ending("trap", 128 + SIGILL, "[signal SIGILL: illegal instruction", "\ntrap\n");
#endif
    expect_ending("bus", 128 + SIGBUS, "[signal SIGBUS: bus error code=0x2 addr=0x", "\nread_past_file\n");
    expect_ending("abort", 128 + SIGABRT,
                  "[signal SIGABRT: abort code=0xfffffffa pid=", "\ngoroutine 3 [running]:", "\ngive_up\n");
}

static void a_call_of_null_shows_the_caller(void **state) {
    (void)state;
    expect_ending("call", 128 + SIGSEGV, "addr=0x0 pc=0x0]", "\ngoroutine 3 [running]:\ncall_null\n");
}

static void a_stack_that_cannot_be_read_ends_itself_and_not_the_dump(void **state) {
    (void)state;
#if defined(__x86_64__)
    struct ending e = run_case("lost");
    expect(&e, 128 + SIGSEGV,
           (const char *const[]){
               "\ngoroutine 3 [running]:\n\t(the rest of the stack cannot be read)\ncreated by crash_beside",
               "\ngoroutine 1 [chan receive", "\ngoroutine 2 [chan receive", NULL});
    assert_int_equal(times_said(&e, "[signal"), 1);
#endif
}

static void a_fault_within_malloc_is_told_like_any(void **state) {
    (void)state;
    expect_ending("heap", 128 + SIGSEGV, "[signal SIGSEGV", "\ngoroutine 3 [running]:", "\nbreak_heap\n");
}

static void of_many_that_crash_one_tells(void **state) {
    (void)state;
    struct ending e = run_case("many");
    expect(&e, 128 + SIGSEGV, (const char *const[]){"crash_in_thread", NULL});
    assert_int_equal(times_said(&e, "[signal"), 1);
}

static void a_handler_of_the_program_stays(void **state) {
    (void)state;
    expect_ending("own-before", 5, "");
    expect_ending("own-after", 5, "");
    expect_ending("ignored", 3, "");
    expect_ending("own-quit", 5, "");
}

static void sigquit_shows_all_goroutines(void **state) {
    (void)state;
    expect_ending("quit", 2, "SIGQUIT: quit\nPC=0x", "\ngoroutine 1 [", "\ngoroutine 2 [chan receive",
                  "\ngoroutine 3 [", "\nsleeper\n");
    expect_ending("untouched", 128 + SIGQUIT, "");
}

int main(int argc, char **argv) {
    if (argc > 1) return ending_run(cases, array_length(cases), argv[1]);
    setenv("GOMAXPROCS", "1", 1); /* for the cases: with one processor ids have no gaps */
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_fault_says_what_where_and_on_which_goroutine),
        cmocka_unit_test(each_signal_has_its_words_and_stays_the_cause),
        cmocka_unit_test(a_call_of_null_shows_the_caller),
        cmocka_unit_test(a_stack_that_cannot_be_read_ends_itself_and_not_the_dump),
        cmocka_unit_test(a_fault_within_malloc_is_told_like_any),
        cmocka_unit_test(of_many_that_crash_one_tells),
        cmocka_unit_test(a_handler_of_the_program_stays),
        cmocka_unit_test(sigquit_shows_all_goroutines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#else

int main(void) { return 0; }

#endif
