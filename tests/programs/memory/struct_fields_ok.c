// Two goroutines, each with its own fields of one structure on the heap.
// expect: none
#include "../stage.h"
#include <stdlib.h>

struct pair { int left; char left_flag, right_flag; short left_count, right_count; long right; };

static void left(goro_wg *wg, struct pair *p) {
    p->left++, p->left_flag = 1, p->left_count += 2;
    goro_wg_done(wg);
}

static void right(goro_wg *wg, struct pair *p) {
    p->right++, p->right_flag = 1, p->right_count += 2;
    goro_wg_done(wg);
}

int main(void) {
    goro_wg wg = {0};
    struct pair *p = calloc(1, sizeof *p);
    goro_wg_add(&wg, 2);
    go(left, &wg, p);
    go(right, &wg, p);
    goro_wg_wait(&wg);
    free(p);
    return 0;
}
