// Two sort the two halves of one array.
// expect: none
#include "../stage.h"
#include <stdlib.h>

static int a[1000];

static int compare(const void *l, const void *r) { return *(const int *)l - *(const int *)r; }

static void front(void) { qsort(a, 501, sizeof a[0], compare); }

static void back(void) { qsort(a + 501, 499, sizeof a[0], compare); }

int main(void) {
    for (int i = 0; i < 1000; i++) a[i] = (i * 733) % 1000;
    together(front, back);
    for (int i = 1; i < 501; i++)
        if (a[i - 1] > a[i]) return 1;
    return 0;
}
