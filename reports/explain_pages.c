/* The pages themselves. Each says what the finding means, shows the smallest program that has it, and how to mend it,
 * for a reader who has written a few C programs and is new to concurrency. At most 24 lines of 80 columns. */
#include "reports/explain.h"
#include "reports/language.h"

const char explain_page_GR001[] = N_(
    "Two goroutines use the same memory, at least one of them writes, and nothing\n"
    "orders the two. What the reader gets is then a matter of luck, and the\n"
    "compiler may assume that it does not happen. It is an error even if this run\n"
    "went well.\n"
    "\n"
    "Two accesses are ordered when a chain of synchronisation leads from one to the\n"
    "other: a send to its receive, an unlock to the next lock, goro_wg_done to the\n"
    "goro_wg_wait it releases, a go statement to the goroutine it starts.\n"
    "\n"
    "    static int counter;\n"
    "    static void add(void) { counter++; }         // read, add, write\n"
    "    int main(void) {\n"
    "        go(add);\n"
    "        counter++;                               // at the same time as add\n"
    "    }\n"
    "\n"
    "Repairs\n"
    "  * one goroutine owns the data, the others send to it over a channel;\n"
    "  * one goro_mutex around every access to it, in every place;\n"
    "  * wait for the other (goro_wg_wait, a receive) before touching it;\n"
    "  * for a lone counter or flag: _Atomic int counter.\n");

const char explain_page_GR002[] = N_(
    "One goroutine uses the memory by an atomic operation, another by a plain read\n"
    "or write, and nothing orders the two. An atomic operation protects only\n"
    "against other atomic operations.\n"
    "\n"
    "    static int ready;\n"
    "    // goroutine A:   __atomic_store_n(&ready, 1, __ATOMIC_RELEASE);\n"
    "    // goroutine B:   while (!ready) goro_yield();         <- a plain read\n"
    "\n"
    "Repairs\n"
    "  * make every access atomic: declare the variable _Atomic, or use\n"
    "    __atomic_load_n(&ready, __ATOMIC_ACQUIRE) on the reading side;\n"
    "  * for \"tell me when it is done\", a channel says it better than a flag.\n");

const char explain_page_GR003[] = N_(
    "Memory is used by one goroutine and freed by another, or it was a local\n"
    "variable of a function that has returned (or lay on the stack of a goroutine\n"
    "that has ended), and nothing orders the use before that. In another run the use\n"
    "comes second, and meets somebody else's memory.\n"
    "\n"
    "    struct job *j = malloc(sizeof *j);\n"
    "    go(work, j);\n"
    "    free(j);                                     // work may still use it\n"
    "\n"
    "    static void start(void) {\n"
    "        int n = 5;\n"
    "        go(count, &n);\n"
    "    }                                            // n is gone, count is not\n"
    "\n"
    "Repairs\n"
    "  * let the last user free it: hand the ownership over, over a channel say;\n"
    "  * wait for the user before the free, or before the function returns\n"
    "    (goro_wg_wait, a receive);\n"
    "  * give a goroutine memory of its own (malloc), or the value itself, instead\n"
    "    of the address of a local variable.\n");

const char explain_page_GD001[] = N_(
    "Every goroutine waits, and no timer, I/O or foreign thread is left that could\n"
    "wake one of them. The program would stand still for ever.\n"
    "\n"
    "    chan(int) c = chan_make(int, 0);\n"
    "    chan_send(c, 1);                             // nobody will ever receive\n"
    "\n"
    "Repairs: look at what each goroutine waits on.\n"
    "  * a receive: who should have sent, or closed the channel (chan_range ends\n"
    "    only when it is closed)?\n"
    "  * a send: who should have received? Is the buffer large enough?\n"
    "  * a lock: who holds it, and what does that goroutine wait for?\n"
    "  * goro_wg_wait: which goroutine did not call goro_wg_done?\n");

const char explain_page_GD002[] = N_(
    "Some goroutines wait for locks in a circle: each holds what the next one\n"
    "wants. They wait for ever, while the rest of the program runs on.\n"
    "Threads and pthread mutexes, rwlocks and spin locks count like goroutines and\n"
    "goro's locks.\n"
    "\n"
    "    // goroutine A                       // goroutine B\n"
    "    goro_mutex_lock(&from);              goro_mutex_lock(&to);\n"
    "    goro_mutex_lock(&to);                goro_mutex_lock(&from);\n"
    "\n"
    "Repairs\n"
    "  * take locks in the same order everywhere (by address, by account number);\n"
    "  * hold one lock at a time; or use one lock for both.\n");

