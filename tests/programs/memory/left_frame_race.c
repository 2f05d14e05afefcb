// A function gives a goroutine the address of one of its local variables and returns without waiting for it.
// expect: GR003
// mode: race
// each: argument
// each: second_argument
// each: through_a_helper
// each: array
// each: structure
// each: parameter
// each: recursion
// each: variable_length
// each: from_alloca
// each: memory_used_again
// each: called_again
// each: used_before_the_return
// each: counted
#include "../pick.h"
#include "../stage.h"

#define APART static __attribute__((noinline))

static goro_wg all;

struct job {
    int number, result;
};

APART void work(const int *p) {
    use(*p); // race: first
    goro_wg_done(&all);
}
APART void work_on_second(int n, const int *p) {
    use(n + *p); // race: first
    goro_wg_done(&all);
}
APART void do_job(struct job *j) {
    use(j->number + j->result); // race: first
    goro_wg_done(&all);
}

static int value = 1;

// The return is at the closing brace or at the last statement, as the compiler has it.
APART void start_argument(void) {
    int x = value;
    go(work, &x); // race: second
} // race: second
APART void start_second(void) {
    int x = value;
    go(work_on_second, 1, &x); // race: second
} // race: second
APART void launch(int *p) { go(work, p); }
APART void start_by_helper(void) {
    int x = value;
    launch(&x); // race: second
} // race: second
APART void start_array(void) {
    int a[10] = {value};
    go(work, &a[3]); // race: second
} // race: second
APART void start_job(void) {
    struct job j = {value, 0};
    go(do_job, &j); // race: second
} // race: second
APART void start_parameter(int n) {
    go(work, &n); // race: second
} // race: second
APART void recurse(int depth) {
    int x = depth;
    if (depth == 3) go(work, &x);
    if (depth) recurse(depth - 1); // race: second
    value += x;                    // race: second
} // race: second
APART void start_variable_length(int n) {
    int a[n];
    a[n - 1] = n;
    go(work, &a[n - 1]); // race: second
} // race: second
APART void start_alloca(int n) {
    int *a = __builtin_alloca((size_t)n * sizeof *a);
    a[n / 2] = n;
    go(work, &a[n / 2]); // race: second
} // race: second
APART void use_stack(int n) {
    volatile int a[40];
    for (int i = 0; i < 40; i++) a[i] = n;
    use(a[n]);
}
APART void start_and_linger(void) {
    int x = value;
    go(work, &x);
    stage_pause();
    value++; // race: second
} // race: second
APART void start_counted(void) {
    int x = value;
    goro_wg_go(&all, work, &x); // race: second
} // race: second

static void argument(void) {
    goro_wg_add(&all, 1);
    start_argument();
    goro_wg_wait(&all);
}
static void second_argument(void) {
    goro_wg_add(&all, 1);
    start_second();
    goro_wg_wait(&all);
}
static void through_a_helper(void) {
    goro_wg_add(&all, 1);
    start_by_helper();
    goro_wg_wait(&all);
}
static void array(void) {
    goro_wg_add(&all, 1);
    start_array();
    goro_wg_wait(&all);
}
static void structure(void) {
    goro_wg_add(&all, 1);
    start_job();
    goro_wg_wait(&all);
}
static void parameter(void) {
    goro_wg_add(&all, 1);
    start_parameter(value);
    goro_wg_wait(&all);
}
static void recursion(void) {
    goro_wg_add(&all, 1);
    recurse(6);
    goro_wg_wait(&all);
}
static void variable_length(void) {
    goro_wg_add(&all, 1);
    start_variable_length(20 + value);
    goro_wg_wait(&all);
}
static void from_alloca(void) {
    goro_wg_add(&all, 1);
    start_alloca(20 + value);
    goro_wg_wait(&all);
}
static void memory_used_again(void) {
    goro_wg_add(&all, 1);
    start_argument();
    use_stack(value);
    goro_wg_wait(&all);
}
static void called_again(void) {
    goro_wg_add(&all, 3);
    for (int i = 0; i < 3; i++) start_argument();
    goro_wg_wait(&all);
}
static void used_before_the_return(void) {
    goro_wg_add(&all, 1);
    start_and_linger();
    goro_wg_wait(&all);
}
static void counted(void) {
    goro_wg_add(&all, 1); // beside the one that goro_wg_go adds: work calls done, too
    start_counted();
    goro_wg_wait(&all);
}

static const struct pattern patterns[] = {
    PATTERN(argument),    PATTERN(second_argument),   PATTERN(through_a_helper), PATTERN(array),
    PATTERN(structure),   PATTERN(parameter),         PATTERN(recursion),        PATTERN(variable_length),
    PATTERN(from_alloca), PATTERN(memory_used_again), PATTERN(called_again),     PATTERN(used_before_the_return),
    PATTERN(counted),
};

int main(int argc, char **argv) { return RUN_PATTERNS(patterns, argc, argv); }
