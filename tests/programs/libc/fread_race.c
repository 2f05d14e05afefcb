// fread writes the user's buffer.
// expect: GR001
#include "../stage.h"
#include <stdio.h>

static char buffer[8];
static FILE *file;

static void reader(void) {
    if (fread(buffer, 1, 5, file) != 5) goro_panic("fread"); // race: first
}

static void looker(void) {
    use(buffer[4]); // race: second
}

int main(void) {
    file = tmpfile();
    if (!file || fwrite("hello", 1, 5, file) != 5) return 1;
    rewind(file);
    together(reader, looker);
    fclose(file);
    return 0;
}
