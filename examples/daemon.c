// A daemon: it leaves its terminal, writes its pid file, serves a socket with a pool of workers, and ends in order on
// SIGTERM.
//
// Where it forks is what matters with goroutines. A child of fork has only the thread that forked: goroutines that ran
// on others would be gone, with whatever locks they held. So all forking comes first, before the first go, and then both
// processes may use goro like any other. (A program that finds out later that it should be a daemon starts itself again:
// fork, or posix_spawn, and exec are allowed at any time.)
//
// The end is a signal like any other value: one goroutine waits for it, then ends each stage from the front: no new
// clients, no new requests of those that are there, the queue closed, the workers waited for, the files removed.
//
// The parent plays the clients here, so that the example ends by itself. The pipe between the two tells it when the
// daemon is ready, and, when it closes, that the daemon is gone.
//
// outside: the daemon is a process of its own, and answers when it can
// expect: none
// stdout: the daemon is ready
// stdout: 3 clients had 12 answers, all right
// stdout: asked to end by its pid file
// stdout: the daemon has ended and left nothing behind
#include <goro.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WORKERS = 4, QUEUE = 16, MOST_CLIENTS = 32, CLIENTS = 3, QUESTIONS = 4 };

static char folder[] = "/tmp/goro-daemon-XXXXXX";
static char socket_name[64], pid_name[64];

// True: all n bytes. False: the other side has ended.
static bool read_whole(int fd, void *p, size_t n) {
    for (size_t done = 0; done < n;) {
        ssize_t r = goro_read(fd, (char *)p + done, n - done);
        if (r <= 0) return false;
        done += (size_t)r;
    }
    return true;
}

