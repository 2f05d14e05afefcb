/* Looks, now and then, whether goroutines wait for what nothing can reach any more (GD003). */
#ifndef GORO_INSTRUMENT_SCAN_H
#define GORO_INSTRUMENT_SCAN_H

#include "instrument/front.h"

/* On the monitor's thread, every few milliseconds. True: wants to be called again soon, though nothing runs. */
bool scan_tick(void);

/* Looks at once, for somebody who wants to know; and tells what is found. On any thread that is not inside goro. */
void scan_now(void);

/* At a switch point, on the goroutine's thread: the same, when counted time says that it is time again. */
void scan_point(void);
/* Under a seed: nobody can run for so long, and only time can change that. On the thread that is about to wait. */
void scan_idle(int64_t ns);
/* main has returned: finds out for what comes behind who could still have gone on. */
void scan_end(void);

/* The process ends: no looks any more, and no copy that is still at one. */
void scan_forget(void);

#endif
