// Memory that is used again by others, in order or in other bytes: blocks, stacks, copies of all sizes, bit-fields, mappings.
// expect: none
// each: malloc_again realloc_grows realloc_shrinks calloc_tables copy_every_size move_overlapping struct_by_value
// each: neighbour_bytes neighbour_bit_fields packed_neighbours union_by_turns flexible_array compound_literal array_on_stack
// each: stack_of_another frames_again thread_local_each mapped_and_unmapped aligned_blocks string_parts sort_own_part
// each: jump_out varargs_list freed_by_another swap_blocks arena_reset sub_blocks zero_length
// runs: 2
#define _GNU_SOURCE
#include "../pick.h"
#include "../stage.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define CHECK(x) ((x) ? (void)0 : abort())

static void run_many(int n, void (*fn)(int)) {
    goro_wg wg = {0};
    for (int i = 0; i < n; i++) goro_wg_go(&wg, fn, i);
    goro_wg_wait(&wg);
}

static void allocate(int i) { /* the allocator hands one's block to the other at once */
    for (int k = 0; k < 20; k++) {
        char *p = malloc((size_t)(16 + i));
        CHECK(p);
        memset(p, i, 16);
        goro_yield();
        CHECK(p[15] == i);
        free(p);
    }
}
static void malloc_again(void) { run_many(4, allocate); }

static void grow(int i) {
    int *p = NULL;
    for (int n = 1; n < 40; n++) {
        p = realloc(p, (size_t)n * sizeof *p);
        CHECK(p);
        p[n - 1] = i;
        if (n % 8 == 0) goro_yield();
    }
    CHECK(p[0] == i);
    free(p);
}
static void realloc_grows(void) { run_many(3, grow); }
static void shrink(int i) {
    char *p = malloc(4096);
    CHECK(p);
    memset(p, i, 4096);
    for (size_t n = 4096; n > 16; n /= 2) {
        p = realloc(p, n);
        CHECK(p && p[n - 1] == i);
        goro_yield();
    }
    free(p);
}
static void realloc_shrinks(void) { run_many(3, shrink); }
static void table(int i) {
    for (int k = 0; k < 10; k++) {
        long *t = calloc((size_t)(i + 1), 100);
        CHECK(t && t[3] == 0);
        t[3] = i;
        free(t);
    }
}
static void calloc_tables(void) { run_many(3, table); }

static char source[300], target[4][300];
static void copy_sizes(int i) { /* all read the same source */
    for (size_t n = 0; n < sizeof source; n += 7) memcpy(target[i] + n % 5, source + n % 3, n - (n > 5 ? 5 : n));
}
static void copy_every_size(void) {
    memset(source, 1, sizeof source);
    run_many(4, copy_sizes);
}
static void move_own(int i) {
    for (size_t n = 1; n < 64; n++) memmove(target[i] + 1, target[i], n);
}
static void move_overlapping(void) { run_many(4, move_own); }

struct big {
    int values[37];
    char c;
};
static struct big original, copies[4];
static struct big changed(struct big b, int i) {
    b.values[36] = i;
    return b;
}
static void copy_struct(int i) {
    struct big mine = original;
    copies[i] = changed(mine, i);
    CHECK(copies[i].values[36] == i && copies[i].values[0] == 9);
}
static void struct_by_value(void) {
    original.values[0] = 9;
    run_many(4, copy_struct);
}

static char bytes[16];
static void own_byte(int i) {
    for (int k = 0; k < 10; k++) bytes[i]++;
}
static void neighbour_bytes(void) { run_many(16, own_byte); }

static struct {
    unsigned a : 8, b : 8;
    unsigned : 0; /* the next one begins a unit of its own */
    unsigned c : 4;
    char between;
    unsigned char d : 4;
} fields;
static void own_field(int i) {
    switch (i) {
    case 0: fields.a++, fields.b++; break;
    case 1: fields.c++; break;
    case 2: fields.between++; break;
    }
}
static void neighbour_bit_fields(void) { run_many(3, own_field); }

static struct __attribute__((packed)) {
    char c;
    int i;
    short s;
    long l;
} packed;
static void own_packed(int i) {
    switch (i) {
    case 0: packed.c++; break;
    case 1: packed.i++; break;
    case 2: packed.s++; break;
    case 3: packed.l++; break;
    }
}
static void packed_neighbours(void) { run_many(4, own_packed); }

