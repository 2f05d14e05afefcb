// A pipeline whose reader stops early, without leaving anybody behind.
//
// The generator would go on forever. When the reader has what it wants it closes `done`; a receive from a closed channel
// is always ready, so every stage that selects on `done` sees it and returns. Without it the stages would stay blocked in
// their sends for good: a goroutine leak.
//
// expect: none
// stdout: 1 4 9 16 25 enough
// stdout: both stages have returned
#include <goro.h>
#include <stdio.h>

static void generate(chan(int) out, chan(goro_empty) done) {
    goro_empty nothing;
    for (int i = 1;; i++) {
        chan_select {
            chan_case_send(out, i) {}
            chan_case_recv(done, nothing) { return; }
        }
    }
}

static void square(chan(int) in, chan(int) out, chan(goro_empty) done) {
    goro_empty nothing;
    int n = 0;
    for (;;) {
        chan_select {
            chan_case_recv(in, n) {}
            chan_case_recv(done, nothing) { return; }
        }
        chan_select {
            chan_case_send(out, n * n) {}
            chan_case_recv(done, nothing) { return; }
        }
    }
}

int main(void) {
    chan(int) numbers = chan_make(int, 0);
    chan(int) squares = chan_make(int, 0);
    chan(goro_empty) done = chan_make(goro_empty, 0);
    goro_wg stages = {0};
    goro_wg_go(&stages, generate, numbers, done);
    goro_wg_go(&stages, square, numbers, squares, done);

    for (int i = 0; i < 5; i++) printf("%d ", chan_recv(squares));
    printf("enough\n");
    chan_close(done);
    goro_wg_wait(&stages);
    printf("both stages have returned\n");
    chan_free(numbers);
    chan_free(squares);
    chan_free(done);
    return 0;
}
