// A write to a pipe is before the read that returns its bytes.
// expect: none
#include "../stage.h"
#include <unistd.h>

static int x, p[2];

static void writer(void) {
    x = 1;
    if (write(p[1], "a", 1) != 1) goro_panic("write");
}

static void reader(void) {
    char c;
    if (read(p[0], &c, 1) != 1) goro_panic("read");
    use(x);
}

int main(void) {
    if (pipe(p)) return 1;
    together(writer, reader);
    return 0;
}
