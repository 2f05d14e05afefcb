// Calls with nothing of the user's in them, from many goroutines.
// expect: none
#include "../stage.h"
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static void call(void) {
    struct timespec t;
    struct tm tm;
    time_t now = time(NULL);
    clock_gettime(CLOCK_MONOTONIC, &t);
    gmtime_r(&now, &tm);
    use(getenv("PATH") != NULL);
    use(getpid() + (long)t.tv_nsec + tm.tm_year);
}

int main(void) {
    together3(call, call, call);
    return 0;
}
