// Through both pipes, by a relay.
// expect: none
#include "../stage.h"
#include <unistd.h>

static int x, p[2], q[2];

static void writer(void) {
    x = 1;
    if (write(p[1], "a", 1) != 1) goro_panic("write");
}

static void relay(void) {
    char c;
    if (read(p[0], &c, 1) != 1 || write(q[1], &c, 1) != 1) goro_panic("relay");
}

static void reader(void) {
    char c;
    if (read(q[0], &c, 1) != 1) goro_panic("read");
    use(x);
}

int main(void) {
    if (pipe(p) || pipe(q)) return 1;
    together3(writer, relay, reader);
    return 0;
}
