// A socket pair, in both directions.
// expect: none
#include "../stage.h"
#include <sys/socket.h>
#include <unistd.h>

static int x, y, s[2];

static void left(void) {
    char c;
    x = 1;
    if (write(s[0], "a", 1) != 1 || read(s[0], &c, 1) != 1) goro_panic("left");
    use(y);
}

static void right(void) {
    char c;
    if (read(s[1], &c, 1) != 1) goro_panic("right");
    use(x);
    y = 1;
    if (write(s[1], "b", 1) != 1) goro_panic("right");
}

int main(void) {
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, s)) return 1;
    together(left, right);
    return 0;
}
