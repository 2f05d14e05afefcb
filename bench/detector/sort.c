/* Sorting: quicksort of the parts in threads, then merges in a tree of threads. */
#include "kernel.h"

enum { N = 1 << 20 };
static uint32_t *a, *spare;

static void quicksort(uint32_t *v, long n) {
    while (n > 16) {
        uint32_t pivot = v[n / 2];
        long i = 0, j = n - 1;
        for (;;) {
            while (v[i] < pivot) i++;
            while (v[j] > pivot) j--;
            if (i >= j) break;
            uint32_t t = v[i];
            v[i++] = v[j];
            v[j--] = t;
        }
        long left = j + 1;
        if (left < n - left) {
            quicksort(v, left);
            v += left, n -= left;
        } else {
            quicksort(v + left, n - left);
            n = left;
        }
    }
    for (long i = 1; i < n; i++) {
        uint32_t x = v[i];
        long j = i;
        for (; j > 0 && v[j - 1] > x; j--) v[j] = v[j - 1];
        v[j] = x;
    }
}

struct part { long from, size; };

static void *sort_part(void *arg) {
    struct part p = *(struct part *)arg;
    if (p.size <= N / THREADS) {
        quicksort(a + p.from, p.size);
        return NULL;
    }
    struct part left = {p.from, p.size / 2}, right = {p.from + p.size / 2, p.size - p.size / 2};
    pthread_t t;
    if (pthread_create(&t, NULL, sort_part, &left)) abort();
    sort_part(&right);
    pthread_join(t, NULL);
    long i = left.from, j = right.from, end = p.from + p.size;
    for (long k = p.from; k < end; k++) {
        if (j == end || (i < right.from && a[i] <= a[j])) spare[k] = a[i++];
        else spare[k] = a[j++];
    }
    memcpy(a + p.from, spare + p.from, (size_t)p.size * sizeof *a);
    return NULL;
}

int main(void) {
    uint64_t state = 2, sum = 0;
    a = checked(malloc(N * sizeof *a));
    spare = checked(malloc(N * sizeof *a));
    for (long i = 0; i < N; i++) a[i] = (uint32_t)next_random(&state);
    struct part all = {0, N};
    sort_part(&all);
    for (long i = 1; i < N; i++)
        if (a[i - 1] > a[i]) abort();
    for (long i = 0; i < N; i += 97) sum = checksum_add(sum, a[i]);
    kernel_report("sort", sum);
    free(a);
    free(spare);
    return 0;
}
