// Neighbouring bytes, shorts and ints of one aligned word, each written by its own goroutine.
// expect: none
#include "../stage.h"

static union {
    char byte[8];
    short half[4];
    int word[2];
} a, b, c;

static void one(void) {
    for (int i = 0; i < 100; i++) a.byte[3]++, b.half[1]++, c.word[0]++;
}

static void two(void) {
    for (int i = 0; i < 100; i++) a.byte[4]++, b.half[2]++, c.word[1]++;
}

static void three(void) {
    for (int i = 0; i < 100; i++) a.byte[2]++, b.half[0]++, a.byte[5]++;
}

int main(void) {
    together3(one, two, three);
    return 0;
}
