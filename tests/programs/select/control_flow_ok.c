// break and continue end the select, return and goto leave it, selects nest.
// expect: none
// stdout: break
// stdout: continue
// stdout: goto
// stdout: nested 3
// stdout: return 5
#include "../stage.h"
#include <stdio.h>

static int leave_by_return(chan(int) c) {
    int v;
    chan_select {
        chan_case_recv(c, v) { return v; }
    }
    return -1;
}

int main(void) {
    chan(int) c = chan_make(int, 8);
    int v;
    for (int i = 1; i <= 5; i++) chan_send(c, i);
    chan_select {
        chan_case_recv(c, v) {
            if (v == 1) break;
            printf("not reached\n");
        }
    }
    printf("break\n");
    for (int i = 0; i < 1; i++) {
        chan_select {
            chan_case_recv(c, v) { continue; }
        }
        printf("continue\n");
    }
    chan_select {
        chan_case_recv(c, v) {
            chan_select {
                chan_case_send(c, 9) { printf("goto\nnested %d\n", v); }
                chan_default { printf("not reached\n"); }
            }
            goto out;
        }
    }
    printf("not reached\n");
out:
    chan_recv(c);
    printf("return %d\n", leave_by_return(c));
    chan_free(c);
    return 0;
}
