/* The locks' own operations, for cond.c, whose wait releases and takes a lock inside one operation. */
#ifndef GORO_RUNTIME_MUTEX_H
#define GORO_RUNTIME_MUTEX_H

#include "runtime/waiter.h"

void mutex_lock(goro_mutex *m, struct g *g, uintptr_t pc);
void mutex_unlock(goro_mutex *m, struct g *g, uintptr_t pc);
void rwmutex_lock(goro_rwmutex *rw, struct g *g, uintptr_t pc);
void rwmutex_unlock(goro_rwmutex *rw, struct g *g, uintptr_t pc);
void rwmutex_rlock(goro_rwmutex *rw, struct g *g, uintptr_t pc);
void rwmutex_runlock(goro_rwmutex *rw, struct g *g, uintptr_t pc);

#endif
