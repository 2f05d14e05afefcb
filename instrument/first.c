/* The first byte of goro's own code in a program: this file is linked before, last.c behind all others of the library. */
#include "runtime/base/base.h"
void front_first(void);
void front_first(void) {}
