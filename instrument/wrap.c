/* Finds the functions behind the wrappers. In a static program the linker has done it. */
#include "instrument/wrap.h"
#include "runtime/base/fmt.h"

#ifdef GORO_WRAP_STATIC
void wrap_resolve_all(void) {}
#else
#include <dlfcn.h>

void *wrap_real[WRAP_COUNT];

static const char *const names[] = {
#define NAME(name) #name,
    WRAP_ALL(NAME, NAME)};

/* malloc and its family must be there for dlsym itself. */
extern __typeof__(malloc) __libc_malloc;
extern __typeof__(calloc) __libc_calloc;
extern __typeof__(realloc) __libc_realloc;
extern __typeof__(free) __libc_free;
extern __typeof__(memalign) __libc_memalign;

static void *find_allocator(unsigned index) {
    switch (index) {
    case wrap_index_malloc: return (void *)__libc_malloc;
    case wrap_index_calloc: return (void *)__libc_calloc;
    case wrap_index_realloc: return (void *)__libc_realloc;
    case wrap_index_free: return (void *)__libc_free;
    case wrap_index_memalign: return (void *)__libc_memalign;
    default: return NULL;
    }
}

/* A condition variable's functions exist in an older form too (before glibc 2.3.2), which dlsym would prefer. */
static void *find_condition(const char *name) {
#ifdef __x86_64__
    static const char prefix[] = "pthread_cond_";
    for (size_t i = 0; i < sizeof prefix - 1; i++)
        if (name[i] != prefix[i]) return NULL;
    return dlvsym(RTLD_NEXT, name, "GLIBC_2.3.2");
#else
    (void)name;
    return NULL;
#endif
}

void *wrap_resolve(unsigned index) {
    void *f = find_allocator(index);
    if (!f) f = find_condition(names[index]);
    if (!f) f = dlsym(RTLD_NEXT, names[index]);
    if (!f) {
        char text[96];
        struct fmt message;
        fmt_init(&message, text, sizeof text);
        fmt_print(&message, "this C library has no %s", names[index]);
        environment_error("dlsym", text, 0);
    }
    wrap_real[index] = f;
    return f;
}

/* What an older C library lacks is complained of when it is called. */
void wrap_resolve_all(void) {
    for (unsigned i = 0; i < WRAP_COUNT; i++) {
        void *f = find_allocator(i);
        if (!f) f = find_condition(names[i]);
        wrap_real[i] = f ? f : dlsym(RTLD_NEXT, names[i]);
    }
}
#endif