const char explain_page_GD003[] = N_(
    "A goroutine waits on an object that nothing still running can reach: no\n"
    "variable leads to the channel, lock or WaitGroup any more, so nobody can ever\n"
    "wake it.\n"
    "\n"
    "    static int first(void) {\n"
    "        chan(int) c = chan_make(int, 0);\n"
    "        go(ask, 1, c);\n"
    "        go(ask, 2, c);\n"
    "        return chan_recv(c);                    // the slower one waits for ever\n"
    "    }\n"
    "\n"
    "Repairs\n"
    "  * give the channel room for every answer: chan_make(int, 2);\n"
    "  * tell the others to stop: a context, or a channel that is closed.\n");

const char explain_page_GD004[] = N_(
    "Two goroutines take the same locks in different orders. In this run they did\n"
    "not meet; in another they can each hold one and wait for the other.\n"
    "\"predicted\" means that the order alone was seen, \"confirmed\" that a schedule\n"
    "that stands still was found and run.\n"
    "pthread's mutexes and rwlocks count like goro's.\n"
    "\n"
    "    // goroutine A: lock(&a); lock(&b);    goroutine B: lock(&b); lock(&a);\n"
    "\n"
    "Repairs\n"
    "  * take locks in one order everywhere; write that order down;\n"
    "  * or hold one lock at a time.\n");

const char explain_page_GL001[] = N_(
    "main returned while a goroutine was still blocked. Its work is lost, and in a\n"
    "program that runs longer each such goroutine keeps its memory for ever.\n"
    "\n"
    "    go(worker, jobs);                            // chan_range over jobs\n"
    "    return 0;                                    // jobs was never closed\n"
    "\n"
    "Repairs\n"
    "  * close the channel that it ranges over; cancel the context it listens to;\n"
    "  * wait for it with a WaitGroup before main returns.\n"
    "It is a warning: it fails the run only with --strict.\n");

const char explain_page_GW001[] = N_(
    "A goroutine waits on a WaitGroup whose counter cannot reach zero: goro_wg_done\n"
    "was called less often than goro_wg_add counted, and nobody is left to call it.\n"
    "\n"
    "    goro_wg_add(&wg, 1);\n"
    "    go(work, &wg);      // returns early on an error, without goro_wg_done\n"
    "    goro_wg_wait(&wg);\n"
    "\n"
    "Repairs\n"
    "  * goro_wg_go(&wg, work, ...) counts and calls done by itself;\n"
    "  * or goro_at_exit(done, &wg) as its first line: that runs on every way out.\n");

const char explain_page_GW002[] = N_(
    "The WaitGroup's counter went below zero: goro_wg_done was called more often\n"
    "than goro_wg_add counted. The program panics, as in Go.\n"
    "\n"
    "    goro_wg_add(&wg, 1);\n"
    "    go(work, &wg);\n"
    "    go(work, &wg);                               // a second done\n"
    "\n"
    "Repairs\n"
    "  * one goro_wg_add(&wg, 1) before each go statement;\n"
    "  * exactly one goro_wg_done in each goroutine, or goro_wg_go for both.\n");

const char explain_page_GW003[] = N_(
    "goro_wg_add and goro_wg_wait are not ordered: Wait may see zero and return\n"
    "before the work was counted. Or the WaitGroup is used again before the\n"
    "goroutines that waited on it have returned.\n"
    "\n"
    "    static void work(goro_wg *wg) {\n"
    "        goro_wg_add(wg, 1);                    // too late: inside the goroutine\n"
    "        ...\n"
    "    }\n"
    "    go(work, &wg);\n"
    "    goro_wg_wait(&wg);                           // may return at once\n"
    "\n"
    "Repair: call goro_wg_add before the go statement, in the goroutine that waits.\n");

const char explain_page_GC001[] = N_(
    "A value is sent on a channel that is closed, or may be: a send and a close\n"
    "that nothing orders are reported even if this run was lucky. Such a send\n"
    "panics.\n"
    "\n"
    "    go(producer, c);\n"
    "    chan_close(c);                               // the producer may still send\n"
    "\n"
    "Repairs\n"
    "  * only the sender closes, after its last send;\n"
    "  * with several senders: a WaitGroup counts them, and one goroutine waits for\n"
    "    it and then closes;\n"
    "  * a receiver that wants no more says so on a channel (or context) of its\n"
    "    own.\n");

