/* What this library is and where it runs: package runtime's constants. */
#include "runtime/waiter.h"

#ifndef GORO_VERSION
#define GORO_VERSION "0.1.0"
#endif
#ifdef __clang__
#define COMPILER "clang " __clang_version__
#else
#define COMPILER "gcc " __VERSION__
#endif
#if defined(__x86_64__)
#define ARCH "amd64"
#elif defined(__aarch64__)
#define ARCH "arm64"
#else
#error "goro runs on x86-64 and AArch64"
#endif

GORO_API const char *goro_version(void) { return GORO_VERSION; }
GORO_API const char *goro_compiler(void) { return COMPILER; }
GORO_API const char *goro_arch(void) { return ARCH; }
GORO_API const char *goro_os(void) { return "linux"; }
GORO_API int goro_num_cpu(void) { return (int)cpu_count(); }
