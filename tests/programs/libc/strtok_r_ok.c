// Reentrant parsers on strings of one's own.
// expect: none
#include "../stage.h"
#include <stdlib.h>
#include <string.h>

static void parse(void) {
    char line[] = "10,20,30", *rest, *word;
    long sum = 0;
    for (word = strtok_r(line, ",", &rest); word; word = strtok_r(NULL, ",", &rest)) sum += strtol(word, NULL, 10);
    if (sum != 60) goro_panic("sum is %ld", sum);
}

int main(void) {
    together3(parse, parse, parse);
    return 0;
}
