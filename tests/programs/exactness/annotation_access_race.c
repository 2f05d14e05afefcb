// goro_race_write and goro_race_read stand for accesses that nobody could see.
// expect: GR001
#include "../stage.h"

static char device[32];

static void writer(void) {
    goro_race_write(device, sizeof device); // race: first
}

static void reader(void) {
    goro_race_read(device + 31, 1); // race: second
}

int main(void) {
    together(writer, reader);
    return 0;
}
