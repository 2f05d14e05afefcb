/* Picks the context switch of the machine. See switch_x86_64.h for the contract. */
#ifndef GORO_RUNTIME_SWITCH_H
#define GORO_RUNTIME_SWITCH_H

#if defined(__x86_64__)
#include "runtime/switch_x86_64.h"
#elif defined(__aarch64__)
#include "runtime/switch_aarch64.h"
#else
#error "goro runs on x86-64 and AArch64"
#endif

#endif
