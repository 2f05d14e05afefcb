// The kernel is told beforehand to let this process make no other: the look for who waits for ever is made in the process itself.
// expect: GD003
// mode: race
// env: GORO_RACE_OPTIONS=apart=0
// args: first
#include "../live.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

static void lost(void) {
    chan(int) c = chan_make(int, 0);
    chan_send(c, 1); // at: GD003
}

/* clone may make threads only. */
static int deny_children(void) {
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone, 0, 3),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[0])),
        BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, CLONE_THREAD, 1, 0),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EAGAIN),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog filter = {.len = sizeof code / sizeof *code, .filter = code};
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0;
}

static __attribute__((noinline)) void cover(void) {
    volatile char stack[8192];
    for (unsigned i = 0; i < sizeof stack; i++) stack[i] = 0;
}

int main(int argc, char **argv) {
    if (argc > 1) {
        if (deny_children()) execl("/proc/self/exe", argv[0], (char *)NULL);
        return 1;
    }
    if (fork() != -1) return 2;
    live_start();
    go(lost);
    cover();
    until_told("GD003", 1) goro_sleep(GORO_SECOND / 2);
    live_stop();
    return 0;
}
