// The information calls and thread locking make no edge.
// expect: GR001
#include "../stage.h"

static int x;

static void ask(void) {
    goro_set_name("asker");
    goro_lock_thread();
    use((long)goro_id() + goro_count() + goro_gomaxprocs(0) + goro_num_cpu());
    goro_unlock_thread();
}

static void writer(void) {
    x = 1; // race: first
    ask();
    stage_done();
}

static void reader(void) {
    stage_await(1);
    ask();
    use(x); // race: second
}

int main(void) {
    together(writer, reader);
    return 0;
}
