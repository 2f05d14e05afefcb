// Each pipe has its own clock: bytes from one bring nothing of what was written to another.
// expect: GR001
#include "../stage.h"
#include <unistd.h>

static int x, p[2], q[2];

static void writer(void) {
    x = 1; // race: first
    if (write(p[1], "a", 1) != 1) goro_panic("write");
    stage_done();
}

static void reader(void) {
    char c;
    stage_await(1);
    if (read(q[0], &c, 1) != 1) goro_panic("read");
    use(x); // race: second
}

int main(void) {
    if (pipe(p) || pipe(q)) return 1;
    if (write(q[1], "b", 1) != 1) return 1;
    together(writer, reader);
    return 0;
}
