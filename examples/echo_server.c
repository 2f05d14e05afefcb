// An echo server: a goroutine for each connection, written as if reading blocked. Only the goroutine waits, not its thread,
// so 10,000 connections need a few threads: `echo_server 10000` (two descriptors each: the limit is raised if it may be).
// The clients are goroutines of the same program, over the loopback.
// expect: none
// stdout: 200 clients, 1000 lines came back
#include <goro.h>
#include <arpa/inet.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum { LINES = 5 };

static void must(bool holds, const char *call) {
    if (holds) return;
    perror(call);
    exit(1);
}

// -- the server ---------------------------------------------------------------------------------------------------------

static void serve(int fd) {
    char buffer[512];
    ssize_t n;
    while ((n = goro_read(fd, buffer, sizeof buffer)) > 0)
        if (goro_write(fd, buffer, (size_t)n) != n) break;
    close(fd);
}

// A real server would go on for ever.
static void accept_some(int listener, int connections, goro_wg *served) {
    for (int i = 0; i < connections; i++) {
        int fd = goro_accept(listener, NULL, NULL);
        must(fd >= 0, "accept");
        goro_wg_go(served, serve, fd);
    }
    close(listener);
    goro_wg_done(served);
}

static int listen_somewhere(struct sockaddr_in *address) {
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    socklen_t size = sizeof *address;
    *address = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    must(fd >= 0 && bind(fd, (struct sockaddr *)address, size) == 0 && listen(fd, 4096) == 0, "listen");
    must(getsockname(fd, (struct sockaddr *)address, &size) == 0, "getsockname");
    return fd;
}

// -- the clients --------------------------------------------------------------------------------------------------------

struct clients {
    struct sockaddr_in address;
    goro_wg done;
    atomic_int lines;
};

static void read_line(int fd, char *line, size_t size) {
    size_t have = 0;
    ssize_t n;
    while (have == 0 || line[have - 1] != '\n') {
        must((n = goro_read(fd, line + have, size - 1 - have)) > 0, "read");
        have += (size_t)n;
    }
    line[have] = 0;
}

static void talk(struct clients *c, int number) {
    char out[64], in[64];
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    must(fd >= 0, "socket");
    must(goro_connect(fd, (struct sockaddr *)&c->address, sizeof c->address) == 0, "connect");
    for (int i = 0; i < LINES; i++) {
        int n = snprintf(out, sizeof out, "line %d of client %d\n", i, number);
        must(goro_write(fd, out, (size_t)n) == n, "write");
        read_line(fd, in, sizeof in);
        if (!strcmp(in, out)) atomic_fetch_add(&c->lines, 1);
    }
    close(fd);
    goro_wg_done(&c->done);
}

static void raise_limit(int clients) {
    rlim_t wanted = 2 * (rlim_t)clients + 64;
    struct rlimit l;
    must(getrlimit(RLIMIT_NOFILE, &l) == 0, "getrlimit");
    if (l.rlim_cur >= wanted) return;
    l.rlim_cur = wanted;
    if (l.rlim_max < wanted) l.rlim_max = wanted;
    must(setrlimit(RLIMIT_NOFILE, &l) == 0, "setrlimit (fewer clients, or ulimit -n)");
}

int main(int argc, char **argv) {
    int clients = argc > 1 ? atoi(argv[1]) : 200;
    struct clients c = {0};
    goro_wg served = {0};
    raise_limit(clients);
    goro_wg_add(&served, 1);
    go(accept_some, listen_somewhere(&c.address), clients, &served);
    goro_wg_add(&c.done, clients);
    for (int i = 0; i < clients; i++) go(talk, &c, i);
    goro_wg_wait(&c.done);
    goro_wg_wait(&served);
    printf("%d clients, %d lines came back\n", clients, atomic_load(&c.lines));
    return 0;
}
