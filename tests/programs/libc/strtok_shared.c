// strtok keeps its place in one variable for the whole program: two goroutines that split lines of their own with it
// take each other's words.
// expect: GR001
// exit: any
#include <goro.h>
#include <string.h>

static void split(char *line, int *words, goro_wg *wg) {
    for (char *word = strtok(line, " "); word; word = strtok(NULL, " ")) ++*words; // race: both
    goro_wg_done(wg);
}

int main(void) {
    char ours[] = "one two three", theirs[] = "four five six";
    int our_words = 0, their_words = 0;
    goro_wg wg = {0};
    goro_wg_add(&wg, 2);
    go(split, ours, &our_words, &wg);
    go(split, theirs, &their_words, &wg);
    goro_wg_wait(&wg);
    return 0;
}
