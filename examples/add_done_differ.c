// What if Add and Done differ? A WaitGroup is a counter; the program tells it how many will come, and each of them calls
// done once. Whoever counts wrong is found out:
//
//   too few dones    the counter never reaches zero, the wait never ends, and when nobody else can run that is a deadlock
//   too many dones   the counter becomes negative, which is a panic
//
// Both end the program with status 2. goro_wg_go adds, starts and calls done by itself, so that the two cannot differ.
//
// expect: none
// args: equal
// stdout: 3 of 3 are done
#include <goro.h>
#include <stdio.h>
#include <string.h>

static void work(goro_wg *wg) { goro_wg_done(wg); }

int main(int argc, char **argv) {
    const char *direction = argc > 1 ? argv[1] : "equal";
    int members = 3, announced = members;
    if (strcmp(direction, "too-few-dones") == 0) announced++;
    if (strcmp(direction, "too-many-dones") == 0) announced--;

    goro_wg wg = {0};
    goro_wg_add(&wg, announced);
    for (int i = 0; i < members; i++) go(work, &wg);
    goro_wg_wait(&wg); // after two of three dones that are too many this may return, and main with it
    if (announced < members) chan_select {
        } // so that the third is seen: it waits for nobody who comes
    printf("%d of %d are done\n", members, announced);
    return 0;
}
