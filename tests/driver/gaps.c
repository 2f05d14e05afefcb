// Copies, fills and comparisons of each size that a compiler might expand in place, each on memory of its own whose last
// byte another thread writes, unordered. `gaps count` prints how many races there are.
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#define SIZES(X)                                                                                                 \
    X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11) X(12) X(13) X(14) X(15) X(16) X(17) X(18) X(19)      \
    X(20) X(21) X(22) X(23) X(24) X(25) X(26) X(27) X(28) X(29) X(30) X(31) X(32) X(33) X(36) X(40) X(48) X(56)  \
    X(63) X(64) X(65) X(96) X(127) X(128) X(129) X(256) X(257)

static char zero[512];
static int same;

/* Y(operation, does it to t->bytes) */
#define OPERATIONS(Y, n)                                                                                         \
    Y(copy_to, n, memcpy(t, zero, n))                                                                            \
    Y(copy_from, n, memcpy(zero + 256, t, n))                                                                    \
    Y(move_to, n, memmove(t, zero, n))                                                                           \
    Y(fill, n, memset(t, 0, n))                                                                                  \
    Y(compare, n, same += memcmp(t, zero, n) == 0)                                                               \
    Y(builtin_copy, n, __builtin_memcpy(t, zero, n))                                                             \
    Y(builtin_fill, n, __builtin_memset(t, 0, n))                                                                \
    Y(assign, n, *t = *(struct bytes_##n *)zero)                                                                 \
    Y(initialise, n, *t = (struct bytes_##n){{0}})

#define TARGET(name, n, what) static struct bytes_##n name##_##n;
#define FUNCTION(name, n, what)                                                                                  \
    static __attribute__((noinline)) void do_##name##_##n(struct bytes_##n *t) { what; }
#define ALL(n)                                                                                                   \
    struct bytes_##n {                                                                                           \
        char bytes[n];                                                                                           \
    };                                                                                                           \
    OPERATIONS(TARGET, n) OPERATIONS(FUNCTION, n)
SIZES(ALL)

#define CALL(name, n, what) do_##name##_##n(&name##_##n);
#define CALLS(n) OPERATIONS(CALL, n)
#define POKE(name, n, what) ((volatile char *)&name##_##n)[n - 1] = 0;
#define POKES(n) OPERATIONS(POKE, n)
#define COUNT(name, n, what) +1
#define COUNTS(n) OPERATIONS(COUNT, n)

static void *first(void *arg) {
    SIZES(CALLS)
    return arg;
}
static void *second(void *arg) {
    SIZES(POKES)
    return arg;
}

int main(int argc, char **argv) {
    pthread_t t[2];
    (void)argv;
    if (argc > 1) {
        printf("%d\n", 0 SIZES(COUNTS));
        return 0;
    }
    pthread_create(&t[0], 0, first, 0);
    pthread_create(&t[1], 0, second, 0);
    for (int i = 0; i < 2; i++) pthread_join(t[i], 0);
    return same < 0;
}
