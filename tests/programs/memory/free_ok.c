// The free comes after everyone's last use, by whomever.
// expect: none
#include "../stage.h"
#include <stdlib.h>

static void reader(goro_wg *wg, const long *block) {
    use(block[3]);
    goro_wg_done(wg);
}

static void cleaner(goro_wg *wg, long *block, goro_wg *end) {
    goro_wg_wait(wg);
    free(block);
    goro_wg_done(end);
}

int main(void) {
    goro_wg wg = {0}, end = {0};
    long *block = calloc(10, sizeof *block);
    goro_wg_add(&wg, 3);
    goro_wg_add(&end, 1);
    for (int i = 0; i < 3; i++) go(reader, &wg, block);
    go(cleaner, &wg, block, &end);
    goro_wg_wait(&end);
    return 0;
}
