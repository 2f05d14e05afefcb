// Who reads the end of a pipe or a connection comes after whoever closed the other end, or shut it down.
// expect: none
#include "../stage.h"

#include <sys/socket.h>
#include <unistd.h>

static int x, y, z, p[2], q[2], s[2];

static void writer(void) {
    x = 1;
    close(p[1]);
    y = 1;
    close(q[1]);
    z = 1;
    shutdown(s[0], SHUT_WR);
}

static void reader(void) {
    char c;
    if (read(p[0], &c, 1) != 0) goro_panic("a byte");
    use(x);
    if (goro_read(q[0], &c, 1) != 0) goro_panic("a byte");
    use(y);
    if (goro_recv(s[1], &c, 1, 0) != 0) goro_panic("a byte");
    use(z);
}

int main(void) {
    if (pipe(p) || pipe(q) || socketpair(AF_UNIX, SOCK_STREAM, 0, s)) return 1;
    together(writer, reader);
    return 0;
}
