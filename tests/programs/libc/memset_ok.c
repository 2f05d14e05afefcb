// memset in pieces that touch each other.
// expect: none
#include "../stage.h"
#include <string.h>

static char shared[1003];
static volatile size_t cut = 501;

static void front(void) { memset(shared, 1, cut); }

static void back(void) { memset(shared + cut, 2, sizeof shared - cut); }

int main(void) {
    together(front, back);
    return shared[500] != 1 || shared[501] != 2;
}
