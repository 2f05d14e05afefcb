/* goro: Go's concurrency for C. This header is the whole public interface of libgoro.
 *
 * Conventions that hold for every call below:
 *  - Any goroutine and any thread may call any of them at any time, unless it says otherwise.
 *  - Durations and times are int64_t nanoseconds; times are those of goro_now(), a monotonic clock.
 *  - Objects that Go allows to be used without initialisation (goro_mutex, goro_rwmutex, goro_wg, goro_once, goro_timer,
 *    goro_ticker) may be zero-initialised or static; none may be copied or moved once it is in use.
 *  - An operation touches its object no more once it has let the other side return: the receiver of the last value may
 *    free the channel, and a goro_wg on the waiter's stack may vanish when goro_wg_wait returns.
 *  - Misuse ends the program as in Go: "panic: ..." or "fatal error: ..." on stderr, exit status 2.
 *  - Where nothing else is said, the behaviour is that of Go 1.27's operation of the same name.
 *
 * Names that begin with goro_ or GORO_ and end in _ are the macros' own. GNU C11 or later; gcc 9+, clang 11+. */
#ifndef GORO_H
#define GORO_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/types.h>

#if !defined(__GNUC__) || defined(__cplusplus)
#error "goro.h needs GNU C: gcc 9 or later, or clang 11 or later, not as C++"
#endif

/* A goroutine may go on on another thread, but libc declares errno's address to be the same for ever, and compilers
 * keep it across calls. This one they may not keep. errno itself is saved with the goroutine. */
#undef errno
#define errno (*goro_errno_location())
int *goro_errno_location(void);

#define GORO_NANOSECOND INT64_C(1)
#define GORO_MICROSECOND (1000 * GORO_NANOSECOND)
#define GORO_MILLISECOND (1000 * GORO_MICROSECOND)
#define GORO_SECOND (1000 * GORO_MILLISECOND)
#define GORO_MINUTE (60 * GORO_SECOND)
#define GORO_HOUR (60 * GORO_MINUTE)

/* The element of a channel that only signals: size 0. Its value is written (goro_empty){}. */
__extension__ typedef struct {
} goro_empty;

typedef struct goro_wg goro_wg;

/* -- goroutines --------------------------------------------------------------------------------------------------
 *
 * go(fn, args...) starts fn(args...) as a goroutine and returns at once. fn is a function or a pointer to one, with at
 * most six parameters, integers, enumerations or pointers of at most eight bytes; its result is thrown away. The call
 * is checked against the prototype at compile time, and each argument is evaluated once. An argument for a bool, char
 * or short parameter must have a value that the parameter can hold: it is widened, not converted.
 * When main returns, the program ends with all its goroutines, as in Go. */
#define go(...) GORO_START_(((void *)0), __VA_ARGS__)

/* What go does with its arguments, six times over; this part is no system header, so that gcc reports its checks. */
#define GORO_START_(wg, ...) GORO_START_N_(GORO_ARGUMENTS_(__VA_ARGS__), wg, __VA_ARGS__)
#define GORO_START_N_(n, ...) GORO_START_M_(n, __VA_ARGS__)
#define GORO_START_M_(n, ...) GORO_START_##n##_(__VA_ARGS__)
#define GORO_START_0_(wg, fn) GORO_STARTED_(wg, 0, fn, (), (), 0)
#define GORO_START_1_(wg, fn, a) GORO_STARTED_(wg, 1, fn, (a), (GORO_PROBE_), GORO_WIDE_(a))
#define GORO_START_2_(wg, fn, a, b)                                                                                    \
    GORO_STARTED_(wg, 2, fn, (a, b), (GORO_PROBE_, GORO_PROBE_), GORO_WIDE_(a), GORO_WIDE_(b))
#define GORO_START_3_(wg, fn, a, b, c)                                                                                 \
    GORO_STARTED_(wg, 3, fn, (a, b, c), (GORO_PROBE_, GORO_PROBE_, GORO_PROBE_), GORO_WIDE_(a), GORO_WIDE_(b),         \
                  GORO_WIDE_(c))
#define GORO_START_4_(wg, fn, a, b, c, d)                                                                              \
    GORO_STARTED_(wg, 4, fn, (a, b, c, d), (GORO_PROBE_, GORO_PROBE_, GORO_PROBE_, GORO_PROBE_), GORO_WIDE_(a),        \
                  GORO_WIDE_(b), GORO_WIDE_(c), GORO_WIDE_(d))
#define GORO_START_5_(wg, fn, a, b, c, d, e)                                                                           \
    GORO_STARTED_(wg, 5, fn, (a, b, c, d, e), (GORO_PROBE_, GORO_PROBE_, GORO_PROBE_, GORO_PROBE_, GORO_PROBE_),       \
                  GORO_WIDE_(a), GORO_WIDE_(b), GORO_WIDE_(c), GORO_WIDE_(d), GORO_WIDE_(e))
#define GORO_START_6_(wg, fn, a, b, c, d, e, f)                                                                        \
    GORO_STARTED_(wg, 6, fn, (a, b, c, d, e, f),                                                                       \
                  (GORO_PROBE_, GORO_PROBE_, GORO_PROBE_, GORO_PROBE_, GORO_PROBE_, GORO_PROBE_), GORO_WIDE_(a),       \
                  GORO_WIDE_(b), GORO_WIDE_(c), GORO_WIDE_(d), GORO_WIDE_(e), GORO_WIDE_(f))
