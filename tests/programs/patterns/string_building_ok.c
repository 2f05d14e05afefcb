// Each goroutine formats into its own part of one buffer.
// expect: none
#include "../stage.h"
#include <stdio.h>
#include <string.h>

static char page[16][24];

static void line(int i) {
    char mine[24];
    snprintf(mine, sizeof mine, "line %d of %s", i, "the page");
    strcpy(page[i], mine);
}

int main(void) {
    goro_wg wg = {0};
    for (int i = 0; i < 16; i++) goro_wg_go(&wg, line, i);
    goro_wg_wait(&wg);
    return strcmp(page[15], "line 15 of the page") != 0;
}
