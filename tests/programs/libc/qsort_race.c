// qsort's comparisons are the user's own code: their reads race as any others.
// expect: GR001
#include "../stage.h"
#include <stdlib.h>

static int a[16], pivot;

static int compare(const void *l, const void *r) {
    use(pivot); // race: first
    return *(const int *)l - *(const int *)r;
}

static void sorter(void) { qsort(a, 16, sizeof a[0], compare); }

static void writer(void) {
    pivot = 1; // race: second
}

int main(void) {
    for (int i = 0; i < 16; i++) a[i] = (i * 7) % 16;
    together(sorter, writer);
    return 0;
}
