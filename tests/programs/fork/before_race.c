// A race of the child is found as one of the parent would be.
// expect: GR001
#include "../stage.h"
#include <sys/wait.h>
#include <unistd.h>

static int x;

static void add(void) {
    x++; // race: both
}

int main(void) {
    int status;
    pid_t child = fork();
    if (child == 0) {
        together(add, add);
        return 0;
    }
    return waitpid(child, &status, 0) != child;
}
