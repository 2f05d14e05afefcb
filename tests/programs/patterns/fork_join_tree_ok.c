// Divide and conquer over one array; each half is its child's until the join.
// expect: none
#include "../stage.h"

static void sum_into(const int *a, int n, long *out) {
    if (n <= 8) {
        *out = 0;
        for (int i = 0; i < n; i++) *out += a[i];
        return;
    }
    goro_wg wg = {0};
    long left, right;
    goro_wg_go(&wg, sum_into, a, n / 2, &left);
    sum_into(a + n / 2, n - n / 2, &right);
    goro_wg_wait(&wg);
    *out = left + right;
}

int main(void) {
    static int a[1000];
    long sum;
    for (int i = 0; i < 1000; i++) a[i] = i;
    sum_into(a, 1000, &sum);
    return sum != 499500;
}
