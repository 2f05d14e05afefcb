// strcmp reads up to the first difference.
// expect: GR001
#include "../stage.h"
#include <string.h>

static char a[8] = "abcd";
static char *volatile b = "abxd";

static void comparer(void) {
    use(strcmp(a, b)); // race: first
}

static void writer(void) {
    a[2] = 'y'; // race: second
}

int main(void) {
    together(comparer, writer);
    return 0;
}
