/* The first byte of goro's own code in a program: this file is linked before, last.c behind all others of the library. */
#include "runtime/base/base.h"
void front_first(void);
void front_first(void) {}

/* The first bytes of goro's own variables, in each section that compilers put them into: last.c has the last. */
#include "instrument/own_data.h"
OWN_DATA(low)
