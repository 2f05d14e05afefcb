// strcpy writes its target with the final zero.
// expect: GR001
#include "../stage.h"
#include <string.h>

static char shared[32];
static char *volatile source = "four";

static void copier(void) {
    strcpy(shared, source); // race: first
}

static void reader(void) {
    use(shared[4]); // race: second
}

int main(void) {
    together(copier, reader);
    return 0;
}
