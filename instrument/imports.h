/* Which functions outside of instrumented code the program may call. */
#ifndef GORO_INSTRUMENT_IMPORTS_H
#define GORO_INSTRUMENT_IMPORTS_H

#include <link.h>
#include <stdbool.h>

/* True: each returns what its arguments say, or has a wrapper, so that nothing goes from one goroutine to another in it unseen. A
 * function that may remember something (getenv, fopen, one of an uninstrumented library) makes it false, and so does a
 * static program, whose calls cannot be told. Any thread; reads symbol tables, some 100 us for 300 symbols. */
bool imports_remember_nothing(void);

/* Does the module call a function of that name in another one? */
bool imports_name(const struct dl_phdr_info *module, const char *name);

#endif