static union {
    int i;
    double d;
    char c[8];
} turns;
static void first_turn(chan(goro_empty) told) {
    turns.i = 1;
    chan_send(told, (goro_empty){});
}
static void second_turn(chan(goro_empty) told) {
    chan_recv(told);
    turns.d = turns.i + 0.5;
}
static void union_by_turns(void) {
    chan(goro_empty) told = chan_make(goro_empty, 0);
    goro_wg wg = {0};
    goro_wg_go(&wg, first_turn, told);
    goro_wg_go(&wg, second_turn, told);
    goro_wg_wait(&wg);
    chan_free(told);
}

struct flexible {
    int n;
    int values[];
};
static struct flexible *flex;
static void own_value(int i) { flex->values[i] = flex->n * i; }
static void flexible_array(void) {
    flex = malloc(sizeof *flex + 6 * sizeof flex->values[0]);
    CHECK(flex);
    flex->n = 6;
    run_many(6, own_value);
    CHECK(flex->values[5] == 30);
    free(flex);
}

static int sum3(const int *p) { return p[0] + p[1] + p[2]; }
static void literal(int i) {
    for (int k = 0; k < 5; k++) {
        CHECK(sum3((int[]){i, i, k}) == 2 * i + k);
        goro_yield();
    }
}
static void compound_literal(void) { run_many(4, literal); }
static void on_stack(int i) {
    int values[i + 5];
    for (int k = 0; k < i + 5; k++) values[k] = k;
    goro_yield();
    CHECK(values[i + 4] == i + 4);
}
static void array_on_stack(void) { run_many(6, on_stack); }

static void write_through(int *p, chan(goro_empty) done) {
    *p = 7;
    chan_send(done, (goro_empty){});
}
static void stack_of_another(void) { /* the owner waits while its variable is lent */
    for (int i = 0; i < 5; i++) {
        int lent = 0;
        chan(goro_empty) done = chan_make(goro_empty, 0);
        go(write_through, &lent, done);
        chan_recv(done);
        CHECK(lent == 7);
        chan_free(done);
    }
}
static int deep(int n) {
    volatile int here[8] = {n};
    return n ? deep(n - 1) + here[0] : 0;
}
static void use_frames(int i) { CHECK(deep(20 + i) > 0); }
static void frames_again(void) { /* goroutines one after the other on the same stacks */
    for (int k = 0; k < 10; k++) run_many(4, use_frames);
}

static _Thread_local int own_local;
static void bump_local(int i) { /* goroutines that do not give way in between */
    own_local = i;
    CHECK(own_local == i);
}
static void *in_thread(void *unused) {
    for (int i = 0; i < 10; i++) bump_local(i);
    return unused;
}
static void thread_local_each(void) {
    pthread_t t[3];
    for (int i = 0; i < 3; i++) pthread_create(&t[i], NULL, in_thread, NULL);
    for (int i = 0; i < 3; i++) pthread_join(t[i], NULL);
}

static void map_own(int i) {
    for (int k = 0; k < 5; k++) {
        char *p = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        CHECK(p != MAP_FAILED && p[4096] == 0);
        p[4096] = (char)i;
        goro_yield();
        CHECK(munmap(p, 8192) == 0);
    }
}
static void mapped_and_unmapped(void) { run_many(3, map_own); }
static void align_own(int i) {
    void *p = aligned_alloc(64, 128), *q = NULL;
    CHECK(p && posix_memalign(&q, 256, 100) == 0 && (uintptr_t)q % 256 == 0);
    memset(p, i, 128);
    memset(q, i, 100);
    free(p);
    free(q);
}
static void aligned_blocks(void) { run_many(5, align_own); }

static char text[64] = "alpha beta gamma delta";
static void find_word(int i) {
    static const char *const words[] = {"alpha", "beta", "gamma", "delta"};
    char *copy = strdup(text), *at = strstr(copy, words[i]);
    CHECK(at && strlen(at) >= strlen(words[i]) && strchr(at, 'a'));
    free(copy);
}
static void string_parts(void) { run_many(4, find_word); }

static int numbers[40];
static int compare(const void *a, const void *b) { return *(const int *)a - *(const int *)b; }
static void sort_part(int i) {
    qsort(numbers + 10 * i, 10, sizeof *numbers, compare);
    CHECK(numbers[10 * i] <= numbers[10 * i + 9]);
}
static void sort_own_part(void) {
    for (int i = 0; i < 40; i++) numbers[i] = i * 37 % 41;
    run_many(4, sort_part);
}

