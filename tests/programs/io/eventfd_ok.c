// An eventfd's write is before the read that takes its count.
// expect: none
#include "../stage.h"
#include <sys/eventfd.h>
#include <unistd.h>

static int x, fd;

static void writer(void) {
    uint64_t one = 1;
    x = 1;
    if (write(fd, &one, sizeof one) != sizeof one) goro_panic("write");
}

static void reader(void) {
    uint64_t count;
    if (read(fd, &count, sizeof count) != sizeof count) goro_panic("read");
    use(x);
}

int main(void) {
    fd = eventfd(0, 0);
    if (fd < 0) return 1;
    together(writer, reader);
    return 0;
}
