/* What stands in for libunwind in a static-pie: Debian's libunwind.a is not position-independent, so it cannot be linked
 * there. A dump then names goroutines without their frames. */
#define UNW_LOCAL_ONLY
#include "runtime/base/base.h"

#include <libunwind.h>

#pragma GCC diagnostic ignored "-Wmissing-prototypes"
#pragma GCC diagnostic ignored "-Wunused-parameter"

int unw_getcontext(unw_context_t *context) { return -UNW_EUNSPEC; }
int unw_init_local(unw_cursor_t *cursor, unw_context_t *context) { return -UNW_EUNSPEC; }
int unw_init_local2(unw_cursor_t *cursor, unw_context_t *context, int flags) { return -UNW_EUNSPEC; }
int unw_get_reg(unw_cursor_t *cursor, int reg, unw_word_t *value) { return -UNW_EBADREG; }
int unw_get_save_loc(unw_cursor_t *cursor, int reg, unw_save_loc_t *where) { return -UNW_EBADREG; }
int unw_get_proc_info(unw_cursor_t *cursor, unw_proc_info_t *info) { return -UNW_ENOINFO; }
int unw_is_signal_frame(unw_cursor_t *cursor) { return 0; }
int unw_step(unw_cursor_t *cursor) { return -UNW_EUNSPEC; }
