// Two goroutines take two locks in opposite orders, each holding its first when it asks for its second.
#include <goro.h>

static goro_mutex left, right;
static chan(int) first, second;

static void from_left(void) {
    goro_mutex_lock(&left);
    chan_send(first, 1);
    chan_recv(second);
    goro_mutex_lock(&right);
}

static void from_right(void) {
    goro_mutex_lock(&right);
    chan_recv(first);
    chan_send(second, 1);
    goro_mutex_lock(&left);
}

int main(void) {
    first = chan_make(int, 0);
    second = chan_make(int, 0);
    go(from_left);
    go(from_right);
    goro_sleep(GORO_SECOND);
    return 0;
}
