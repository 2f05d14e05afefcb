// Six arguments reach the goroutine as they were at `go`; what they point to is the child's to read.
// expect: none
// stdout: 1 2 3 four 5 6
#include "../stage.h"
#include <stdio.h>

struct box { int value; };

static void show(goro_wg *wg, char one, const int *two, struct box *three, const char *four, long long five) {
    printf("%d %d %d %s %lld 6\n", one, *two, three->value, four, five);
    three->value = 7;
    goro_wg_done(wg);
}

int main(void) {
    goro_wg wg = {0};
    int two = 2;
    struct box three = {3};
    goro_wg_add(&wg, 1);
    go(show, &wg, 1, &two, &three, "four", 5);
    goro_wg_wait(&wg);
    return three.value != 7;
}
