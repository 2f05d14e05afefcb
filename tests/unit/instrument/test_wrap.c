/* Each wrapped call tells of exactly the bytes it reads and writes, and does what the real one does. */
#include "instrument/front.h"
#include "recorder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cmocka.h>

static unsigned expected;

/* The wrappers listen only meanwhile: cmocka calls libc, too. */
#define DURING(...)                                                                                              \
    do {                                                                                                         \
        events_clear();                                                                                          \
        expected = 0;                                                                                            \
        front_ready = true;                                                                                      \
        __VA_ARGS__;                                                                                             \
        front_ready = false;                                                                                     \
    } while (0)

static unsigned ranges(void) {
    unsigned n = 0;
    for (unsigned i = 0; i < event_count; i++) n += events[i].kind == EVENT_RANGE;
    return n;
}
static void saw(unsigned kind, const void *p, size_t n) {
    expected++;
    for (unsigned i = 0; i < event_count; i++)
        if (events[i].kind == EVENT_RANGE && events[i].flags == kind && events[i].address == (uintptr_t)p && events[i].size == n)
            return;
    for (unsigned i = 0; i < event_count; i++)
        print_error("event %d: %s %+ld, %zu bytes\n", events[i].kind, events[i].flags == DET_READ ? "read" : "write",
                    (long)(events[i].address - (uintptr_t)p), events[i].size);
    fail_msg("no %s of %zu bytes", kind == DET_READ ? "read" : "write", n);
}
static void read_of(const void *p, size_t n) { saw(DET_READ, p, n); }
static void write_of(const void *p, size_t n) { saw(DET_WRITE, p, n); }
static void nothing_else(void) { assert_int_equal(ranges(), expected); }

static char a[64], b[64];
static void set(const char *in_a, const char *in_b) {
    memset(a, '.', sizeof a);
    memset(b, '.', sizeof b);
    strcpy(a, in_a);
    strcpy(b, in_b);
}

static void blocks(void **state) {
    void *p;
    (void)state;
    set("0123456789", "abcdefghij");
    DURING(p = memcpy(a, b, 7));
    read_of(b, 7), write_of(a, 7), nothing_else();
    assert_ptr_equal(p, a);
    assert_memory_equal(a, "abcdefg", 7);
    DURING(p = memmove(a + 1, a, 5));
    read_of(a, 5), write_of(a + 1, 5), nothing_else();
    DURING(p = memset(a, 'x', 9));
    write_of(a, 9), nothing_else();
    DURING(p = mempcpy(a, b, 4));
    read_of(b, 4), write_of(a, 4), nothing_else();
    assert_ptr_equal(p, a + 4);
    DURING(p = memcpy(a, b, 0));
    nothing_else();
    set("abcd", "abXd");
    int c;
    DURING(c = memcmp(a, b, 4));
    read_of(a, 3), read_of(b, 3), nothing_else();
    assert_true(c > 0);
    DURING(c = memcmp(a, a, 4));
    read_of(a, 4), assert_int_equal(c, 0);
    DURING(p = memchr(a, 'b', 4));
    read_of(a, 2), nothing_else(), assert_ptr_equal(p, a + 1);
    DURING(p = memchr(a, 'z', 4));
    read_of(a, 4), nothing_else(), assert_null(p);
    DURING(p = memrchr(a, 'c', 4));
    read_of(a + 2, 2), nothing_else(), assert_ptr_equal(p, a + 2);
    DURING(p = memccpy(b, a, 'b', 4));
    read_of(a, 2), write_of(b, 2), nothing_else(), assert_ptr_equal(p, b + 2);
    DURING(p = memmem(a, 4, "cd", 2));
    read_of(a, 4), assert_ptr_equal(p, a + 2);
    DURING(bzero(a, 5));
    write_of(a, 5), nothing_else();
}

