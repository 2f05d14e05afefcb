// Merge sort with a goroutine for each half and one shared spare array.
// expect: none
#include "../stage.h"
#include <string.h>

static int a[512], spare[512];

static void sort(int from, int to) {
    if (to - from < 2) return;
    int middle = (from + to) / 2;
    if (to - from > 32) {
        goro_wg wg = {0};
        goro_wg_go(&wg, sort, from, middle);
        goro_wg_go(&wg, sort, middle, to);
        goro_wg_wait(&wg);
    } else {
        sort(from, middle);
        sort(middle, to);
    }
    int i = from, j = middle;
    for (int k = from; k < to; k++) spare[k] = j == to || (i < middle && a[i] <= a[j]) ? a[i++] : a[j++];
    memcpy(a + from, spare + from, (size_t)(to - from) * sizeof *a);
}

int main(void) {
    for (int i = 0; i < 512; i++) a[i] = (i * 167) % 512;
    sort(0, 512);
    for (int i = 0; i < 512; i++)
        if (a[i] != i) return 1;
    return 0;
}
