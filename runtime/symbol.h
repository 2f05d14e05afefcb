/* Names of functions for a process that dies: no malloc, no stdio, no lock but the dynamic linker's, which a thread may take
 * twice. libunwind's own (unw_get_proc_name) allocates: after a fault within malloc it would wait for ever for the lock that
 * the same thread holds. */
#ifndef GORO_RUNTIME_SYMBOL_H
#define GORO_RUNTIME_SYMBOL_H

#include "runtime/base/base.h"

/* The function that contains pc, cut to `size` bytes with its end, and how far behind its beginning pc lies. From the symbol
 * table of the file that is mapped there, or, if that was stripped, from what it exports. False: none is known. */
bool symbol_name(uintptr_t pc, char *name, size_t size, size_t *offset);

#endif
