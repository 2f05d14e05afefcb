// A pipe is closed, and a variable written only then: who has read the end of the pipe is not ordered with that.
// expect: GR001
// unseeded: when the end of a pipe is noticed: one run in forty on a busy machine has the writer not ended yet
#include "../stage.h"

#include <unistd.h>

static int x, p[2];

static void writer(void) {
    close(p[1]);
    x = 1; // race: first
    stage_done();
}

static void reader(void) {
    char c;
    if (read(p[0], &c, 1) != 0) goro_panic("a byte");
    stage_await(1);
    use(x); // race: second
}

int main(void) {
    if (pipe(p)) return 1;
    together(writer, reader);
    return 0;
}
