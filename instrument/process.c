/* The ends of a process, and its descriptors: what must not take the findings away.
 *
 * A process that returns from main or calls exit says goodbye from a destructor, the last of the program's; one that
 * calls _exit does in the wrapper. One that dies of a signal says nothing: all findings have been sent already. */
#include "instrument/journal.h"
#include "instrument/scan.h"
#include "instrument/wire_out.h"
#include "instrument/wrap.h"

#include <errno.h>
#include <sys/syscall.h>

__attribute__((destructor(101))) static void say_goodbye(void) {
    if (!front_ready) return;
    scan_forget();
    journal_end();
    wire_out_goodbye();
    int status = wire_out_status(-1);
    if (status == -1) return;
    fflush(NULL); /* as exit would do after this */
    syscall(SYS_exit_group, status);
}

static _Noreturn void end_now(int status) {
    if (front_ready) {
        scan_forget();
        journal_end();
        wire_out_goodbye();
        status = wire_out_status(status);
    }
    syscall(SYS_exit_group, status);
    __builtin_unreachable();
}
void WRAP(_exit)(int status) { end_now(status); }
void WRAP(_Exit)(int status) { end_now(status); }

/* A vfork child would move its parent's position among the calls: a copy of the process does not. */
pid_t WRAP(vfork)(void) { return fork(); }

/* -- the descriptor findings go through: for the program it is not there ------------------------------------------------- */

int WRAP(close)(int fd) {
    if (front_ready && wire_out_owns(fd)) {
        errno = EBADF;
        return -1;
    }
    wrap_closes(fd);
    return REAL(close)(fd);
}

int WRAP(close_range)(unsigned first, unsigned last, int flags) {
    if (front_ready)
        for (unsigned fd = first; fd <= last && fd < 1 << 16; fd++) {
            if (!wire_out_owns((int)fd)) continue;
            int e = fd > first ? REAL(close_range)(first, fd - 1, flags) : 0;
            return e == 0 && fd < last ? REAL(close_range)(fd + 1, last, flags) : e;
        }
    return REAL(close_range)(first, last, flags);
}

void WRAP(closefrom)(int first) { WRAP(close_range)(first > 0 ? (unsigned)first : 0, ~0u, 0); }

/* The program wants this very number: findings move to another. */
int WRAP(dup2)(int from, int to) {
    if (front_ready && wire_out_owns(to)) wire_out_move();
    return REAL(dup2)(from, to);
}
int WRAP(dup3)(int from, int to, int flags) {
    if (front_ready && wire_out_owns(to)) wire_out_move();
    return REAL(dup3)(from, to, flags);
}
