// One visit of many to either place is to the same variable: no schedule that puts goroutines aside there brings these two together, but the run can be reordered so.
// prediction: predicted
// Calls that remember nothing, as those in main, leave that so.
#include <ctype.h>
#include <goro.h>
#include <stdio.h>
#include <string.h>
enum { VISITS = 400, FIRST = 310, SECOND = 70 };
static goro_mutex mu;
static int x, own[2][VISITS];
__attribute__((noinline)) static void put_one(int *at) { *at = 1; }
__attribute__((noinline)) static void put_two(int *at) { *at = 2; }
static void first(goro_wg *wg) {
    for (int i = 0; i < VISITS; i++) {
        goro_mutex_lock(&mu);
        goro_mutex_unlock(&mu);
        put_one(i == FIRST ? &x : &own[0][i]);
    }
    goro_mutex_lock(&mu);
    goro_mutex_unlock(&mu);
    goro_wg_done(wg);
}
static void second(goro_wg *wg) {
    for (int i = 0; i < VISITS; i++) {
        goro_mutex_lock(&mu);
        goro_mutex_unlock(&mu);
        put_two(i == SECOND ? &x : &own[1][i]);
    }
    goro_mutex_lock(&mu);
    goro_mutex_unlock(&mu);
    goro_wg_done(wg);
}
int main(void) {
    goro_wg wg = {0};
    goro_wg_add(&wg, 2);
    go(first, &wg);
    go(second, &wg);
    goro_wg_wait(&wg);
    char text[16];
    snprintf(text, sizeof text, "x %d", x);
    puts(text);
    return strlen(text) == 16 || isdigit(text[0]);
}
