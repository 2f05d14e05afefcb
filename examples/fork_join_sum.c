// Fork and join: the sum of a big array, each half by a goroutine of its own, down to pieces that are worth no goroutine.
//
// A join is the WaitGroup's wait: after it, the parent may read what the children have written.
//
// expect: none
// stdout: the sum of 1 to 1000000 is 500000500000
#include <goro.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum { COUNT = 1000000, PIECE = 50000 };

static void sum(const int *from, const int *to, int64_t *result) {
    if (to - from <= PIECE) {
        int64_t s = 0;
        for (const int *p = from; p < to; p++) s += *p;
        *result = s;
        return;
    }
    const int *middle = from + (to - from) / 2;
    int64_t left, right;
    goro_wg wg = {0};
    goro_wg_go(&wg, sum, from, middle, &left);
    sum(middle, to, &right); // this goroutine has nothing else to do, so it takes one half itself
    goro_wg_wait(&wg);
    *result = left + right;
}

int main(void) {
    int *numbers = malloc(COUNT * sizeof *numbers);
    if (!numbers) return 1;
    for (int i = 0; i < COUNT; i++) numbers[i] = i + 1;
    int64_t total;
    sum(numbers, numbers + COUNT, &total);
    printf("the sum of 1 to %d is %lld\n", COUNT, (long long)total);
    free(numbers);
    return 0;
}
