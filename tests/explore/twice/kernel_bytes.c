// The kernel's random bytes, by an instruction that no library wraps, decide how often a mutex is taken.
// twice: differs
// first: mutex mu (kernel_bytes.c:
#include <goro.h>
#include <sys/syscall.h>

static goro_mutex mu;
static int taken;

static unsigned char draw(void) {
    unsigned char byte = 0;
#if defined(__x86_64__)
    long n = SYS_getrandom;
    __asm__ volatile("syscall" : "+a"(n) : "D"(&byte), "S"(1L), "d"(0L) : "rcx", "r11", "memory");
#elif defined(__aarch64__)
    register long n __asm__("x8") = SYS_getrandom, at __asm__("x0") = (long)&byte, size __asm__("x1") = 1,
                    flags __asm__("x2") = 0;
    __asm__ volatile("svc #0" : "+r"(at) : "r"(n), "r"(size), "r"(flags) : "memory");
#endif
    return byte;
}

static void worker(goro_wg *wg) {
    for (int i = draw() % 16; i >= 0; i--) {
        goro_mutex_lock(&mu);
        taken++;
        goro_mutex_unlock(&mu);
    }
    goro_wg_done(wg);
}

int main(void) {
    goro_wg wg = {0};
    goro_wg_add(&wg, 2);
    go(worker, &wg);
    go(worker, &wg);
    goro_wg_wait(&wg);
    return 0;
}
