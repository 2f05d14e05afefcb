// A local static that two threads want first: made by one, found by the other. RACY: changed afterwards, too.
#include <pthread.h>

struct made {
    int value;
    explicit made(int v) : value(v) {}
};

static made &instance() {
    static made *one = new made(1);
    return *one;
}

static void *use(void *result) {
    *static_cast<int *>(result) = instance().value;
#ifdef RACY
    instance().value++;
#endif
    return nullptr;
}

int main() {
    pthread_t t[2];
    int results[2];
    for (int i = 0; i < 2; i++) pthread_create(&t[i], nullptr, use, &results[i]);
    for (int i = 0; i < 2; i++) pthread_join(t[i], nullptr);
    return results[0] < 1 || results[1] < 1;
}
