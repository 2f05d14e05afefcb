/* The libc calls that have a wrapper, one W(name) each; D(name) only where the program is linked dynamically (in a
 * static one the mere mention would pull the dynamic linker or the resolver in).
 *
 * Feeds: the table of real functions (wrap.c), the declarations (wrap.h), and the linker's --wrap options of static
 * programs (CMakeLists.txt reads the names from here). */
#define WRAP_MEMORY(W, D)                                                                                        \
    W(malloc) W(calloc) W(realloc) W(reallocarray) W(free) W(memalign) W(aligned_alloc) W(posix_memalign)        \
    W(valloc) W(pvalloc)

#define WRAP_STRING(W, D)                                                                                        \
    W(memcpy) W(memmove) W(memset) W(mempcpy) W(memcmp) W(bcmp) W(memchr) W(memrchr) W(memccpy) W(memmem)        \
    W(bcopy) W(bzero) W(strlen) W(strnlen) W(strcpy) W(stpcpy) W(strncpy) W(stpncpy) W(strcat) W(strncat)        \
    W(strcmp) W(strncmp) W(strcasecmp) W(strncasecmp) W(strchr) W(strchrnul) W(strrchr) W(index) W(rindex)       \
    W(strstr) W(strcasestr) W(strpbrk) W(strspn) W(strcspn) W(strtok_r) W(strtok) W(strdup) W(strndup)

#define WRAP_PTHREAD(W, D)                                                                                       \
    W(pthread_create) W(pthread_join) W(pthread_tryjoin_np) W(pthread_timedjoin_np) W(pthread_detach)            \
    W(pthread_cancel)                                                                                            \
    W(pthread_mutex_init) W(pthread_mutex_destroy) W(pthread_mutex_lock) W(pthread_mutex_trylock)                \
    W(pthread_mutex_timedlock) W(pthread_mutex_clocklock) W(pthread_mutex_unlock)                                \
    W(pthread_rwlock_init) W(pthread_rwlock_destroy) W(pthread_rwlock_rdlock) W(pthread_rwlock_tryrdlock)        \
    W(pthread_rwlock_timedrdlock) W(pthread_rwlock_wrlock) W(pthread_rwlock_trywrlock)                           \
    W(pthread_rwlock_timedwrlock) W(pthread_rwlock_unlock)                                                       \
    W(pthread_spin_init) W(pthread_spin_destroy) W(pthread_spin_lock) W(pthread_spin_trylock)                    \
    W(pthread_spin_unlock)                                                                                       \
    W(pthread_cond_init) W(pthread_cond_destroy) W(pthread_cond_wait) W(pthread_cond_timedwait)                  \
    W(pthread_cond_clockwait) W(pthread_cond_signal) W(pthread_cond_broadcast)                                   \
    W(pthread_barrier_init) W(pthread_barrier_destroy) W(pthread_barrier_wait) W(pthread_once)                   \
    W(sem_init) W(sem_destroy) W(sem_post) W(sem_wait) W(sem_trywait) W(sem_timedwait) W(sem_clockwait)

#define WRAP_PROCESS(W, D)                                                                                       \
    W(_exit) W(_Exit) W(vfork) W(close) W(close_range) W(closefrom) W(dup2) W(dup3)

#define WRAP_JUMP(W, D)                                                                                          \
    W(setjmp) W(_setjmp) W(__sigsetjmp) W(longjmp) W(_longjmp) W(siglongjmp)

#define WRAP_MAP(W, D) W(mmap) W(mmap64) W(munmap) W(mremap) W(madvise)

#define WRAP_IO(W, D)                                                                                            \
    W(read) W(pread) W(pread64) W(readv) W(recv) W(recvfrom) W(recvmsg) W(write) W(pwrite) W(pwrite64) W(writev) \
    W(send) W(sendto) W(sendmsg) W(socketpair) W(pipe) W(pipe2) W(eventfd_read) W(eventfd_write)         \
    W(connect) W(accept) W(accept4) W(shutdown)

#define WRAP_STDIO(W, D)                                                                                         \
    W(fread) W(fwrite) W(fgets) W(fputs) W(puts) W(getline) W(getdelim) W(printf) W(fprintf) W(dprintf)          \
    W(sprintf) W(snprintf) W(asprintf) W(vprintf) W(vfprintf) W(vdprintf) W(vsprintf) W(vsnprintf)               \
    W(vasprintf) W(qsort) W(atoi) W(atol) W(atoll) W(atof) W(strtol) W(strtoul) W(strtoll) W(strtoull) W(strtod)

#define WRAP_THRD(W, D)                                                                                          \
    W(thrd_create) W(thrd_join) W(thrd_detach) W(mtx_init) W(mtx_destroy) W(mtx_lock) W(mtx_trylock)             \
    W(mtx_timedlock) W(mtx_unlock) W(cnd_wait) W(cnd_timedwait) W(cnd_signal) W(cnd_broadcast) W(call_once)

#define WRAP_SIGNAL(W, D) W(sigaction) W(signal)

#define WRAP_TIME(W, D) W(nanosleep) W(clock_nanosleep) W(usleep) W(sleep) W(thrd_sleep) W(sched_yield) W(thrd_yield)

#define WRAP_OUTSIDE(W, D)                                                                                       \
    W(clock_gettime) W(gettimeofday) W(time) W(clock) W(getrandom) W(getentropy) W(poll) W(ppoll) W(select)     \
    W(epoll_wait) W(bind) W(listen) W(getsockname) W(getpeername)

#define WRAP_STATE(W, D)                                                                                               \
    W(rand)                                                                                                            \
    W(srand)                                                                                                           \
    W(rand_r) W(random) W(srandom) W(drand48) W(lrand48) W(mrand48) W(srand48) W(erand48) W(nrand48) W(jrand48)        \
        W(fgetc) W(getc) W(getchar) W(feof) W(ferror) W(ftell) W(ftello)

#define WRAP_DL(W, D) D(dlopen) D(dlclose)

#define WRAP_CXX(W, D) D(__cxa_guard_acquire) D(__cxa_guard_release)

#define WRAP_ALL(W, D)                                                                                                 \
    WRAP_MEMORY(W, D)                                                                                                  \
    WRAP_STRING(W, D)                                                                                                  \
    WRAP_PTHREAD(W, D) WRAP_PROCESS(W, D) WRAP_JUMP(W, D) WRAP_MAP(W, D) WRAP_IO(W, D) WRAP_STDIO(W, D)                \
        WRAP_THRD(W, D) WRAP_DL(W, D) WRAP_SIGNAL(W, D) WRAP_TIME(W, D) WRAP_CXX(W, D) WRAP_OUTSIDE(W, D)              \
            WRAP_STATE(W, D)
