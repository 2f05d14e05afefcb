/* What a printf format makes the library read through its arguments. */
#ifndef GORO_INSTRUMENT_WRAP_FORMAT_H
#define GORO_INSTRUMENT_WRAP_FORMAT_H

#include <stdarg.h>
#include <stdint.h>

/* Tells of the strings behind %s and the counts behind %n. Stops at what it does not understand (positional arguments,
 * a project's own conversions): the rest is then not seen, never misread. */
void wrap_format_arguments(const char *format, va_list ap, uintptr_t pc);

#endif