static void strings(void **state) {
    size_t n;
    char *p;
    int c;
    (void)state;
    set("hello", "wor");
    DURING(n = strlen(a));
    read_of(a, 6), nothing_else(), assert_int_equal(n, 5);
    DURING(n = strnlen(a, 3));
    read_of(a, 3), nothing_else(), assert_int_equal(n, 3);
    DURING(p = strcpy(a, b));
    read_of(b, 4), write_of(a, 4), nothing_else(), assert_string_equal(a, "wor");
    DURING(p = stpcpy(a, b));
    read_of(b, 4), write_of(a, 4), assert_ptr_equal(p, a + 3);
    DURING(p = strncpy(a, b, 10));
    read_of(b, 4), write_of(a, 10), nothing_else();
    DURING(p = strncpy(a, b, 2));
    read_of(b, 2), write_of(a, 2), nothing_else();
    set("hello", "wor");
    DURING(p = strcat(a, b));
    read_of(a, 6), read_of(b, 4), write_of(a + 5, 4), nothing_else(), assert_string_equal(a, "hellowor");
    set("hello", "wor");
    DURING(p = strncat(a, b, 2));
    read_of(a, 6), read_of(b, 2), write_of(a + 5, 3), nothing_else(), assert_string_equal(a, "hellowo");
    set("abc", "abd");
    DURING(c = strcmp(a, b));
    read_of(a, 3), read_of(b, 3), nothing_else(), assert_true(c < 0);
    DURING(c = strncmp(a, b, 2));
    read_of(a, 2), read_of(b, 2), nothing_else(), assert_int_equal(c, 0);
    set("ABC", "abc");
    DURING(c = strcasecmp(a, b));
    read_of(a, 4), read_of(b, 4), nothing_else(), assert_int_equal(c, 0);
    DURING(p = strchr(b, 'b'));
    read_of(b, 2), nothing_else(), assert_ptr_equal(p, b + 1);
    DURING(p = strchr(b, 'z'));
    read_of(b, 4), nothing_else(), assert_null(p);
    DURING(p = strrchr(b, 'a'));
    read_of(b, 4), nothing_else(), assert_ptr_equal(p, b);
    set("a b c", " ");
    DURING(p = strstr(a, b));
    read_of(a, 6), read_of(b, 2), nothing_else(), assert_ptr_equal(p, a + 1);
    DURING(n = strspn(a, b));
    read_of(a, 6), read_of(b, 2), assert_int_equal(n, 0);
    char *save;
    DURING(p = strtok_r(a, b, &save));
    read_of(b, 2), read_of(a, 2), write_of(a + 1, 1), write_of(&save, sizeof save), nothing_else();
    assert_string_equal(p, "a");
}

static void copies_of_strings_are_new_and_written(void **state) {
    char *p;
    (void)state;
    set("hello", "");
    DURING(p = strdup(a));
    read_of(a, 6), write_of(p, 6), nothing_else(), assert_string_equal(p, "hello");
    free(p);
    DURING(p = strndup(a, 3));
    read_of(a, 3), write_of(p, 4), assert_string_equal(p, "hel");
    free(p);
}

static void allocation(void **state) {
    char *p, *q;
    (void)state;
    DURING(p = malloc(10));
    assert_int_equal(only(EVENT_ALLOC)->address, (uintptr_t)p);
    assert_int_equal(only(EVENT_ALLOC)->size, 10);
    DURING(q = realloc(p, 1 << 20));
    assert_int_equal(only(EVENT_FREE)->address, (uintptr_t)p);
    assert_int_equal(only(EVENT_ALLOC)->address, (uintptr_t)q);
    assert_int_equal(only(EVENT_ALLOC)->size, 1 << 20);
    DURING(free(q));
    assert_int_equal(only(EVENT_FREE)->address, (uintptr_t)q);
    DURING(free(NULL));
    assert_int_equal(event_count, 0);
    DURING(p = calloc(3, 5));
    assert_int_equal(only(EVENT_ALLOC)->size, 15);
    for (int i = 0; i < 15; i++) assert_int_equal(p[i], 0);
    free(p);
    void *aligned;
    DURING(assert_int_equal(posix_memalign(&aligned, 64, 100), 0));
    assert_int_equal(only(EVENT_ALLOC)->size, 100);
    assert_int_equal((uintptr_t)aligned % 64, 0);
    free(aligned);
    volatile size_t three = 3; /* the compiler would complain of a constant */
    assert_int_equal(posix_memalign(&aligned, three, 100), 22 /* EINVAL */);
    DURING(p = reallocarray(NULL, 4, 8));
    assert_int_equal(only(EVENT_ALLOC)->size, 32);
    free(p);
    volatile size_t huge = SIZE_MAX / 2;
    DURING(p = reallocarray(NULL, huge, 8));
    assert_null(p);
}

static void formats_read_their_strings_only(void **state) {
    char to[64];
    static char s[] = "text", t[] = "longer text";
    int n, counted;
    (void)state;
    DURING(n = snprintf(to, sizeof to, "%d %s %5.3f %.*s %c %ld %%|%zu", 1, s, 2.5, 6, t, 'c', 7L, (size_t)8));
    read_of(s, 5), read_of(t, 6), write_of(to, (size_t)n + 1);
    assert_int_equal(ranges(), 4); /* the format itself, too */
    assert_string_equal(to, "1 text 2.500 longer c 7 %|8");
    DURING(n = snprintf(to, 4, "%s", t));
    read_of(t, sizeof t), write_of(to, 4), assert_int_equal(n, 11);
    DURING(n = snprintf(to, sizeof to, "%-10s|%n", s, &counted));
    read_of(s, 5), write_of(&counted, sizeof counted), assert_int_equal(counted, 11);
    DURING(n = snprintf(to, sizeof to, "%2$s %1$s", s, t)); /* not understood: nothing is misread */
    write_of(to, (size_t)n + 1), assert_int_equal(ranges(), 2);
    DURING(n = snprintf(to, sizeof to, "%Lf %hd %jd %td %p %x", (long double)1, (short)2, (intmax_t)3, (ptrdiff_t)4, NULL, 5u));
    assert_int_equal(ranges(), 2);
    char *volatile none = NULL;
    DURING(n = snprintf(to, sizeof to, "%s", none));
    assert_string_equal(to, "(null)");
}

