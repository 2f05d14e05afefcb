// Dynamic programming by diagonals: a cell waits for its left and upper neighbour.
// expect: none
#include "../stage.h"

enum { N = 12 };
static long cell[N][N];
static goro_wg ready[N][N];

static void compute(int i, int j) {
    if (i) goro_wg_wait(&ready[i - 1][j]);
    if (j) goro_wg_wait(&ready[i][j - 1]);
    cell[i][j] = (i ? cell[i - 1][j] : 0) + (j ? cell[i][j - 1] : 0) + (i + j == 0);
    goro_wg_done(&ready[i][j]);
}

int main(void) {
    goro_wg wg = {0};
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++) goro_wg_add(&ready[i][j], 1);
    for (int i = N - 1; i >= 0; i--)
        for (int j = N - 1; j >= 0; j--) goro_wg_go(&wg, compute, i, j);
    goro_wg_wait(&wg);
    return cell[N - 1][N - 1] != 705432;
}
