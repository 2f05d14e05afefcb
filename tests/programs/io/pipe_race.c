// What comes after the write is unordered with the reader.
// expect: GR001
// unseeded: a call that blocks in the kernel until another goroutine writes
#include "../stage.h"
#include <unistd.h>

static int x, p[2];

static void writer(void) {
    if (write(p[1], "a", 1) != 1) goro_panic("write");
    x = 1; // race: first
}

static void reader(void) {
    char c;
    if (read(p[0], &c, 1) != 1) goro_panic("read");
    use(x); // race: second
}

int main(void) {
    if (pipe(p)) return 1;
    together(writer, reader);
    return 0;
}
