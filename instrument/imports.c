/* Reads the relocations of instrumented modules: their undefined symbols are what the program may call (System V ABI,
 * Dynamic Linking). Not when, nor where: a call that is never made counts.
 *
 * goro's own code lies in the same module as the program's. What it calls besides (GORO_CALLS) cannot be told from the program's
 * calls, and is taken for harmless: open, fstat and the like, of files that other goroutines change. */
#include "instrument/imports.h"
#include "instrument/front.h"
#include "instrument/wrap_list.h"
#include "runtime/base/base.h"

#include <dlfcn.h>
#include <elf.h>
#include <link.h>
#include <string.h>

/* -- what is known ------------------------------------------------------------------------------------------------------- */

#define NAME(name) #name,
static const char *const wrapped[] = {WRAP_ALL(NAME, NAME)};

/* Words; one that ends in * stands for all that begin so. Of the C library, POSIX and the compilers' runtimes: what only reads
 * its arguments, writes what they point to, ends the process, or puts out what nobody in it reads. */
static const char harmless[] =
    /* programs, compilers */
    "__libc_start_main __gmon_start__ _ITM_* __cxa_atexit __cxa_finalize __stack_chk_fail __errno_location "
    "__tls_get_addr "
    "__assert_fail __assert_perror_fail atexit at_quick_exit exit quick_exit abort _exit "
    "__tsan_* __sanitizer_* __ubsan_* goro_* Annotate* "
    /* memory, strings, characters */
    "memc* memm* memp* memr* mems* strc* strd* stre* strft* strl* strn* strp* strr* strs* strt* strv* strx* stp* wcs* "
    "wmem* is* tow* "
    "toupper tolower toascii __ctype_* __mem* __str* __stp* explicit_bzero bcmp bcopy bzero ffs* "
    "swab __rawmemchr rawmemchr basename dirname __xpg_basename "
    /* numbers */
    "abs labs llabs div ldiv lldiv imaxabs imaxdiv ato* __isoc23_strto* htonl htons ntohl ntohs inet_pton inet_ntop "
    "sin* cos* tan* asin* acos* atan* exp expf expl exp2* exp10* expm1* log logf logl log2* log10* log1p* logb* pow* "
    "sqrt* cbrt* hypot* ceil* floor* round* lround* llround* trunc truncf truncl fmod* fmin* "
    "fmax* fabs* fma* ldexp* frexp* modf* rint* lrint* llrint* nearbyint* remainder* remquo* copysign* erf* tgamma* "
    "scalbn* ilogb* "
    "nextafter* fdim* __finite* __fpclassify* __isnan* __isinf* __signbit* csqrt* cabs* cexp* carg* creal* cimag* "
    "cpow* "
    "bsearch qsort qsort_r "
    /* putting out */
    "putchar* putc* fputc* _IO_putc putc_unlocked puts* fputs* fwrite* fflush* perror setvbuf setbuf setlinebuf "
    "__overflow "
    "*printf __printf_chk __fprintf_chk __dprintf_chk __sprintf_chk __snprintf_chk __vsnprintf_chk __vsprintf_chk "
    "__vprintf_chk "
    "__vfprintf_chk __asprintf_chk __vasprintf_chk syslog openlog closelog fclose fputws putwchar wprintf "
    /* time, the machine */
    "localtime_r gmtime_r mktime timegm difftime asctime_r ctime_r clock_getres sysconf getpagesize get_nprocs* getpid "
    "getppid gettid "
    "getuid geteuid getgid getegid pause "
    /* what the engine knows, or gives up at */
    "pthread_* sem_* mtx_* cnd_* thrd_* tss_* call_once sched_* __pthread_* __sched_* __sigsetjmp malloc_usable_size "
    "__libc_malloc __libc_calloc __libc_realloc __libc_free __libc_memalign ";

/* Of goro's own code besides, for as long as nm -u of the race library has them. */
static const char goro_calls[] =
    "_U* _Fork __environ environ __libc_stack_end __register_atfork __rseq_* dl_iterate_phdr dladdr dlsym dlvsym "
    "epoll_create1 "
    "epoll_ctl eventfd fcntl fopencookie fork fstat ftrylockfile funlockfile getcontext getcwd getenv getrlimit "
    "getrusage getsockopt "
    "gnu_dev_major lseek mallopt mlock mprotect open prctl putenv raise readlink sbrk setpgid sigaltstack sigemptyset "
    "sigfillset stat syscall unsetenv waitpid ";

static bool is_wrapped(const char *name) {
    for (size_t i = 0; i < array_length(wrapped); i++)
        if (!strcmp(wrapped[i], name)) return true;
    return false;
}

