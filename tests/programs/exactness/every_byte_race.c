// An array of 16 bytes written whole by one and byte by byte by 16 others: found whichever byte it is.
// expect: GR001
#include "../stage.h"
#include <string.h>

union { char byte[16]; long word[2]; } u[16]; // not static: a compiler drops stores that nobody reads

static void whole(void) {
    for (int i = 0; i < 16; i++) u[i].word[i / 8] = -1; // race: first
    stage_done();
}

static void byte(void) {
    stage_await(1);
    for (int i = 0; i < 16; i++) u[i].byte[i] = 1; // race: second
}

int main(void) {
    together(whole, byte);
    return 0;
}
