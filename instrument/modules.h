/* The objects the dynamic linker has loaded: told to the reporter, and which of them hold instrumented code. */
#ifndef GORO_INSTRUMENT_MODULES_H
#define GORO_INSTRUMENT_MODULES_H

#include "instrument/front.h"

enum { MODULE_PATH_MAX = 512, MODULE_BUILD_ID_MAX = 32 };

struct module {
    uintptr_t bias, low, high; /* low, high: all its segments */
    uintptr_t code_low, code_high;
    uint32_t build_id_length;
    uint8_t build_id[MODULE_BUILD_ID_MAX];
    char path[MODULE_PATH_MAX];
};

/* Calls `visit` for each module loaded since the last call, and with gone set for each that is loaded no more.
 * `all`: every module anew (a child process tells its own story). Serialised by the caller. */
void modules_changes(bool all, void (*visit)(const struct module *m, bool gone, void *arg), void *arg);

#endif