static bool ends_with(const char *name, size_t n, const char *end, size_t end_size) {
    return n >= end_size && !memcmp(name + n - end_size, end, end_size);
}

static bool is_among(const char *name, const char *words) {
    size_t n = strlen(name);
    for (size_t size; (size = strcspn(words, " ")); words += size + strspn(words + size, " ")) {
        if (words[0] == '*'          ? ends_with(name, n, words + 1, size - 1)
            : words[size - 1] == '*' ? !strncmp(name, words, size - 1)
                                     : n == size && !memcmp(name, words, n))
            return true;
    }
    return false;
}

/* The other module's own calls are looked at beside this one's. */
static bool is_instrumented(const char *name) {
    void *at = dlsym(RTLD_DEFAULT, name);
    return at && front_is_instrumented((uintptr_t)at);
}

static bool is_known(const char *name) {
    return is_wrapped(name) || is_among(name, harmless) || is_among(name, goro_calls) || is_instrumented(name);
}

/* -- one module ------------------------------------------------------------------------------------------------------------ */

struct table {
    const ElfW(Sym) * symbols;
    const char *names;
    const ElfW(Rela) * lists[2];
    size_t sizes[2]; /* bytes */
};

/* Pointers in it are addresses already in most modules, and offsets in the kernel's own. */
static struct table table_of(const struct dl_phdr_info *info, const ElfW(Dyn) * d) {
    struct table t = {0};
    for (; d->d_tag != DT_NULL; d++) {
        uintptr_t at = d->d_un.d_ptr < info->dlpi_addr ? d->d_un.d_ptr + info->dlpi_addr : d->d_un.d_ptr;
        switch (d->d_tag) {
        case DT_SYMTAB: t.symbols = (const void *)at; break;
        case DT_STRTAB: t.names = (const void *)at; break;
        case DT_JMPREL: t.lists[0] = (const void *)at; break;
        case DT_PLTRELSZ: t.sizes[0] = d->d_un.d_val; break;
        case DT_RELA: t.lists[1] = (const void *)at; break;
        case DT_RELASZ: t.sizes[1] = d->d_un.d_val; break;
        default: break;
        }
    }
    return t;
}

static bool has_tables(const struct dl_phdr_info *info, struct table *t) {
    for (unsigned i = 0; i < info->dlpi_phnum; i++)
        if (info->dlpi_phdr[i].p_type == PT_DYNAMIC)
            *t = table_of(info, (const void *)(info->dlpi_addr + info->dlpi_phdr[i].p_vaddr));
    return t->symbols && t->names;
}

/* Each function that the module takes from another one, by its name; until `visit` returns true. */
static bool visit_imports(const struct dl_phdr_info *info, bool (*visit)(const char *name, void *arg), void *arg) {
    struct table t = {0};
    if (!has_tables(info, &t)) return false;
    for (unsigned list = 0; list < array_length(t.lists); list++)
        for (size_t i = 0; t.lists[list] && i < t.sizes[list] / sizeof *t.lists[list]; i++) {
            const ElfW(Sym) *s = &t.symbols[ELF64_R_SYM(t.lists[list][i].r_info)];
            unsigned type = ELF64_ST_TYPE(s->st_info);
            if (s == t.symbols || s->st_shndx != SHN_UNDEF || (type != STT_FUNC && type != STT_NOTYPE)) continue;
            if (visit(t.names + s->st_name, arg)) return true;
        }
    return false;
}

static bool is_same(const char *name, void *wanted) { return !strcmp(name, wanted); }
bool imports_name(const struct dl_phdr_info *module, const char *name) {
    return visit_imports(module, is_same, (void *)(uintptr_t)name);
}

/* -- all of them ----------------------------------------------------------------------------------------------------------- */

static bool is_unknown(const char *name, void *any) {
    *(bool *)any = true;
    return !is_known(name);
}

struct verdict {
    bool any, unknown;
};

static int look(struct dl_phdr_info *info, size_t size, void *arg) {
    struct verdict *v = arg;
    bool instrumented = false;
    (void)size;
    for (unsigned i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *p = &info->dlpi_phdr[i];
        uintptr_t low = info->dlpi_addr + p->p_vaddr;
        if (p->p_type == PT_LOAD && p->p_flags & PF_X) instrumented |= front_has_instrumented(low, low + p->p_memsz);
    }
    if (instrumented) v->unknown |= visit_imports(info, is_unknown, &v->any);
    return 0;
}

bool imports_remember_nothing(void) {
    struct verdict v = {0};
    dl_iterate_phdr(look, &v);
    return v.any && !v.unknown;
}