const char explain_page_GC002[] = N_(
    "A channel was closed twice, or a NULL channel was closed. Both panic.\n"
    "\n"
    "    static void stop(void) { chan_close(quit); }  // called by two goroutines\n"
    "\n"
    "Repairs\n"
    "  * one owner closes;\n"
    "  * if several may ask for it: goro_once_do(&once, stop).\n");

const char explain_page_GC003[] = N_(
    "A goroutine sends to or receives from a NULL channel outside of a select. That\n"
    "waits for ever, by definition.\n"
    "\n"
    "    static chan(int) results;                    // never made\n"
    "    int r = chan_recv(results);\n"
    "\n"
    "Repair: make the channel first: results = chan_make(int, 1); In a select a\n"
    "NULL channel is useful: its case is switched off.\n");

const char explain_page_GC004[] = N_(
    "chan_free was called while another goroutine still uses the channel, or the\n"
    "channel is used after it was freed, or nothing orders the two.\n"
    "\n"
    "    go(consumer, c);\n"
    "    chan_send(c, 1);\n"
    "    chan_close(c);\n"
    "    chan_free(c);                                // the consumer still uses it\n"
    "\n"
    "Repairs\n"
    "  * wait for the other users, then free: goro_wg_wait(&wg); chan_free(c);\n"
    "  * or let the last receiver free it, after it has seen the close.\n");

const char explain_page_GM001[] = N_(
    "A lock was unlocked that was not locked, or goro_rwmutex_runlock was called\n"
    "without goro_rwmutex_rlock. The program panics, as in Go.\n"
    "Of a pthread mutex or rwlock it is an unlock that POSIX leaves undefined: of a\n"
    "free one, or of a mutex that another thread holds. The program runs on.\n"
    "\n"
    "    goro_mutex_lock(&mu);\n"
    "    if (error) goro_mutex_unlock(&mu);           // and again below\n"
    "    goro_mutex_unlock(&mu);\n"
    "\n"
    "Repairs\n"
    "  * one unlock for each lock, on every way out: a single exit, or goto out;\n"
    "  * rlock goes with runlock, lock with unlock.\n");

const char explain_page_GM002[] = N_(
    "A goroutine locks what it holds already, and so waits for itself: a mutex\n"
    "twice, a write lock while it holds a read lock, or a second read lock while a\n"
    "writer waits.\n"
    "So does a thread with a pthread mutex or rwlock. A recursive mutex may be\n"
    "locked again; one that checks for errors refuses (EDEADLK).\n"
    "\n"
    "    static void add(int n) {\n"
    "        goro_mutex_lock(&mu);\n"
    "        total += n;\n"
    "        print_total();                           // locks mu, too\n"
    "        goro_mutex_unlock(&mu);\n"
    "    }\n"
    "\n"
    "Repairs\n"
    "  * unlock before calling; or\n"
    "  * split: print_total locks and calls print_total_locked, which add calls.\n");

const char explain_page_GM003[] = N_(
    "A mutex, WaitGroup, Once or Cond was copied after its first use, or was freed\n"
    "(or its function returned) while somebody held it or waited on it. A copy\n"
    "protects nothing: the others lock the original.\n"
    "Of pthread locks: a mutex, rwlock or spin lock was destroyed while it was held.\n"
    "\n"
    "    static void work(struct counter c) {         // by value: copies c.mu\n"
    "        goro_mutex_lock(&c.mu);\n"
    "\n"
    "Repairs\n"
    "  * pass a pointer: void work(struct counter *c);\n"
    "  * let it live at least as long as everybody who uses it: static, on the\n"
    "    heap, or in a function that waits for them.\n");

const char explain_page_GX001[] = N_(
    "A context was never cancelled, or a timer or ticker never stopped. Until then\n"
    "it keeps memory, and a goroutine or timer busy. Cancelling is enough.\n"
    "\n"
    "    goro_ctx *ctx = goro_ctx_with_timeout(parent, GORO_SECOND);\n"
    "    int r = ask(ctx);\n"
    "    return r;                                    // ctx is never cancelled\n"
    "\n"
    "Repairs\n"
    "  * goro_ctx_cancel(ctx) when the work is done, also when it succeeded;\n"
    "  * goro_timer_stop(&t), goro_ticker_stop(&t).\n"
    "It is a note: it fails the run only with --strict.\n");
