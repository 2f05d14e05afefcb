// What am I running on? The version of goro, the compiler that built it, the machine, and the processors.
//
// goro_gomaxprocs returns the previous value; with 0 it only asks. Set it with GOMAXPROCS=2 ./runtime_info, too.
//
// expect: none
// env: GOMAXPROCS=3
// procs: 3
// stdout-has: GOMAXPROCS: 3
// stdout-has: was 3, is 2
#include <goro.h>
#include <stdio.h>

int main(void) {
    printf("goro %s, built by %s, on %s/%s\n", goro_version(), goro_compiler(), goro_os(), goro_arch());
    printf("processors: %d, GOMAXPROCS: %d\n", goro_num_cpu(), goro_gomaxprocs(0));
    int before = goro_gomaxprocs(2);
    printf("GOMAXPROCS was %d, is %d\n", before, goro_gomaxprocs(0));
    return 0;
}
