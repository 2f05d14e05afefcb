/* Libraries that come and go while the program runs: their names are told before they are gone, so that an earlier access
 * in one can still be shown; what they leave in memory is no history for what is loaded there next. */
#include "instrument/wire_out.h"
#include "instrument/wrap.h"

#ifndef GORO_WRAP_STATIC
void *WRAP(dlopen)(const char *path, int flags) {
    void *library = REAL(dlopen)(path, flags);
    if (library && front_ready) wire_out_modules();
    return library;
}

int WRAP(dlclose)(void *library) {
    if (front_ready) wire_out_modules();
    int e = REAL(dlclose)(library);
    if (front_ready) wire_out_modules();
    return e;
}
#endif
