// Both print, before and after; the stream's own lock orders nothing of theirs.
// expect: GR001
// stdout: writer
// stdout: reader
#include "../stage.h"
#include <stdio.h>

static int x;

static void writer(void) {
    x = 1; // race: first
    printf("writer\n");
    fflush(stdout);
    stage_done();
}

static void reader(void) {
    stage_await(1);
    printf("reader\n");
    fflush(stdout);
    use(x); // race: second
}

int main(void) {
    together(writer, reader);
    return 0;
}
