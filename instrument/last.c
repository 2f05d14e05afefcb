/* The end of goro's own code in a program: see first.c. */
#include "runtime/base/base.h"
void front_last(void);
void front_last(void) { __asm__ volatile(""); } /* not folded with front_first */

#include "instrument/own_data.h"
OWN_DATA(high)
