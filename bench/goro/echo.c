/* An echo server and its 10,000 clients in one process, over the loopback: connecting, then round trips of 64 bytes on
 * all connections at once. Fewer connections where the limit of descriptors cannot be raised. */
#include "bench.h"

#include <arpa/inet.h>
#include <unistd.h>

enum { CONNECTIONS = 10000, BYTES = 64, OTHERS = 100 };

static void check(bool holds, const char *call) {
    if (holds) return;
    perror(call);
    exit(1);
}

static void serve(int fd) {
    char buffer[BYTES];
    ssize_t n;
    while ((n = goro_read(fd, buffer, sizeof buffer)) > 0) check(goro_write(fd, buffer, (size_t)n) == n, "write");
    close(fd);
}

static void accept_all(int listener, int connections) {
    for (int i = 0; i < connections; i++) {
        int fd = goro_accept(listener, NULL, NULL);
        check(fd >= 0, "accept");
        go(serve, fd);
    }
}

struct clients {
    struct sockaddr_in address;
    long rounds;
    goro_wg connected, done;
    chan(goro_empty) begin;
};

static void talk(struct clients *c) {
    char out[BYTES] = "ping", in[BYTES];
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    check(fd >= 0, "socket");
    check(goro_connect(fd, (struct sockaddr *)&c->address, sizeof c->address) == 0, "connect");
    goro_wg_done(&c->connected);
    (void)chan_recv_ok(c->begin, NULL);
    for (long i = 0; i < c->rounds; i++) {
        check(goro_write(fd, out, BYTES) == BYTES, "write");
        for (ssize_t got = 0, n; got < BYTES; got += n) check((n = goro_read(fd, in, (size_t)(BYTES - got))) > 0, "read");
    }
    goro_wg_done(&c->done);
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &(struct linger){1, 0}, sizeof(struct linger)); /* no port in TIME_WAIT */
    close(fd);
}

/* As many connections as two descriptors each are to be had for. */
static int most_connections(void) {
    struct rlimit l, more = {2 * CONNECTIONS + OTHERS, 2 * CONNECTIONS + OTHERS};
    getrlimit(RLIMIT_NOFILE, &l);
    if (l.rlim_cur < more.rlim_cur && setrlimit(RLIMIT_NOFILE, &more) != 0) {
        l.rlim_cur = l.rlim_max;
        setrlimit(RLIMIT_NOFILE, &l);
    }
    getrlimit(RLIMIT_NOFILE, &l);
    return l.rlim_cur < more.rlim_cur ? (int)(l.rlim_cur - OTHERS) / 2 : CONNECTIONS;
}

int main(int argc, char **argv) {
    int connections = most_connections(), listener = socket(AF_INET, SOCK_STREAM, 0);
    struct clients c = {.address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)},
                        .rounds = bench_count(argc, argv, 200000) / connections + 1,
                        .begin = chan_make(goro_empty, 0)};
    socklen_t length = sizeof c.address;
    check(bind(listener, (struct sockaddr *)&c.address, length) == 0, "bind");
    check(listen(listener, 4096) == 0, "listen");
    check(getsockname(listener, (struct sockaddr *)&c.address, &length) == 0, "getsockname");

    long before = bench_resident_bytes();
    int64_t start = bench_now();
    go(accept_all, listener, connections);
    goro_wg_add(&c.connected, connections);
    goro_wg_add(&c.done, connections);
    for (int i = 0; i < connections; i++) go(talk, &c);
    goro_wg_wait(&c.connected);
    bench_report("echo_connect", bench_now() - start, connections);

    int64_t cpu = bench_cpu_ns();
    start = bench_now();
    chan_close(c.begin);
    goro_wg_wait(&c.done);
    bench_report("echo_rtt", bench_now() - start, c.rounds * connections);
    bench_report("echo_rtt_cpu", bench_cpu_ns() - cpu, c.rounds * connections);
    bench_report("echo_bytes", bench_resident_bytes() - before, connections);
    return 0;
}
