// A read that returns no bytes orders nothing.
// expect: GR001
#include "../stage.h"
#include <fcntl.h>
#include <unistd.h>

static int x, p[2];

static void writer(void) {
    x = 1; // race: first
    stage_done();
}

static void reader(void) {
    char c;
    stage_await(1);
    if (read(p[0], &c, 1) > 0) goro_panic("there is nothing to read");
    use(x); // race: second
}

int main(void) {
    if (pipe(p) || fcntl(p[0], F_SETFL, O_NONBLOCK)) return 1;
    together(writer, reader);
    return 0;
}
