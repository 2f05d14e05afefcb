// Work on shared arrays in phases: forks and joins, sweeps between two halves, buffers that go round, parts of one result.
// expect: none
// each: fork_join_tree jacobi_phases prefix_sums pipeline_of_buffers transpose_blocks map_reduce odd_even_sort
// runs: 2
#include "../pick.h"
#include "../stage.h"

#include <stdlib.h>

#define CHECK(x) ((x) ? (void)0 : abort())

static void sum_tree(const int *from, int n, long *to) {
    long left = 0, right = 0;
    goro_wg wg = {0};
    if (n == 1) {
        *to = *from;
        return;
    }
    goro_wg_go(&wg, sum_tree, from, n / 2, &left);
    sum_tree(from + n / 2, n - n / 2, &right);
    goro_wg_wait(&wg);
    *to = left + right;
}
static int cells[2][18];
static void fork_join_tree(void) {
    long sum = 0;
    for (int i = 0; i < 18; i++) cells[0][i] = i;
    sum_tree(cells[0], 18, &sum);
    CHECK(sum == 153);
}

static void relax(int from, int low, int high) {
    for (int i = low; i < high; i++) cells[!from][i] = (cells[from][i - 1] + cells[from][i + 1]) / 2;
}
static void jacobi_phases(void) {
    for (int phase = 0; phase < 6; phase++) {
        goro_wg wg = {0};
        for (int i = 0; i < 4; i++) goro_wg_go(&wg, relax, phase % 2, 1 + 4 * i, 5 + 4 * i);
        goro_wg_wait(&wg);
    }
}

static void add_from_left(int from, int i, int distance) {
    cells[!from][i] = cells[from][i] + (i >= distance ? cells[from][i - distance] : 0);
}
static void prefix_sums(void) {
    int from = 0;
    for (int i = 0; i < 16; i++) cells[0][i] = 1;
    for (int distance = 1; distance < 16; distance *= 2, from = !from) {
        goro_wg wg = {0};
        for (int i = 0; i < 16; i++) goro_wg_go(&wg, add_from_left, from, i, distance);
        goro_wg_wait(&wg);
    }
    CHECK(cells[from][15] == 16);
}

static void fill_buffers(chan(int *) empty, chan(int *) full) {
    for (int i = 0; i < 9; i++) {
        int *buffer = chan_recv(empty);
        for (int k = 0; k < 4; k++) buffer[k] = i;
        chan_send(full, buffer);
    }
    chan_close(full);
}
static void pipeline_of_buffers(void) { /* three buffers go round */
    chan(int *) empty = chan_make(int *, 3), full = chan_make(int *, 3);
    static int buffers[3][4];
    int *buffer, sum = 0;
    goro_wg wg = {0};
    for (int i = 0; i < 3; i++) chan_send(empty, buffers[i]);
    goro_wg_go(&wg, fill_buffers, empty, full);
    chan_range(buffer, full) {
        sum += buffer[3];
        chan_send(empty, buffer);
    }
    CHECK(sum == 36);
    goro_wg_wait(&wg);
    chan_free(empty);
    chan_free(full);
}

static int matrix[8][8];
static void swap_block(int row, int column) {
    for (int i = row; i < row + 4; i++)
        for (int k = column; k < column + 4; k++) {
            int t = matrix[i][k];
            if (row == column && k <= i) continue;
            matrix[i][k] = matrix[k][i];
            matrix[k][i] = t;
        }
}
static void transpose_blocks(void) {
    goro_wg wg = {0};
    for (int i = 0; i < 64; i++) matrix[i / 8][i % 8] = i;
    goro_wg_go(&wg, swap_block, 0, 0);
    goro_wg_go(&wg, swap_block, 4, 4);
    goro_wg_go(&wg, swap_block, 0, 4);
    goro_wg_wait(&wg);
    CHECK(matrix[0][7] == 56 && matrix[7][0] == 7 && matrix[2][1] == 10);
}

struct part {
    int counts[4];
};
static void count_letters(const char *text, chan(struct part) out) {
    struct part p = {0};
    for (; *text; text++) p.counts[*text % 4]++;
    chan_send(out, p);
}
static void map_reduce(void) {
    static const char *const texts[] = {"abcd", "aabb", "ddd"};
    chan(struct part) out = chan_make(struct part, 0);
    int total = 0;
    for (int i = 0; i < 3; i++) go(count_letters, texts[i], out);
    for (int i = 0; i < 3; i++) {
        struct part p = chan_recv(out);
        for (int k = 0; k < 4; k++) total += p.counts[k];
    }
    CHECK(total == 11);
    chan_free(out);
}

static void order_pair(int *p) {
    if (p[0] <= p[1]) return;
    int t = p[0];
    p[0] = p[1];
    p[1] = t;
}
static void odd_even_sort(void) {
    static int numbers[10] = {9, 3, 7, 1, 8, 2, 6, 0, 5, 4};
    for (int phase = 0; phase < 10; phase++) {
        goro_wg wg = {0};
        for (int i = phase % 2; i + 1 < 10; i += 2) goro_wg_go(&wg, order_pair, &numbers[i]);
        goro_wg_wait(&wg);
    }
    for (int i = 0; i < 10; i++) CHECK(numbers[i] == i);
}

int main(int argc, char **argv) {
    static const struct pattern all[] = {
        PATTERN(fork_join_tree),   PATTERN(jacobi_phases), PATTERN(prefix_sums),   PATTERN(pipeline_of_buffers),
        PATTERN(transpose_blocks), PATTERN(map_reduce),    PATTERN(odd_even_sort),
    };
    return RUN_PATTERNS(all, argc, argv);
}
