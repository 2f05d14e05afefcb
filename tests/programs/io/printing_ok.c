// Many goroutines print to one stream: the stream itself is no race.
// expect: none
#include "../stage.h"
#include <stdio.h>

static void talk(int id) {
    for (int i = 0; i < 20; i++) {
        printf("%d %d\n", id, i);
        putchar('.');
        fputs("-\n", stdout);
        fwrite("+\n", 1, 2, stdout);
    }
}

int main(void) {
    goro_wg wg = {0};
    for (int i = 0; i < 10; i++) goro_wg_go(&wg, talk, i);
    goro_wg_wait(&wg);
    return 0;
}