static int socket_at(const char *name, struct sockaddr_un *address) {
    *address = (struct sockaddr_un){.sun_family = AF_UNIX};
    strncpy(address->sun_path, name, sizeof address->sun_path - 1);
    return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

// ---- the daemon ----------------------------------------------------------------------------------------------------

struct job {
    uint32_t n;
    chan(uint32_t) answer;
};

struct daemon {
    int listener;
    chan(struct job *) queue;
    goro_wg acceptor, sessions, workers;
    goro_mutex mu;
    int clients[MOST_CLIENTS]; // open ones, 0: none. With mu
    atomic_bool ending;
};

static uint32_t primes_below(uint32_t n) {
    uint32_t count = 0;
    for (uint32_t i = 2; i < n; i++) {
        uint32_t d = 2;
        while (d * d <= i && i % d) d++;
        count += d * d > i;
    }
    return count;
}

static void work(struct daemon *d) {
    struct job *job;
    chan_range(job, d->queue) chan_send(job->answer, primes_below(job->n));
}

// False: there are too many.
static bool client_enter(struct daemon *d, int fd) {
    int i = 0;
    goro_mutex_lock(&d->mu);
    while (i < MOST_CLIENTS && d->clients[i]) i++;
    if (i < MOST_CLIENTS) d->clients[i] = fd;
    goro_mutex_unlock(&d->mu);
    return i < MOST_CLIENTS;
}

static void client_leave(struct daemon *d, int fd) {
    goro_mutex_lock(&d->mu);
    for (int i = 0; i < MOST_CLIENTS; i++)
        if (d->clients[i] == fd) d->clients[i] = 0;
    goro_mutex_unlock(&d->mu);
    close(fd);
}

static void serve_client(struct daemon *d, int fd) {
    struct job job = {.answer = chan_make(uint32_t, 0)};
    while (read_whole(fd, &job.n, sizeof job.n)) {
        chan_send(d->queue, &job);
        uint32_t answer = chan_recv(job.answer);
        if (goro_write(fd, &answer, sizeof answer) != sizeof answer) break;
    }
    chan_free(job.answer);
    client_leave(d, fd);
}

static void accept_clients(struct daemon *d) {
    for (int fd; (fd = goro_accept(d->listener, NULL, NULL)) >= 0;) {
        if (atomic_load(&d->ending)) {
            close(fd);
            return;
        }
        if (client_enter(d, fd)) goro_wg_go(&d->sessions, serve_client, d, fd);
        else close(fd);
    }
}

static void daemon_start(struct daemon *d) {
    struct sockaddr_un address;
    *d = (struct daemon){.listener = socket_at(socket_name, &address), .queue = chan_make(struct job *, QUEUE)};
    if (bind(d->listener, (struct sockaddr *)&address, sizeof address) || listen(d->listener, MOST_CLIENTS))
        goro_panic("%s: %s", socket_name, strerror(errno));
    for (int i = 0; i < WORKERS; i++) goro_wg_go(&d->workers, work, d);
    goro_wg_go(&d->acceptor, accept_clients, d);
}

static void daemon_stop(struct daemon *d) {
    struct sockaddr_un address;
    int last = socket_at(socket_name, &address); // one more client, so that the acceptor looks up
    atomic_store(&d->ending, true);
    if (goro_connect(last, (struct sockaddr *)&address, sizeof address) != 0)
        goro_panic("connect: %s", strerror(errno));
    goro_wg_wait(&d->acceptor);
    close(last);
    goro_mutex_lock(&d->mu);
    for (int i = 0; i < MOST_CLIENTS; i++)
        if (d->clients[i]) shutdown(d->clients[i], SHUT_RD); // what it has asked already is answered
    goro_mutex_unlock(&d->mu);
    goro_wg_wait(&d->sessions);
    chan_close(d->queue);
    goro_wg_wait(&d->workers);
    chan_free(d->queue);
    close(d->listener);
}

static void write_pid_file(void) {
    int fd = open(pid_name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644); // O_EXCL: one daemon only
    if (fd < 0 || dprintf(fd, "%d\n", getpid()) < 0) goro_panic("%s: %s", pid_name, strerror(errno));
    close(fd);
}

static int daemon_main(int ready) {
    struct daemon d;
    chan(int) signals = chan_make(int, 1);
    goro_notify(signals, SIGTERM); // before anybody can know our pid
    daemon_start(&d);
    write_pid_file();
    if (write(ready, "!", 1) != 1) return 1;
    chan_recv(signals);
    goro_notify_stop(signals);
    daemon_stop(&d);
    chan_free(signals);
    unlink(pid_name);
    unlink(socket_name);
    return 0;
}

// Away from the terminal: a session of its own, whose leader ends, so that it never gets a terminal again. Returns in the
// daemon only.
static void leave_terminal(void) {
    setsid();
    if (fork() != 0) _exit(0);
    umask(022);
    if (chdir("/") != 0) _exit(1);
    int null = open("/dev/null", O_RDWR);
    for (int fd = 0; fd <= 2; fd++) dup2(null, fd);
    if (null > 2) close(null);
}

// ---- its clients ---------------------------------------------------------------------------------------------------

static void ask(goro_wg *wg, int *right) {
    static const uint32_t questions[QUESTIONS] = {10, 100, 1000, 5000}, answers[QUESTIONS] = {4, 25, 168, 669};
    struct sockaddr_un address;
    int fd = socket_at(socket_name, &address);
    uint32_t answer;
    if (goro_connect(fd, (struct sockaddr *)&address, sizeof address) != 0) goro_panic("connect: %s", strerror(errno));
    for (int i = 0; i < QUESTIONS; i++) {
        if (goro_write(fd, &questions[i], sizeof answer) != sizeof answer || !read_whole(fd, &answer, sizeof answer))
            break;
        *right += answer == answers[i];
    }
    close(fd);
    goro_wg_done(wg);
}

static int ask_all(void) {
    goro_wg wg = {0};
    int right[CLIENTS] = {0}, sum = 0;
    goro_wg_add(&wg, CLIENTS);
    for (int i = 0; i < CLIENTS; i++) go(ask, &wg, &right[i]);
    goro_wg_wait(&wg);
    for (int i = 0; i < CLIENTS; i++) sum += right[i];
    return sum;
}

static int pid_in_file(void) {
    int pid = 0;
    FILE *f = fopen(pid_name, "r");
    if (!f || fscanf(f, "%d", &pid) != 1) goro_panic("%s cannot be read", pid_name);
    fclose(f);
    return pid;
}

int main(void) {
    int ready[2];
    char c;
    if (!mkdtemp(folder) || pipe(ready) != 0) return 1;
    snprintf(socket_name, sizeof socket_name, "%s/socket", folder);
    snprintf(pid_name, sizeof pid_name, "%s/pid", folder);
    pid_t child = fork(); // nothing of goro has been used yet
    if (child == 0) {
        close(ready[0]);
        leave_terminal();
        return daemon_main(ready[1]);
    }
    close(ready[1]);
    waitpid(child, NULL, 0);

    if (goro_read(ready[0], &c, 1) == 1) puts("the daemon is ready");
    int right = ask_all();
    if (right == CLIENTS * QUESTIONS) printf("%d clients had %d answers, all right\n", CLIENTS, right);
    if (kill(pid_in_file(), SIGTERM) == 0) puts("asked to end by its pid file");
    bool ended = goro_read(ready[0], &c, 1) == 0;
    if (ended && rmdir(folder) == 0) puts("the daemon has ended and left nothing behind");
    close(ready[0]);
    return 0;
}
