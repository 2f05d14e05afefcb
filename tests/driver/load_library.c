#include <dlfcn.h>
#include <pthread.h>
static void (*bump)(void);
static void *work(void *arg) {
    bump();
    return arg;
}
int main(void) {
    void *library = dlopen("./liblibrary.so", RTLD_NOW);
    pthread_t t[2];
    if (!library || !(bump = (void (*)(void))dlsym(library, "library_bump"))) return 3;
    for (int i = 0; i < 2; i++) pthread_create(&t[i], 0, work, 0);
    for (int i = 0; i < 2; i++) pthread_join(t[i], 0);
    return 0;
}