static void conversions(void **state) {
    char *end;
    long v;
    (void)state;
    set("123x", "");
    DURING(v = strtol(a, &end, 10));
    read_of(a, 4), write_of(&end, sizeof end), nothing_else(), assert_int_equal(v, 123), assert_ptr_equal(end, a + 3);
    DURING(v = atoi(a));
    read_of(a, 4), nothing_else(), assert_int_equal(v, 123);
}

static int down(const void *x, const void *y) { return *(const char *)y - *(const char *)x; }
static void sorting_writes_what_it_sorts(void **state) {
    (void)state;
    set("bca", "");
    DURING(qsort(a, 3, 1, down));
    write_of(a, 3), nothing_else(), assert_string_equal(a, "cba");
}

static void descriptors(void **state) {
    int p[2];
    ssize_t n;
    (void)state;
    set("0123456789", "");
    DURING(assert_int_equal(pipe(p), 0));
    write_of(p, sizeof p), nothing_else();
    DURING(n = write(p[1], a, 5));
    read_of(a, 5), nothing_else(), assert_int_equal(n, 5);
    uintptr_t clock = only(EVENT_MERGE)->address;
    DURING(n = read(p[0], b, 50));
    write_of(b, 5), nothing_else(), assert_int_equal(n, 5);
    assert_int_equal(only(EVENT_ACQUIRE)->address, clock); /* both ends have one clock */
    struct iovec parts[2] = {{a, 2}, {a + 4, 3}}, into[2] = {{b, 4}, {b + 10, 10}};
    DURING(n = writev(p[1], parts, 2));
    read_of(a, 2), read_of(a + 4, 3), nothing_else();
    DURING(n = readv(p[0], into, 2));
    write_of(b, 4), write_of(b + 10, 1), nothing_else(), assert_int_equal(n, 5);
    close(p[1]);
    DURING(n = read(p[0], b, 50));
    nothing_else(), assert_int_equal(n, 0);
    assert_int_equal(only(EVENT_ACQUIRE)->address, clock); /* the end of it is behind the close */
    close(p[0]);
}

static void directions_of_a_socket_pair_are_apart(void **state) {
    int s[2];
    (void)state;
    DURING(assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, s), 0));
    DURING(assert_int_equal(send(s[0], a, 1, 0), 1));
    uintptr_t there = only(EVENT_MERGE)->address;
    DURING(assert_int_equal(send(s[1], a, 1, 0), 1));
    uintptr_t back = only(EVENT_MERGE)->address;
    assert_int_not_equal(there, back);
    DURING(assert_int_equal(recv(s[1], b, 1, 0), 1));
    assert_int_equal(only(EVENT_ACQUIRE)->address, there);
    DURING(assert_int_equal(recv(s[0], b, 1, 0), 1));
    assert_int_equal(only(EVENT_ACQUIRE)->address, back);
    close(s[0]);
    close(s[1]);
}

static void files_order_nothing(void **state) {
    FILE *f = tmpfile();
    (void)state;
    assert_non_null(f);
    DURING(assert_int_equal(pwrite(fileno(f), a, 3, 0), 3));
    assert_int_equal(event_count, 1);
    DURING(assert_int_equal(pread(fileno(f), b, 3, 0), 3));
    assert_int_equal(event_count, 1);
    fclose(f);
}

static void mappings_have_no_history(void **state) {
    void *p;
    (void)state;
    DURING(p = mmap(NULL, 5000, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    assert_int_equal(only(EVENT_FORGET)->address, (uintptr_t)p);
    assert_int_equal(only(EVENT_FORGET)->size, 8192);
    DURING(munmap(p, 5000));
    assert_int_equal(only(EVENT_FORGET)->address, (uintptr_t)p);
}

static void who_is_not_instrumented_is_not_judged(void **state) {
    (void)state;
    front_code = (struct code_range){0, 1};
    DURING(memcpy(a, b, 7));
    assert_int_equal(event_count, 0);
    front_code = (struct code_range){0, UINTPTR_MAX};
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks),
        cmocka_unit_test(strings),
        cmocka_unit_test(copies_of_strings_are_new_and_written),
        cmocka_unit_test(allocation),
        cmocka_unit_test(formats_read_their_strings_only),
        cmocka_unit_test(conversions),
        cmocka_unit_test(sorting_writes_what_it_sorts),
        cmocka_unit_test(descriptors),
        cmocka_unit_test(directions_of_a_socket_pair_are_apart),
        cmocka_unit_test(files_order_nothing),
        cmocka_unit_test(mappings_have_no_history),
        cmocka_unit_test(who_is_not_instrumented_is_not_judged),
    };
    front_ready = false;
    front_attach();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
