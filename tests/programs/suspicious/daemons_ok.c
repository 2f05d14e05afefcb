// Goroutines that are still blocked when main returns, by design, on what globals still reach: a leak warning at most.
// expect: none
// allow: GL001 GX001
// each: logger_on_global idle_pool unused_server accept_loop parked_on_global_mutex cond_daemon signal_listener
// each: ticker_daemon pipe_reader config_watcher lazy_worker event_bus free_list_keeper reaper
// runs: 2
#include "../pick.h"
#include "../stage.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define CHECK(x) ((x) ? (void)0 : abort())

static chan(int) log_lines;
static int logged;
static void logger(void) {
    int v;
    chan_range(v, log_lines) logged += v;
}
static void logger_on_global(void) {
    log_lines = chan_make(int, 8);
    go(logger);
    for (int i = 0; i < 5; i++) chan_send(log_lines, i);
    stage_pause();
}

static struct { chan(int) jobs, results; } pool;
static void pool_worker(void) {
    int v;
    chan_range(v, pool.jobs) chan_send(pool.results, v * v);
}
static void idle_pool(void) { /* all work is done; the workers wait for more that never comes */
    int sum = 0;
    pool.jobs = chan_make(int, 0);
    pool.results = chan_make(int, 4);
    for (int i = 0; i < 4; i++) go(pool_worker);
    for (int i = 1; i <= 4; i++) chan_send(pool.jobs, i);
    for (int i = 0; i < 4; i++) sum += chan_recv(pool.results);
    CHECK(sum == 30);
}
static void unused_server(void) {
    pool.jobs = chan_make(int, 0);
    pool.results = chan_make(int, 0);
    go(pool_worker);
    stage_pause();
}

static int listener;
static void accept_forever(void) {
    for (int fd; (fd = goro_accept(listener, NULL, NULL)) >= 0;) close(fd);
}
static void accept_loop(void) { /* waits for I/O: any process may connect */
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    listener = socket(AF_INET, SOCK_STREAM, 0);
    CHECK(bind(listener, (struct sockaddr *)&a, sizeof a) == 0 && listen(listener, 2) == 0);
    go(accept_forever);
    stage_pause();
}

static goro_mutex pause_button;
static void run_unless_paused(void) {
    goro_mutex_lock(&pause_button);
    goro_mutex_unlock(&pause_button);
}
static void parked_on_global_mutex(void) { /* main has paused it, and could let it go on at any time */
    goro_mutex_lock(&pause_button);
    go(run_unless_paused);
    stage_pause();
    goro_mutex_unlock(&pause_button);
    stage_pause();
}

static goro_mutex dirty_mu;
static goro_cond dirty;
static int writes;
static void flush_forever(void) {
    goro_mutex_lock(&dirty_mu);
    for (;;) {
        while (!writes) goro_cond_wait(&dirty);
        writes = 0;
    }
}
static void cond_daemon(void) {
    goro_cond_init(&dirty, &dirty_mu);
    go(flush_forever);
    for (int i = 0; i < 3; i++) {
        goro_mutex_lock(&dirty_mu);
        writes++;
        goro_cond_signal(&dirty);
        goro_mutex_unlock(&dirty_mu);
    }
    stage_pause();
}

static chan(int) reload;
static void wait_for_reload(void) { use(chan_recv(reload)); }
static void signal_listener(void) {
    reload = chan_make(int, 1);
    go(wait_for_reload);
    stage_pause();
}
static void config_watcher(void) { /* one of its two channels still may speak */
    chan(int) gone = NULL;
    int v;
    reload = chan_make(int, 1);
    go(wait_for_reload);
    chan_select {
        chan_case_recv(gone, v) use(v);
        chan_default stage_pause();
    }
}

static goro_ticker clock_tick;
static atomic_int ticks;
static void tick_forever(void) {
    for (;;) {
        use(chan_recv(goro_ticker_chan(&clock_tick)));
        atomic_fetch_add(&ticks, 1);
    }
}
static void ticker_daemon(void) {
    goro_ticker_start(&clock_tick, GORO_MILLISECOND);
    go(tick_forever);
    while (atomic_load(&ticks) < 3) goro_sleep(GORO_MILLISECOND);
}

static int ends[2];
static void read_forever(void) {
    char c;
    while (goro_read(ends[0], &c, 1) == 1) continue;
}
static void pipe_reader(void) {
    CHECK(pipe(ends) == 0);
    go(read_forever);
    CHECK(goro_write(ends[1], "ab", 2) == 2);
    stage_pause();
}

static goro_once lazy;
static void start_logger(void) {
    log_lines = chan_make(int, 0);
    go(logger);
}
static void log_number(int n) {
    goro_once_do(&lazy, start_logger);
    chan_send(log_lines, n);
}
static void lazy_worker(void) {
    goro_wg wg = {0};
    for (int i = 0; i < 3; i++) goro_wg_go(&wg, log_number, i);
    goro_wg_wait(&wg);
}

static struct subscriber {
    chan(int) events;
    struct subscriber *next;
} * subscribers;
static void hear(struct subscriber *s) {
    int v;
    chan_range(v, s->events) use(v);
}
static void event_bus(void) { /* subscribers in a global list: reached through the heap */
    for (int i = 0; i < 3; i++) {
        struct subscriber *s = malloc(sizeof *s);
        CHECK(s);
        *s = (struct subscriber){chan_make(int, 1), subscribers};
        subscribers = s;
        go(hear, s);
    }
    for (struct subscriber *s = subscribers; s; s = s->next) chan_send(s->events, 1);
    stage_pause();
}

static chan(void *) free_list;
static void keep_free_list(void) {
    void *kept = NULL;
    for (;;) {
        kept = chan_recv(free_list);
        free(kept);
    }
}
static void free_list_keeper(void) {
    free_list = chan_make(void *, 2);
    go(keep_free_list);
    for (int i = 0; i < 4; i++) chan_send(free_list, malloc(16));
    stage_pause();
}

static goro_wg running;
static chan(goro_empty) all_ended;
static void reap(void) { /* waits for a group that main fills for as long as it runs */
    goro_wg_wait(&running);
    chan_close(all_ended);
}
static void end_soon(void) {
    stage_pause();
    goro_wg_done(&running);
}
static void reaper(void) {
    all_ended = chan_make(goro_empty, 0);
    goro_wg_add(&running, 2);
    go(end_soon);
    go(end_soon);
    go(reap);
    chan_recv(all_ended);
}

int main(int argc, char **argv) {
    static const struct pattern all[] = {
        PATTERN(logger_on_global),
        PATTERN(idle_pool),
        PATTERN(unused_server),
        PATTERN(accept_loop),
        PATTERN(parked_on_global_mutex),
        PATTERN(cond_daemon),
        PATTERN(signal_listener),
        PATTERN(ticker_daemon),
        PATTERN(pipe_reader),
        PATTERN(config_watcher),
        PATTERN(lazy_worker),
        PATTERN(event_bus),
        PATTERN(free_list_keeper),
        PATTERN(reaper),
    };
    return argc > 1 ? RUN_PATTERNS(all, argc, argv) : 0; /* each has the process for itself */
}
