/* What a group is made of, called for whoever called the group: `pc` is where in the user's code that was, so that findings and
 * dumps name a line of his. Otherwise as goro_wg_add, goro_wg_wait and goro_sem_acquire. */
#ifndef GORO_RUNTIME_GROUP_H
#define GORO_RUNTIME_GROUP_H

#include "runtime/goro.h"

#include <stdint.h>

void wg_add_at(goro_wg *wg, int n, uintptr_t pc);
void wg_wait_at(goro_wg *wg, uintptr_t pc);
int sem_acquire_at(goro_sem *s, goro_ctx *ctx, int64_t n, uintptr_t pc);

#endif
