// getline into buffers of one's own, from streams of one's own.
// expect: none
#include "../stage.h"
#include <stdio.h>
#include <stdlib.h>

static void reader(void) {
    FILE *f = tmpfile();
    char *line = NULL;
    size_t size = 0;
    if (!f) goro_panic("tmpfile");
    fputs("one\ntwo\n", f);
    rewind(f);
    int lines = 0;
    while (getline(&line, &size, f) > 0) lines++;
    if (lines != 2) goro_panic("%d lines", lines);
    free(line);
    fclose(f);
}

int main(void) {
    together(reader, reader);
    return 0;
}
