// read writes the user's buffer: another goroutine looks at it meanwhile.
// expect: GR001
#include "../stage.h"
#include <unistd.h>

static int p[2];
static char buffer[16];

static void reader(void) {
    if (read(p[0], buffer, sizeof buffer) != 5) goro_panic("read"); // race: first
}

static void looker(void) {
    use(buffer[2]); // race: second
}

int main(void) {
    if (pipe(p) || write(p[1], "hello", 5) != 5) return 1;
    together(reader, looker);
    return 0;
}
