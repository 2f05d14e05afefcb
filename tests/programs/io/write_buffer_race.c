// write reads the user's buffer.
// expect: GR001
#include "../stage.h"
#include <unistd.h>

static int p[2];
static char buffer[16];

static void writer(void) {
    if (write(p[1], buffer, sizeof buffer) != sizeof buffer) goro_panic("write"); // race: first
}

static void changer(void) {
    buffer[15] = 1; // race: second
}

int main(void) {
    if (pipe(p)) return 1;
    together(writer, changer);
    return 0;
}
