/* The two ways a process ends by our hand for a reason that is not the user's: a bug of ours (exit 70) and a
 * fault of the environment (exit 2). Both write with write(2) only, and run no exit handlers. */
#include "runtime/base/base.h"
#include "runtime/base/fmt.h"

#include <string.h>
#include <unistd.h>

void internal_error(const char *file, int line, const char *what) {
    static int entered; /* a second failure while reporting the first ends at once */
    if (!__atomic_exchange_n(&entered, 1, __ATOMIC_RELAXED))
        fmt_fd(2, "goro internal error, please report: %s:%d: %s\n", file, line, what);
    _exit(GORO_EXIT_INTERNAL);
}

void environment_error(const char *call, const char *why, int errnum) {
    const char *text = errnum ? strerrordesc_np(errnum) : NULL;
    fmt_fd(2, "goro: %s failed%s%s: %s\n", call, text ? ": " : "", text ? text : "", why);
    _exit(GORO_EXIT_PANIC);
}
