// The two directions of a socket pair have a clock each: the bytes that a third reads at the left end came from the right.
// expect: GR001
#include "../stage.h"
#include <sys/socket.h>
#include <unistd.h>

static int x, s[2];

static void left_writer(void) {
    x = 1; // race: first
    if (write(s[0], "a", 1) != 1) goro_panic("write");
    stage_done();
}

static void left_reader(void) {
    char c;
    stage_await(1);
    if (read(s[0], &c, 1) != 1) goro_panic("read");
    use(x); // race: second
}

int main(void) {
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, s)) return 1;
    if (write(s[1], "b", 1) != 1) return 1;
    together(left_writer, left_reader);
    return 0;
}