#define GORO_START_7_(...) _Static_assert(0, "go takes at most six arguments for the function")

/* How many arguments follow the first: 0 to 6, or 7 for more. */
#define GORO_ARGUMENTS_(...) GORO_ARGUMENTS_PICK_(__VA_ARGS__, 7, 7, 7, 7, 7, 7, 6, 5, 4, 3, 2, 1, 0, )
#define GORO_ARGUMENTS_PICK_(f, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, n, ...) n

/* The checks, in this order: the real call would compile without a doubtful conversion; no parameter is a floating
 * number, a struct or a union (a probe that only integers and pointers accept is passed: a pointer in clang, which gcc
 * does not let become an enumeration; in gcc a constant that no floating type holds exactly); the result comes back in
 * registers; each argument is an integer or a pointer. Nothing of it is ever executed. */
#define GORO_STARTED_(wg, n, fn, arguments, probes, ...)                                                               \
    __extension__({                                                                                                    \
        _Pragma("GCC diagnostic push") GORO_STRICT_;                                                                   \
        (void)sizeof(__typeof__(((fn)arguments, 0)));                                                                  \
        GORO_PROBING_;                                                                                                 \
        if (0) (void)(fn)probes;                                                                                       \
        _Pragma("GCC diagnostic pop");                                                                                 \
        _Static_assert(sizeof(__typeof__(__builtin_choose_expr(                                                        \
                           __builtin_types_compatible_p(__typeof__((fn)arguments), void), 0, (fn)arguments))) <= 16,   \
                       "go: the function must not return a struct of more than 16 bytes");                             \
        goro_spawn_((wg), (void (*)(void))(fn), (const uint64_t[]){__VA_ARGS__}, n);                                   \
    })
#define GORO_WIDE_(a)                                                                                                  \
    __extension__({                                                                                                    \
        _Static_assert(__builtin_classify_type(a) >= 1 && __builtin_classify_type(a) <= 5 &&                           \
                           sizeof(__typeof__(((void)0, (a)))) <= 8,                                                    \
                       "go takes integer and pointer arguments of at most 8 bytes");                                   \
        (uint64_t)(a);                                                                                                 \
    })
#define GORO_STRICT_                                                                                                   \
    _Pragma("GCC diagnostic error \"-Wint-conversion\"") _Pragma("GCC diagnostic error \"-Wincompatible-pointer-types\"")
#define GORO_PROBING_                                                                                                  \
    _Pragma("GCC diagnostic ignored \"-Wint-conversion\"")                                                             \
        _Pragma("GCC diagnostic ignored \"-Wincompatible-pointer-types\"")                                             \
            _Pragma("GCC diagnostic ignored \"-Wunused-result\"") GORO_PROBING_MORE_
#ifdef __clang__
#define GORO_PROBING_MORE_
#define GORO_PROBE_ ((struct go_takes_integer_and_pointer_parameters_only *)0)
#else
#define GORO_PROBING_MORE_                                                                                             \
    _Pragma("GCC diagnostic ignored \"-Woverflow\"") _Pragma("GCC diagnostic ignored \"-Wsign-conversion\"")           \
        _Pragma("GCC diagnostic ignored \"-Wint-to-pointer-cast\"")                                                    \
            _Pragma("GCC diagnostic ignored \"-Wnonnull\"") _Pragma("GCC diagnostic error \"-Wfloat-conversion\"")
#define GORO_PROBE_ go_takes_integer_and_pointer_parameters_only
#define go_takes_integer_and_pointer_parameters_only (((__int128)1 << 126) + 1)
#endif
void goro_spawn_(goro_wg *wg, void (*fn)(void), const uint64_t *arguments, unsigned count);

/* From here on warnings about the macros' own inside are nobody's business: nested chan_selects shadow each other. */
#pragma GCC system_header

/* Lets other goroutines run. */
void goro_yield(void);
/* Ends the calling goroutine after its goro_at_exit calls; main's leaves the others running, as runtime.Goexit. */
_Noreturn void goro_exit(void);
/* The calling goroutine's number; main is 1, none is used twice. */
uint64_t goro_id(void);
/* Goroutines that have been started and have not ended, main included. */
int goro_count(void);
/* A name for dumps and reports; the first 31 bytes are copied. NULL takes it away. */
void goro_set_name(const char *name);
/* Until the matching unlock the goroutine stays on its present thread, and that thread runs nothing else. Nests. */
void goro_lock_thread(void);
void goro_unlock_thread(void);
/* Calls fn(argument) when the calling goroutine ends (main: when main returns or goro_exit is called), last registered
 * first: Go's defer, but per goroutine and not per function. */
void goro_at_exit(void (*fn)(void *), void *argument);

/* -- the scheduler ----------------------------------------------------------------------------------------------- */

/* How many goroutines run at the same time; n < 1 only asks. Returns the previous value. */
int goro_gomaxprocs(int n);
/* CPUs that this process may run on. */
int goro_num_cpu(void);
/* This library's version ("0.1.0"), the compiler that built it, the machine ("amd64", "arm64"), "linux": static text. */
const char *goro_version(void);
const char *goro_compiler(void);
const char *goro_arch(void);
const char *goro_os(void);

