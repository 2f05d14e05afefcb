// strtok in one goroutine at a time, handed on through a channel, has nothing to report.
// expect: none
// stdout: 6
#include <goro.h>
#include <stdio.h>
#include <string.h>

static void split(char *line, chan(int) done) {
    int words = 0;
    for (char *word = strtok(line, ", "); word; word = strtok(NULL, ", ")) words++;
    chan_send(done, words);
}

int main(void) {
    char first[] = "one two,,three", second[] = " four, five six ";
    chan(int) done = chan_make(int, 0);
    go(split, first, done);
    int words = chan_recv(done);
    go(split, second, done);
    printf("%d\n", words + chan_recv(done));
    chan_free(done);
    return 0;
}
