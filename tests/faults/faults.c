/* The system calls of the runtime, of the C library and libunwind on its behalf, and of fault_programs, with the errors that
 * the manual pages name for a call that is made rightly. */
#include "tests/faults/faults.h"

#include <errno.h>
#include <stddef.h>
#include <sys/syscall.h>

#define ONE(call)                                                                                                      \
    { call, -1, -1, -1 }
#define TWO(a, b)                                                                                                      \
    { a, b, -1, -1 }

const struct fault faults[] = {
    /* memory */
    {"memory", {SYS_mmap, SYS_brk, SYS_mremap, -1}, {ENOMEM}, MAY_LAST, -1},
    {"mmap", ONE(SYS_mmap), {ENOMEM}, 0, -1},
    {"munmap", ONE(SYS_munmap), {ENOMEM}, MAY_LAST, -1},
    {"mprotect", ONE(SYS_mprotect), {ENOMEM}, MAY_LAST, -1},
    {"mprotect-barrier", ONE(SYS_mprotect), {ENOMEM}, MAY_LAST, SYS_membarrier},
    {"madvise", ONE(SYS_madvise), {ENOMEM, EAGAIN, EINVAL}, MAY_LAST, -1},
    {"guards", TWO(SYS_madvise, SYS_process_madvise), {ENOMEM, EINVAL}, MAY_LAST, -1},
    {"process_madvise", ONE(SYS_process_madvise), {EPERM, ENOSYS, EINTR}, MAY_LAST, -1},
    {"mlock", ONE(SYS_mlock), {ENOMEM, EPERM}, MAY_LAST, SYS_membarrier},
    /* threads */
    {"clone", TWO(SYS_clone3, SYS_clone), {EAGAIN, ENOMEM, EPERM}, MAY_LAST, -1},
    {"clone-only", ONE(SYS_clone), {EAGAIN}, MAY_LAST, SYS_clone3},
    {"futex", ONE(SYS_futex), {EINTR, EAGAIN}, 0, -1},
    {"membarrier", ONE(SYS_membarrier), {ENOSYS, EPERM, ENOMEM}, MAY_LAST, -1},
    {"sched_getaffinity", ONE(SYS_sched_getaffinity), {EINVAL, EPERM}, MAY_LAST, -1},
    {"clock_nanosleep", ONE(SYS_clock_nanosleep), {EINTR}, 0, -1},
    {"clock_gettime", ONE(SYS_clock_gettime), {EINVAL}, MAY_LAST, -1},
    {"getrandom", ONE(SYS_getrandom), {ENOSYS, EINTR}, MAY_LAST, -1},
    /* descriptors */
    {"openat", ONE(SYS_openat), {ENOENT, EACCES, EMFILE, EINTR}, MAY_LAST, -1},
    {"descriptors", {SYS_openat, SYS_epoll_create1, SYS_eventfd2, SYS_pipe2}, {EMFILE, ENFILE}, MAY_LAST, -1},
    {"epoll_create1", ONE(SYS_epoll_create1), {EMFILE, ENOMEM}, MAY_LAST, -1},
    {"eventfd2", ONE(SYS_eventfd2), {EMFILE, ENFILE, ENODEV}, MAY_LAST, -1},
    {"pipe2", ONE(SYS_pipe2), {EMFILE}, MAY_LAST, -1},
    {"epoll_ctl", ONE(SYS_epoll_ctl), {ENOMEM, ENOSPC}, MAY_LAST, -1},
    {"ppoll", ONE(SYS_ppoll), {EINTR, ENOMEM, EINVAL}, MAY_LAST, -1},
    {"read", ONE(SYS_read), {EINTR, EIO}, MAY_LAST, -1},
    {"pread64", ONE(SYS_pread64), {EINTR, EIO}, MAY_LAST, -1},
    {"write", ONE(SYS_write), {EINTR}, 0, -1},
    {"write-lost", ONE(SYS_write), {EIO, ENOSPC}, MAY_LAST | MAY_SILENCE, -1},
    {"fcntl", ONE(SYS_fcntl), {EPERM}, MAY_LAST, -1},
    {"newfstatat", ONE(SYS_newfstatat), {ENOMEM}, MAY_LAST, -1},
    {"fstat", ONE(SYS_fstat), {ENOMEM}, MAY_LAST, -1},
    /* sockets */
    {"socket", TWO(SYS_socket, SYS_socketpair), {EMFILE}, 0, -1},
    {"accept", ONE(SYS_accept), {EINTR, ECONNABORTED, EMFILE}, MAY_LAST, -1},
    {"connect", ONE(SYS_connect), {EINTR, ENETUNREACH}, 0, -1},
    {"getsockopt", ONE(SYS_getsockopt), {ENOBUFS}, 0, -1},
    {"recvfrom", ONE(SYS_recvfrom), {EINTR, ENOMEM, ECONNRESET}, MAY_LAST, -1},
    {"sendto", ONE(SYS_sendto), {EINTR, ENOBUFS, EPIPE}, MAY_LAST, -1},
    /* signals and processes */
    {"rt_sigaction", ONE(SYS_rt_sigaction), {EPERM}, MAY_LAST | MAY_DIE, -1},
    {"sigaltstack", ONE(SYS_sigaltstack), {ENOMEM, EPERM}, MAY_LAST, -1},
    {"tgkill", ONE(SYS_tgkill), {EPERM}, 0, -1},
    {"execve", ONE(SYS_execve), {ENOMEM, EACCES}, 0, -1},
    {"wait4", ONE(SYS_wait4), {EINTR}, 0, -1},
#ifdef SYS_epoll_wait
    {"epoll_wait", ONE(SYS_epoll_wait), {EINTR, ENOMEM}, MAY_LAST, -1},
    {"poll", ONE(SYS_poll), {EINTR, ENOMEM}, MAY_LAST, -1},
#endif
    {"epoll_pwait", ONE(SYS_epoll_pwait), {EINTR, ENOMEM}, MAY_LAST, -1},
    {.name = NULL},
};

const long faults_missing[] = {SYS_clone3,    SYS_membarrier,        SYS_process_madvise, SYS_madvise, SYS_rseq,
                               SYS_getrandom, SYS_sched_getaffinity, SYS_set_robust_list, -1};

/* What cannot fail, or cannot but have its effect (close: the descriptor is gone, whatever it returns), and what the programs ask for with arguments that cannot be wrong. */
static const long harmless[] = {SYS_exit,
                                SYS_exit_group,
                                SYS_rt_sigreturn,
                                SYS_getpid,
                                SYS_gettid,
                                SYS_sched_yield,
                                SYS_kill,
                                SYS_bind,
                                SYS_listen,
                                SYS_getsockname,
                                SYS_prctl,
                                SYS_set_robust_list,
                                SYS_set_tid_address,
                                SYS_restart_syscall,
                                SYS_lseek,
                                SYS_getppid,
                                SYS_prlimit64,
                                SYS_mincore,
                                SYS_rseq,
                                SYS_rt_sigprocmask,
                                SYS_close,
#ifdef SYS_dup2
                                SYS_dup2,
                                SYS_arch_prctl,
                                SYS_pause,
#else
                                SYS_dup3,
#endif
                                -1};

bool fault_is_known(long number) {
    for (const struct fault *f = faults; f->name; f++)
        for (int c = 0; c < INJECT_TOGETHER; c++)
            if (f->calls[c] == number) return true;
    for (const long *call = harmless; *call >= 0; call++)
        if (*call == number) return true;
    return false;
}