/* -- panics ------------------------------------------------------------------------------------------------------ */

/* Prints "panic: " and the formatted text (its further lines indented) and the goroutine's stack on stderr, and ends the
 * program with status 2. */
_Noreturn void goro_panic(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* -- channels ----------------------------------------------------------------------------------------------------
 *
 * chan(T) is the type of a channel of T; chan_tx(T) can only be sent to, chan_rx(T) only received from. T is any object
 * type but an array, incomplete in declarations if you like. A NULL channel is Go's nil channel: operations on it block
 * for ever, and select never chooses it. The wrong direction or element type is a compile error.
 *
 * (Inside: a pointer to a function that nobody ever calls; its result type is T, its parameter says the direction.) */
#define chan(T) GORO_CHAN_(T, struct goro_chan_both_)
#define chan_tx(T) GORO_CHAN_(T, struct goro_chan_tx_)
#define chan_rx(T) GORO_CHAN_(T, struct goro_chan_rx_)
#define GORO_CHAN_(T, tag) __typeof__(__typeof__(T)(*)(tag *))
struct goro_chan_both_;
struct goro_chan_tx_;
struct goro_chan_rx_;

/* A new channel with room for `capacity` values (0: sender and receiver meet). Give it back with chan_free. */
#define chan_make(T, capacity) (__extension__(chan(T))goro_chan_new_(sizeof(T), (capacity)))
/* Frees the channel. Nobody may use it any more, nor wait on it. NULL is allowed. */
#define chan_free(c) goro_chan_free_(goro_chan_ptr(c))

/* Sends v, converted to the element type; blocks until it is received or buffered. Panics if the channel is closed. */
#define chan_send(c, v) GORO_SEND_(goro_chan_send_, c, v, __COUNTER__)
/* The same without blocking; false: could not send now. Panics if the channel is closed. */
#define chan_try_send(c, v) GORO_SEND_(goro_chan_try_send_, c, v, __COUNTER__)
/* Receives a value, an expression of type T: zero if the channel is closed and drained. */
#define chan_recv(c) GORO_RECV_(c, __COUNTER__)
/* Receives into *pointer (NULL: throws the value away); false: closed and drained, *pointer is zeroed. */
#define chan_recv_ok(c, pointer) GORO_RECV_OK_(goro_chan_recv_, true, c, pointer, __COUNTER__)
/* Never blocks. True: a value was received. False: nothing is ready, or closed and drained; *pointer is untouched. */
#define chan_try_recv(c, pointer) GORO_RECV_OK_(goro_chan_try_recv_, false, c, pointer, __COUNTER__)
/* A loop over the values of c, each assigned to the variable v, until c is closed and drained. c is evaluated once. */
#define chan_range(v, c) GORO_RANGE_(v, c, __COUNTER__)
/* No more values will be sent. Panics if it is closed already or NULL. A receive-only channel cannot be closed. */
#define chan_close(c) GORO_CLOSE_(c)
/* Values buffered now, and room for how many; 0 for NULL. */
#define chan_len(c) goro_chan_len_(goro_chan_ptr(c))
#define chan_cap(c) goro_chan_cap_(goro_chan_ptr(c))
/* The send-only and the receive-only view of a channel. */
#define chan_as_tx(c)                                                                                                  \
    __extension__({                                                                                                    \
        GORO_CAN_SEND_(c);                                                                                             \
        (chan_tx(GORO_ELEMENT_(c)))(void *)(c);                                                                        \
    })
#define chan_as_rx(c)                                                                                                  \
    __extension__({                                                                                                    \
        GORO_CAN_RECEIVE_(c);                                                                                          \
        (chan_rx(GORO_ELEMENT_(c)))(void *)(c);                                                                        \
    })
/* The channel for goro_select's `chan`. (Of pointers, only one to a function can be followed again and again.) */
#define goro_chan_ptr(c)                                                                                               \
    __extension__({                                                                                                    \
        (void)sizeof(__typeof__(***(c)) *);                                                                            \
        (void *)(c);                                                                                                   \
    })

#define GORO_ELEMENT_(c) __typeof__((c)((void *)0))
#define GORO_IS_(c, tag) __builtin_types_compatible_p(__typeof__(c), GORO_CHAN_(GORO_ELEMENT_(c), tag))
#define GORO_CAN_SEND_(c)                                                                                              \
    _Static_assert(GORO_IS_(c, struct goro_chan_both_) || GORO_IS_(c, struct goro_chan_tx_),                           \
                   "this channel is receive-only (chan_rx): it cannot be sent to")
#define GORO_CAN_RECEIVE_(c)                                                                                           \
    _Static_assert(GORO_IS_(c, struct goro_chan_both_) || GORO_IS_(c, struct goro_chan_rx_),                           \
                   "this channel is send-only (chan_tx): it cannot be received from")
#define GORO_CAN_CLOSE_(c)                                                                                             \
    _Static_assert(GORO_IS_(c, struct goro_chan_both_) || GORO_IS_(c, struct goro_chan_tx_),                           \
                   "this channel is receive-only (chan_rx): it cannot be closed")

/* Values pass through a variable here, in the user's code, so that race detection sees who touches the user's memory;
 * the runtime copies between such variables and its own buffers only. Each expansion has names of its own (n). */
#define GORO_SEND_(operation, c, v, n) GORO_SEND_N_(operation, c, v, n)
#define GORO_SEND_N_(operation, c, v, n)                                                                               \
    __extension__({                                                                                                    \
        GORO_CAN_SEND_(c);                                                                                             \
        void *goro_c_##n##_ = (void *)(c);                                                                             \
        _Pragma("GCC diagnostic push") GORO_STRICT_;                                                                   \
        GORO_ELEMENT_(c) goro_v_##n##_ = (v);                                                                          \
        _Pragma("GCC diagnostic pop");                                                                                 \
        operation(goro_c_##n##_, &goro_v_##n##_);                                                                      \
    })
#define GORO_RECV_(c, n) GORO_RECV_N_(c, n)
#define GORO_RECV_N_(c, n)                                                                                             \
    __extension__({                                                                                                    \
        GORO_CAN_RECEIVE_(c);                                                                                          \
        GORO_ELEMENT_(c) goro_v_##n##_;                                                                                \
        (void)goro_chan_recv_((void *)(c), &goro_v_##n##_);                                                            \
        goro_v_##n##_;                                                                                                 \
    })
#define GORO_RECV_OK_(operation, always, c, pointer, n) GORO_RECV_OK_N_(operation, always, c, pointer, n)
#define GORO_RECV_OK_N_(operation, always, c, pointer, n)                                                              \
    __extension__({                                                                                                    \
        GORO_CAN_RECEIVE_(c);                                                                                          \
        void *goro_c_##n##_ = (void *)(c);                                                                             \
        _Pragma("GCC diagnostic push") GORO_STRICT_;                                                                   \
        GORO_ELEMENT_(c) *goro_p_##n##_ = (pointer);                                                                   \
        _Pragma("GCC diagnostic pop");                                                                                 \
        GORO_ELEMENT_(c) goro_v_##n##_;                                                                                \
        bool goro_ok_##n##_ = operation(goro_c_##n##_, &goro_v_##n##_);                                                \
        if (goro_p_##n##_ && (always || goro_ok_##n##_)) *goro_p_##n##_ = goro_v_##n##_;                               \
        goro_ok_##n##_;                                                                                                \
    })
#define GORO_RANGE_(v, c, n) GORO_RANGE_N_(v, c, n)
#define GORO_RANGE_N_(v, c, n)                                                                                         \
    for (__typeof__(c) goro_c_##n##_ = (c); __extension__({                                                            \
             GORO_CAN_RECEIVE_(c);                                                                                     \
             GORO_ELEMENT_(c) goro_v_##n##_;                                                                           \
             bool goro_ok_##n##_ = goro_chan_recv_((void *)goro_c_##n##_, &goro_v_##n##_);                             \
             if (goro_ok_##n##_) GORO_ASSIGN_(v, goro_v_##n##_, n);                                                    \
             goro_ok_##n##_;                                                                                           \
         });)
/* v = value, strictly typed; a variable that the user never reads stays without a warning. */
#define GORO_ASSIGN_(v, value, n)                                                                                      \
    __extension__({                                                                                                    \
        _Pragma("GCC diagnostic push") GORO_STRICT_;                                                                   \
        __typeof__(v) *goro_to_##n##_ = &(v);                                                                          \
        *goro_to_##n##_ = (value);                                                                                     \
        _Pragma("GCC diagnostic pop");                                                                                 \
        (void)0;                                                                                                       \
    })
#define GORO_CLOSE_(c)                                                                                                 \
    __extension__({                                                                                                    \
        GORO_CAN_CLOSE_(c);                                                                                            \
        goro_chan_close_((void *)(c));                                                                                 \
    })

void *goro_chan_new_(size_t element_bytes, int64_t capacity);
void goro_chan_free_(void *c);
void goro_chan_send_(void *c, const void *value);
bool goro_chan_try_send_(void *c, const void *value);
bool goro_chan_recv_(void *c, void *value);
bool goro_chan_try_recv_(void *c, void *value);
void goro_chan_close_(void *c);
int goro_chan_len_(const void *c);
int goro_chan_cap_(const void *c);

/* -- select ------------------------------------------------------------------------------------------------------
 *
 *     chan_select {
 *         chan_case_recv(c, v) { ... }          v: an existing variable, assigned if the case is chosen
 *         chan_case_recv_ok(c, v, ok) { ... }   ok: false if c is closed and drained
 *         chan_case_send(c, x) { ... }
 *         chan_case_timeout(ns) { ... }         chosen if nothing else was ready for that long
 *         chan_default { ... }                  chosen at once if nothing is ready
 *     }
 *
 * Channels, x and ns are evaluated once each, in order; then one of the ready cases is chosen at random, each as likely
 * as the others; then its body runs, once. `break` and `continue` in a body end the select; return and goto out of it
 * are fine. Selects nest. Between the braces stand cases and nothing else. Without any case it blocks for ever. */
#define chan_select                                                                                                    \
    for (bool goro_select_ran_ = false, goro_select_once_ = true; goro_select_once_; goro_select_once_ = false)        \
        for (struct goro_select_ goro_select_v_,                                                                       \
             *goro_select_p_ = (goro_select_v_.pass = 0, goro_select_v_.count = -1, &goro_select_v_);                  \
             !goro_select_ran_ && (goro_select_p_->pass == 1 ? goro_select_decide_(goro_select_p_)                     \
                                                             : goro_select_p_->pass++ == 0 || GORO_SELECT_NEVER_);)
/* Some case runs: told to the compiler, or it finds that what each of them assigns may be used without. */
#define GORO_SELECT_NEVER_ (__builtin_unreachable(), false)
#define GORO_SELECT_RUNS_(chosen) ((chosen) && (goro_select_ran_ = true))
#define chan_case_recv(c, v) GORO_CASE_RECV_(c, (void)0, v, __COUNTER__)
#define chan_case_recv_ok(c, v, okay) GORO_CASE_RECV_(c, (okay) = goro_select_p_->ok, v, __COUNTER__)
#define chan_case_send(c, x) GORO_CASE_SEND_(c, x, __COUNTER__)
#define chan_case_timeout(ns)                                                                                          \
    if (goro_select_p_->pass == 1 ? (goro_select_timeout_(goro_select_p_, (ns)), false)                                \
                                  : GORO_SELECT_RUNS_(goro_select_p_->chosen == -2 - goro_select_p_->timeouts++))
#define chan_default                                                                                                   \
    if (goro_select_p_->pass == 1 ? (goro_select_default_(goro_select_p_), false)                                      \
                                  : GORO_SELECT_RUNS_(goro_select_p_->chosen == -1))

#define GORO_CASE_RECV_(c, assign_ok, v, n) GORO_CASE_RECV_N_(c, assign_ok, v, n)
#define GORO_CASE_RECV_N_(c, assign_ok, v, n)                                                                          \
    if (goro_select_p_->pass == 1 ? __extension__({                                                                    \
            GORO_CAN_RECEIVE_(c);                                                                                      \
            GORO_SELECT_RECV_(goro_select_p_, (void *)(c), sizeof(GORO_ELEMENT_(c)));                                  \
            false;                                                                                                     \
        })                                                                                                             \
                                  : goro_select_p_->cursor++ == goro_select_p_->chosen && __extension__({              \
                                        GORO_ASSIGN_(v, *(GORO_ELEMENT_(c) *)goro_select_p_->value, n);                \
                                        (void)(assign_ok);                                                             \
                                        if (goro_select_p_->heap) goro_select_release_(goro_select_p_);                \
                                        goro_select_ran_ = true;                                                       \
                                    }))
#define GORO_CASE_SEND_(c, x, n) GORO_CASE_SEND_N_(c, x, n)
#define GORO_CASE_SEND_N_(c, x, n)                                                                                     \
    if (goro_select_p_->pass == 1 ? __extension__({                                                                    \
            GORO_CAN_SEND_(c);                                                                                         \
            void *goro_c_##n##_ = (void *)(c);                                                                         \
            _Pragma("GCC diagnostic push") GORO_STRICT_;                                                               \
            GORO_ELEMENT_(c) goro_v_##n##_ = (x);                                                                      \
            _Pragma("GCC diagnostic pop");                                                                             \
            goro_select_send_(goro_select_p_, goro_c_##n##_, &goro_v_##n##_, sizeof goro_v_##n##_);                    \
            false;                                                                                                     \
        })                                                                                                             \
                                  : GORO_SELECT_RUNS_(goro_select_p_->cursor++ == goro_select_p_->chosen))

/* A set of cases known only at run time, as reflect.Select. `chan` is goro_chan_ptr(c); `value` points to what to send
 * or to room for what is received (NULL: thrown away); `ok` is set for the chosen receive. Returns the index of the
 * case that was chosen, or -1: nothing was ready and has_default. Nobody else may touch the array meanwhile. */
typedef struct goro_select_case {
    enum { GORO_RECV, GORO_SEND } op;
    void *chan;
    void *value;
    bool ok;
} goro_select_case;
int goro_select(goro_select_case *cases, size_t n, bool has_default);

#if defined(__clang__)
#define GORO_CLANG_TSAN_ __has_feature(thread_sanitizer)
#else
#define GORO_CLANG_TSAN_ 0
#endif

/* chan_select's state, in the user's frame. Eight cases fit without allocation. */
enum { GORO_SELECT_CASES_ = 8, GORO_SELECT_ROOM_ = 128 };
struct goro_select_ {
    int pass;  /* 0 begun, 1 cases are collected, 2 the chosen one runs */
    int count; /* of cases so far; -1: nothing is filled in yet */
    bool ok, has_default;
    int chosen; /* case, -1 default, -2 and below: a timeout */
    int cursor, timeouts;
    int room, first_timeout;
    size_t value_bytes, sent_bytes;
    int64_t timeout;
    goro_select_case *cases;
    void *value; /* what was received */
    void *heap;  /* memory to give back before the body runs */
    goro_select_case few[GORO_SELECT_CASES_];
    _Alignas(16) char bytes[GORO_SELECT_ROOM_];
};
void goro_select_recv_(struct goro_select_ *s, void *c, size_t bytes);
/* From the second case on inline; under a sanitizer, which would watch each store, and without optimisation a call. */
#if defined(__OPTIMIZE__) && !defined(__SANITIZE_THREAD__) && !GORO_CLANG_TSAN_
static inline void goro_select_recv_inline_(struct goro_select_ *s, void *c, size_t bytes) {
    if (__builtin_expect((unsigned)s->count >= GORO_SELECT_CASES_ || bytes > s->value_bytes, 0)) {
        goro_select_recv_(s, c, bytes);
        return;
    }
    goro_select_case *k = &s->few[s->count++];
    k->op = GORO_RECV;
    k->chan = c;
    k->value = s->bytes;
}
#define GORO_SELECT_RECV_ goro_select_recv_inline_
#else
#define GORO_SELECT_RECV_ goro_select_recv_
#endif
void goro_select_send_(struct goro_select_ *s, void *c, const void *value, size_t bytes);
void goro_select_timeout_(struct goro_select_ *s, int64_t ns);
void goro_select_default_(struct goro_select_ *s);
bool goro_select_decide_(struct goro_select_ *s);
void goro_select_release_(struct goro_select_ *s);

/* -- sync: WaitGroup, locks, once, condition, semaphore ----------------------------------------------------------- */

/* The goroutines that wait on one object, first come first; every object has one, and its short lock. */
struct goro_queue_ {
    struct waiter *first, *last;
};

/* A counter to wait for: sync.WaitGroup. */
struct goro_wg {
    uint32_t lock_;
    const void *self_; /* its own address since first use: a copy is found by it */
    int64_t count_;
    struct goro_queue_ waiters_;
};
/* Adds n, which may be negative. Panics if the counter becomes negative. An add from zero must happen before the wait. */
void goro_wg_add(goro_wg *wg, int n);
void goro_wg_done(goro_wg *wg);
/* Blocks until the counter is zero. */
void goro_wg_wait(goro_wg *wg);
/* Adds one and starts fn(args...) as go does; done when the goroutine ends, by goro_exit, too. */
#define goro_wg_go(wg, ...) GORO_START_((wg), __VA_ARGS__)

/* A lock: sync.Mutex. It may be unlocked by another goroutine than the one that locked it, but is not recursive. */
typedef struct goro_mutex {
    uint32_t lock_;
    bool waking_; /* a waiter has been woken and has not looked yet */
    const void *self_;
    uint64_t state_; /* twice the goroutine's id, 0: unlocked; plus 1: contended */
    struct goro_queue_ waiters_;
} goro_mutex;
void goro_mutex_lock(goro_mutex *m);
bool goro_mutex_try_lock(goro_mutex *m);
/* A fatal error if it is not locked. */
void goro_mutex_unlock(goro_mutex *m);

/* A lock for many readers or one writer: sync.RWMutex. A waiting writer keeps new readers out, so a goroutine must not
 * take the read lock twice. */
typedef struct goro_rwmutex {
    uint32_t lock_;
    uint32_t readers_;
    const void *self_;
    uint64_t writer_; /* goroutine id, 0: none */
    struct goro_queue_ waiting_readers_, waiting_writers_;
} goro_rwmutex;
void goro_rwmutex_lock(goro_rwmutex *rw);
bool goro_rwmutex_try_lock(goro_rwmutex *rw);
void goro_rwmutex_unlock(goro_rwmutex *rw);
void goro_rwmutex_rlock(goro_rwmutex *rw);
bool goro_rwmutex_try_rlock(goro_rwmutex *rw);
void goro_rwmutex_runlock(goro_rwmutex *rw);

/* Something done once: sync.Once. The first goro_once_do calls fn(args...), the others wait until it has returned; args
 * are evaluated by the one that calls. fn must not call goro_once_do on the same once (deadlock). */
typedef struct goro_once {
    uint32_t lock_;
    uint32_t state_;
    const void *self_;
    void *guard_; /* finishes it should the function leave by goro_exit */
    struct goro_queue_ waiters_;
} goro_once;
#define goro_once_do(once, ...) GORO_ONCE_(once, __COUNTER__, __VA_ARGS__)
#define GORO_ONCE_(once, n, ...) GORO_ONCE_N_(once, n, __VA_ARGS__)
#define GORO_ONCE_N_(once, n, fn, ...)                                                                                 \
    __extension__({                                                                                                    \
        goro_once *goro_once_##n##_ = (once);                                                                          \
        if (goro_once_begin_(goro_once_##n##_)) {                                                                      \
            (void)(fn)(__VA_ARGS__);                                                                                   \
            goro_once_end_(goro_once_##n##_);                                                                          \
        }                                                                                                              \
    })
bool goro_once_begin_(goro_once *once);
void goro_once_end_(goro_once *once);

/* A condition variable: sync.Cond. Must be initialised with its lock: a goro_mutex *, or a goro_rwmutex * for its write
 * or (init_rlock) its read side. */
typedef struct goro_cond {
    uint32_t lock_;
    int kind_;
    const void *self_;
    void *locker_;
    struct goro_queue_ waiters_;
} goro_cond;
#define goro_cond_init(cond, locker)                                                                                   \
    _Generic((locker), goro_mutex *: goro_cond_init_mutex_, goro_rwmutex *: goro_cond_init_rwmutex_)((cond), (locker))
void goro_cond_init_mutex_(goro_cond *c, goro_mutex *m);
void goro_cond_init_rwmutex_(goro_cond *c, goro_rwmutex *rw);
void goro_cond_init_rlock(goro_cond *c, goro_rwmutex *rw);
/* The caller holds the lock: it is released while waiting and held again on return. Wakes only when signalled. */
void goro_cond_wait(goro_cond *c);
void goro_cond_signal(goro_cond *c);
void goro_cond_broadcast(goro_cond *c);

typedef struct goro_ctx goro_ctx;

/* A weighted semaphore, first come first served: golang.org/x/sync/semaphore. Must be initialised with its size. */
typedef struct goro_sem {
    uint32_t lock_;
    const void *self_;
    int64_t size_, held_;
    struct goro_queue_ waiters_;
} goro_sem;
void goro_sem_init(goro_sem *s, int64_t n);
/* Blocks until n are free (never, if that is more than its size) or ctx (NULL: none) is done. 0, or what goro_ctx_err
 * says; then nothing was acquired. */
int goro_sem_acquire(goro_sem *s, goro_ctx *ctx, int64_t n);
bool goro_sem_try_acquire(goro_sem *s, int64_t n);
/* Panics if fewer than n are held. */
void goro_sem_release(goro_sem *s, int64_t n);

/* -- time -------------------------------------------------------------------------------------------------------- */

/* Nanoseconds of a monotonic clock with no meaning but their differences. */
int64_t goro_now(void);
/* Parks the goroutine for at least ns; returns at once if ns <= 0. */
void goro_sleep(int64_t ns);

/* A timer that sends the time once, time.Timer. Stop it before its memory goes while it is active. An expiry that was
 * not yet received is dropped by stop and reset, as since Go 1.23. */
typedef struct goro_timer {
    uint64_t inside_[26];
} goro_timer;
/* Starts an inactive timer: after ns, the time is sent to its channel. */
void goro_timer_start(goro_timer *t, int64_t ns);
/* True: the timer was active and will not fire now. Panics, as reset does, if the timer was never started. */
bool goro_timer_stop(goro_timer *t);
/* Starts it anew; true: it was active. */
bool goro_timer_reset(goro_timer *t, int64_t ns);
chan_rx(int64_t) goro_timer_chan(goro_timer *t);
/* After ns, fn(argument) is called in a goroutine of its own: time.AfterFunc. The timer may be freed or started again
 * in it. goro_timer_stop and goro_timer_reset apply. */
void goro_after_func(goro_timer *t, int64_t ns, void (*fn)(void *), void *argument);

/* A timer that sends the time every ns, dropping ticks that nobody takes: time.Ticker. Panics if ns <= 0. */
typedef struct goro_ticker {
    goro_timer timer_;
} goro_ticker;
void goro_ticker_start(goro_ticker *t, int64_t ns);
void goro_ticker_stop(goro_ticker *t);
void goro_ticker_reset(goro_ticker *t, int64_t ns);
chan_rx(int64_t) goro_ticker_chan(goro_ticker *t);

/* -- signals -------------------------------------------------------------------------------------------------------
 *
 * Signals as values of channels: package os/signal. From goro_notify(c, signo) on the signal does nothing by itself any
 * more; its number is sent to c, a chan(int) or chan_tx(int), without ever blocking: give c room for as many as must not
 * be missed, 1 for a single one. A channel may be registered for several signals, and several channels for one: each gets
 * it. What comes again before it is sent may count once, as with signals themselves.
 *
 * As in Go a fault (SIGSEGV, SIGBUS, SIGFPE, SIGILL) that the program itself raises still ends it, and nothing happens for
 * what cannot be caught: SIGKILL, SIGSTOP, numbers that are no signals. A program that only waits for a registered signal
 * is not deadlocked. In the child of a fork signals do what they did before goro_notify.
 *
 * What came before goro_notify(c, signo) comes before the receive of signo from c. A signal orders nothing else: what was
 * done before raise or kill may be a race with what the receiver does. */
#define goro_notify(c, signo)                                                                                          \
    __extension__({                                                                                                    \
        GORO_TAKES_SIGNALS_(c);                                                                                        \
        goro_notify_((void *)(c), (signo));                                                                            \
    })
/* Ends all that is registered for c: when it returns, nothing is sent to c any more. A signal that nobody wants now does
 * again what it did before, unless the program has installed a handler meanwhile. chan_close and chan_free do this, too.
 * A NULL channel is never registered. */
#define goro_notify_stop(c)                                                                                            \
    __extension__({                                                                                                    \
        GORO_TAKES_SIGNALS_(c);                                                                                        \
        goro_notify_stop_((void *)(c));                                                                                \
    })
/* The signal is registered for no channel any more, and is ignored. */
void goro_signal_ignore(int signo);
/* The signal is registered for no channel any more, and does what it did before goro_notify or goro_signal_ignore. */
void goro_signal_reset(int signo);
#define GORO_TAKES_SIGNALS_(c)                                                                                         \
    GORO_CAN_SEND_(c);                                                                                                 \
    _Static_assert(__builtin_types_compatible_p(GORO_ELEMENT_(c), int), "signals go to a channel of int: chan(int)")
void goro_notify_(void *c, int signo);
void goro_notify_stop_(void *c);

/* -- context -----------------------------------------------------------------------------------------------------
 *
 * A tree of cancellations: package context. Each with_ call returns a new context, never NULL, to be given back by
 * goro_ctx_free; a parent may be freed before its children. Cancelling is idempotent and cancels the children. */
enum { GORO_CANCELED = 1, GORO_DEADLINE_EXCEEDED = 2 };
/* The root: never cancelled, never freed (goro_ctx_free ignores it). */
goro_ctx *goro_ctx_background(void);
goro_ctx *goro_ctx_with_cancel(goro_ctx *parent);
goro_ctx *goro_ctx_with_timeout(goro_ctx *parent, int64_t ns);
goro_ctx *goro_ctx_with_deadline(goro_ctx *parent, int64_t time);
/* Keys are compared as pointers, and NULL is none (panic); the value stays the caller's. */
goro_ctx *goro_ctx_with_value(goro_ctx *parent, const void *key, void *value);
void goro_ctx_cancel(goro_ctx *ctx);
/* Closed when the context is cancelled or its time has passed; NULL for one that never is. Lives as long as ctx. */
chan_rx(goro_empty) goro_ctx_done(goro_ctx *ctx);
/* 0, GORO_CANCELED or GORO_DEADLINE_EXCEEDED. */
int goro_ctx_err(goro_ctx *ctx);
/* The value of the nearest context up the tree that has the key; NULL. */
void *goro_ctx_value(goro_ctx *ctx, const void *key);
/* Cancels ctx and gives it back; its children live on, cancelled. Nobody may use ctx any more. */
void goro_ctx_free(goro_ctx *ctx);

/* -- errgroup ------------------------------------------------------------------------------------------------------
 *
 * Goroutines of one task, with the first failure: golang.org/x/sync/errgroup. Must be initialised; goro_group_wait gives
 * everything back, and the group may then be initialised again. The context lives inside it: look at it (done, err) for as
 * long as the group's memory is there. */
typedef struct goro_group {
    goro_wg wg_;
    goro_sem limit_;
    bool limited_;
    uint32_t lock_;
    int result_;
    uint64_t ctx_[36]; /* the context itself */
} goro_group;
/* ctx (NULL: background) is the parent of the group's context. */
void goro_group_init(goro_group *g, goro_ctx *ctx);
/* Cancelled by the first failure, and when goro_group_wait returns. It must not be given to goro_ctx_free. */
goro_ctx *goro_group_ctx(goro_group *g);
/* At most n goroutines at a time; n < 0: no limit. Not while goroutines of the group are active. */
void goro_group_set_limit(goro_group *g, int n);
/* Starts fn(argument), after waiting for room within the limit. A result other than 0 is a failure. */
void goro_group_go(goro_group *g, int (*fn)(void *), void *argument);
/* Waits for all; the first result that was not 0, or 0. */
int goro_group_wait(goro_group *g);

/* -- I/O -----------------------------------------------------------------------------------------------------------
 *
 * Like the calls they are named after, but park the goroutine and not its thread. The descriptor is made non-blocking
 * on first use; one that cannot be waited for (a regular file) is read or written at once. Errors are in errno. */
ssize_t goro_read(int fd, void *buffer, size_t n);
ssize_t goro_write(int fd, const void *buffer, size_t n);
int goro_accept(int fd, struct sockaddr *address, socklen_t *length);
int goro_connect(int fd, const struct sockaddr *address, socklen_t length);
ssize_t goro_recv(int fd, void *buffer, size_t n, int flags);
ssize_t goro_send(int fd, const void *buffer, size_t n, int flags);
/* Waits until one of `events` (POLLIN, POLLOUT of <poll.h>) holds, or until `deadline` (< 0: none). Returns the events
 * that hold, POLLERR and POLLHUP included, or -1 with errno (ETIMEDOUT when the deadline has passed). */
int goro_wait_fd(int fd, int events, int64_t deadline);
/* From `deadline` on (a time of goro_now(); < 0: no deadline any more), the calls above that read, accept (`events`
 * POLLIN), write or connect (POLLOUT) fail with ETIMEDOUT, as those that wait now do; goro_wait_fd has its own. Until it
 * is set again, as with SetDeadline of Go's net. 0, or -1 with errno EBADF. The deadline belongs to the descriptor's
 * number: close it with goro_close, or take the deadline away before close(). */
int goro_set_deadline(int fd, int events, int64_t deadline);
/* close(), after which goroutines that wait for fd return with EBADF. A call on fd that starts meanwhile in another
 * goroutine may meet the next file of that number, as with close() and threads. */
int goro_close(int fd);

/* -- annotations -----------------------------------------------------------------------------------------------------
 *
 * For synchronisation and accesses that race detection cannot see. They do nothing in a program built without -race. */
void goro_race_acquire(const volatile void *address);
void goro_race_release(const volatile void *address);
void goro_race_release_merge(const volatile void *address);
void goro_race_disable(void);
void goro_race_enable(void);
void goro_race_read(const volatile void *address, size_t n);
void goro_race_write(const volatile void *address, size_t n);
bool goro_race_enabled(void);

#endif
