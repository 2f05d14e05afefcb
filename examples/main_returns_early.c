// When main returns, the program ends with all its goroutines, whatever they are doing. Waiting is main's business.
//
// `forget` starts a goroutine and returns at once, so that it is heard of no more; `remember` waits for it.
//
// expect: none
// args: remember
// stdout: main ends
// stdout: the goroutine got to the end
#include <goro.h>
#include <stdio.h>
#include <string.h>

static void work(chan(goro_empty) begin) {
    chan_recv(begin); // never comes in `forget`: it makes sure that main is the first
    printf("the goroutine got to the end\n");
}

int main(int argc, char **argv) {
    chan(goro_empty) begin = chan_make(goro_empty, 0);
    goro_wg wg = {0};
    goro_wg_go(&wg, work, begin);
    printf("main ends\n");
    if (argc > 1 && strcmp(argv[1], "forget") == 0) return 0;
    chan_close(begin);
    goro_wg_wait(&wg);
    chan_free(begin);
    return 0;
}