static void jump(jmp_buf env, int i) {
    int here[16] = {i};
    use(here[0]);
    longjmp(env, i + 1);
}
static void jump_back(int i) {
    jmp_buf env;
    if (setjmp(env) == 0) jump(env, i);
    CHECK(deep(10) > 0);
}
static void jump_out(void) { run_many(4, jump_back); }

static int add_up(int n, ...) {
    va_list l;
    int sum = 0;
    va_start(l, n);
    while (n--) sum += va_arg(l, int);
    va_end(l);
    return sum;
}
static void vary(int i) { CHECK(add_up(3, i, i, i) == 3 * i); }
static void varargs_list(void) { run_many(4, vary); }

static void fill_and_send(chan(char *) c) {
    for (int i = 0; i < 6; i++) {
        char *p = malloc(32);
        CHECK(p);
        p[0] = (char)i;
        chan_send(c, p);
    }
    chan_close(c);
}
static void freed_by_another(void) {
    chan(char *) c = chan_make(char *, 2);
    char *p;
    int i = 0;
    go(fill_and_send, c);
    chan_range(p, c) {
        CHECK(p[0] == i++);
        free(p);
    }
    chan_free(c);
}

static goro_mutex swap_mu;
static int *front_block, *back_block;
static void swap_and_fill(int i) {
    int *mine;
    goro_mutex_lock(&swap_mu);
    mine = back_block;
    back_block = NULL;
    goro_mutex_unlock(&swap_mu);
    if (!mine) return;
    *mine = i; /* nobody else has it now */
    goro_mutex_lock(&swap_mu);
    back_block = front_block;
    front_block = mine;
    goro_mutex_unlock(&swap_mu);
}
static void swap_blocks(void) {
    front_block = calloc(1, sizeof *front_block);
    back_block = calloc(1, sizeof *back_block);
    run_many(6, swap_and_fill);
    free(front_block);
    free(back_block);
}

static struct {
    goro_mutex mu;
    char bytes[256];
    size_t used;
} arena;
static void from_arena(int i) {
    goro_mutex_lock(&arena.mu);
    char *p = arena.bytes + arena.used;
    arena.used += 16;
    goro_mutex_unlock(&arena.mu);
    memset(p, i, 16);
}
static void arena_reset(void) {
    for (int k = 0; k < 3; k++) {
        run_many(6, from_arena);
        arena.used = 0; /* all are waited for */
    }
}

static void own_quarter(char *block, int i) { memset(block + 64 * i, i, 64); }
static void sub_blocks(void) { /* parts of one block, then freed as a whole */
    char *block = malloc(256);
    goro_wg wg = {0};
    CHECK(block);
    for (int i = 0; i < 4; i++) goro_wg_go(&wg, own_quarter, block, i);
    goro_wg_wait(&wg);
    free(block);
}

static void nothing_of(int i) { /* calls of no bytes touch nothing */
    memcpy(bytes, source, (size_t)(i - i));
    memset(bytes, i, (size_t)(i - i));
    CHECK(memcmp(bytes, source, (size_t)(i - i)) == 0);
}
static void zero_length(void) { run_many(4, nothing_of); }

int main(int argc, char **argv) {
    static const struct pattern all[] = {
        PATTERN(malloc_again),      PATTERN(realloc_grows),     PATTERN(realloc_shrinks),
        PATTERN(calloc_tables),     PATTERN(copy_every_size),   PATTERN(move_overlapping),
        PATTERN(struct_by_value),   PATTERN(neighbour_bytes),   PATTERN(neighbour_bit_fields),
        PATTERN(packed_neighbours), PATTERN(union_by_turns),    PATTERN(flexible_array),
        PATTERN(compound_literal),  PATTERN(array_on_stack),    PATTERN(stack_of_another),
        PATTERN(frames_again),      PATTERN(thread_local_each), PATTERN(mapped_and_unmapped),
        PATTERN(aligned_blocks),    PATTERN(string_parts),      PATTERN(sort_own_part),
        PATTERN(jump_out),          PATTERN(varargs_list),      PATTERN(freed_by_another),
        PATTERN(swap_blocks),       PATTERN(arena_reset),       PATTERN(sub_blocks),
        PATTERN(zero_length),
    };
    return RUN_PATTERNS(all, argc, argv);
}
