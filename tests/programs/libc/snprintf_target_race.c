// snprintf writes its target.
// expect: GR001
#include "../stage.h"
#include <stdio.h>

static char line[64];

static void formatter(void) {
    snprintf(line, sizeof line, "%d items", 12345); // race: first
}

static void reader(void) {
    use(line[4]); // race: second
}

int main(void) {
    together(formatter, reader);
    return 0;
}
