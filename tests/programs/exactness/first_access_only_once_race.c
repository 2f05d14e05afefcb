// A hundred accesses on the same two lines are one finding.
// expect: GR001*1
#include "../stage.h"

static int x;

static void writer(void) {
    for (int i = 0; i < 100; i++) x = i; // race: first
}

static void reader(void) {
    stage_pause();
    for (int i = 0; i < 100; i++) use(x); // race: second
}

int main(void) {
    together(writer, reader);
    return 0;
}
