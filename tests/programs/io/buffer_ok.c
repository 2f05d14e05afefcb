// Only the bytes that were read count: the rest of the buffer is somebody else's.
// expect: none
#include "../stage.h"
#include <unistd.h>

static int p[2];
static char buffer[16];

static void reader(void) {
    if (read(p[0], buffer, sizeof buffer) != 5) goro_panic("read");
}

static void looker(void) { buffer[8] = 1; }

int main(void) {
    if (pipe(p) || write(p[1], "hello", 5) != 5) return 1;
    together(reader, looker);
    return 0;
}
