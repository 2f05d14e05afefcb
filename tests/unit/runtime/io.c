/* I/O that parks the goroutine: sockets, pipes, files, deadlines, and descriptors that come back as another file. */
#include "runtime/waiter.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <unistd.h>

static void echo(int fd, goro_wg *wg) {
    char buffer[1000];
    ssize_t n;
    while ((n = goro_read(fd, buffer, sizeof buffer)) > 0)
        if (goro_write(fd, buffer, (size_t)n) != n) abort();
    close(fd);
    goro_wg_done(wg);
}

static void accept_and_echo(int listener, int connections, goro_wg *wg) {
    for (int i = 0; i < connections; i++) {
        int fd = goro_accept(listener, NULL, NULL);
        if (fd < 0) abort();
        go(echo, fd, wg);
    }
}

static void talk(const struct sockaddr_in *address, int id, goro_wg *wg) {
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (goro_connect(fd, (const struct sockaddr *)address, sizeof *address) != 0) abort();
    if (fcntl(fd, F_GETFL) & O_NONBLOCK) abort(); /* left as it was */
    for (int i = 0; i < 20; i++) {
        char out[32], in[32] = "";
        int n = snprintf(out, sizeof out, "%d says %d", id, i);
        if (goro_send(fd, out, (size_t)n, 0) != n) abort();
        for (int got = 0; got < n;) {
            ssize_t r = goro_recv(fd, in + got, (size_t)(n - got), 0);
            if (r <= 0) abort();
            got += (int)r;
        }
        if (strcmp(in, out) != 0) abort();
    }
    close(fd);
    goro_wg_done(wg);
}

static void an_echo_server_serves_many_connections(void **state) {
    (void)state;
    enum { CONNECTIONS = 50 };
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    assert_int_equal(bind(listener, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(listener, CONNECTIONS), 0);
    assert_int_equal(getsockname(listener, (struct sockaddr *)&address, &length), 0);
    goro_wg wg = {0};
    goro_wg_add(&wg, 2 * CONNECTIONS);
    go(accept_and_echo, listener, CONNECTIONS, &wg);
    for (int i = 0; i < CONNECTIONS; i++) go(talk, &address, i, &wg);
    goro_wg_wait(&wg);
    close(listener);
}

static void connecting_to_nobody_fails_with_errno(void **state) {
    (void)state;
    int fd = socket(AF_INET, SOCK_STREAM, 0), other = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    assert_int_equal(bind(other, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(getsockname(other, (struct sockaddr *)&address, &length), 0);
    assert_int_equal(goro_connect(fd, (struct sockaddr *)&address, sizeof address), -1);
    assert_int_equal(errno, ECONNREFUSED);
    close(fd);
    close(other);
}

static void write_many(int fd, size_t n) {
    char *bytes = malloc(n);
    for (size_t i = 0; i < n; i++) bytes[i] = (char)(i * 31);
    if (goro_write(fd, bytes, n) != (ssize_t)n) abort(); /* all of it, however small the pipe is */
    free(bytes);
}
static void write_slowly(int fd, size_t n) {
    write_many(fd, n);
    close(fd);
}

static void a_pipe_carries_more_than_it_holds(void **state) {
    (void)state;
    int p[2];
    size_t total = 0, n = 1 << 20;
    assert_int_equal(pipe(p), 0);
    go(write_slowly, p[1], n);
    char buffer[5000];
    for (ssize_t r; (r = goro_read(p[0], buffer, sizeof buffer)) > 0; total += (size_t)r)
        for (ssize_t i = 0; i < r; i++) assert_int_equal(buffer[i], (char)((total + (size_t)i) * 31));
    assert_int_equal(total, n);
    close(p[0]);
}

static void regular_files_are_read_at_once(void **state) {
    (void)state;
    FILE *f = tmpfile();
    assert_non_null(f);
    assert_int_equal(goro_write(fileno(f), "hello", 5), 5);
    lseek(fileno(f), 0, SEEK_SET);
    char buffer[10];
    assert_int_equal(goro_read(fileno(f), buffer, sizeof buffer), 5);
    assert_memory_equal(buffer, "hello", 5);
    assert_int_equal(goro_wait_fd(fileno(f), POLLIN, -1), POLLIN);
    fclose(f);
    assert_int_equal(goro_read(-1, buffer, 1), -1);
    assert_int_equal(errno, EBADF);
    assert_int_equal(goro_wait_fd(1000000, POLLIN, -1), -1);
    assert_int_equal(errno, EBADF);
}

static void wait_fd_ends_at_its_deadline_or_by_the_event(void **state) {
    (void)state;
    int p[2];
    assert_int_equal(pipe(p), 0);
    int64_t deadline = goro_now() + 3 * GORO_MILLISECOND;
    assert_int_equal(goro_wait_fd(p[0], POLLIN, deadline), -1);
    assert_int_equal(errno, ETIMEDOUT);
    assert_true(goro_now() >= deadline);
    assert_int_equal(goro_wait_fd(p[0], POLLIN, 0), -1);
    assert_int_equal(errno, ETIMEDOUT);
    assert_int_equal(goro_wait_fd(p[1], POLLOUT, -1), POLLOUT);
    go(write_slowly, p[1], (size_t)1);
    assert_true(goro_wait_fd(p[0], POLLIN, goro_now() + GORO_HOUR) & POLLIN);
    close(p[0]);
}

static void read_one(int fd, goro_wg *wg) {
    char c = 0;
    if (goro_recv(fd, &c, 1, 0) != 1 || c != 'x') abort();
    goro_wg_done(wg);
}

static void a_number_that_comes_back_as_another_socket_is_waited_for_anew(void **state) {
    (void)state;
    int before = -1;
    for (int i = 0; i < 20; i++) {
        int s[2];
        goro_wg wg = {0};
        assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, s), 0);
        if (before >= 0) assert_int_equal(s[0], before);
        before = s[0];
        goro_wg_add(&wg, 1);
        go(read_one, s[0], &wg);
        goro_yield();
        assert_int_equal(goro_write(s[1], "x", 1), 1);
        goro_wg_wait(&wg);
        close(s[0]);
        close(s[1]);
    }
}

static void a_reader_and_a_writer_wait_on_one_socket(void **state) {
    (void)state;
    int s[2];
    goro_wg wg = {0};
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, s), 0);
    goro_wg_add(&wg, 1);
    go(read_one, s[0], &wg);
    size_t n = 1 << 20;
    go(write_many, s[0], n);
    char *bytes = malloc(n);
    for (size_t got = 0; got < n;) {
        ssize_t r = goro_recv(s[1], bytes + got, n - got, 0);
        assert_true(r > 0);
        got += (size_t)r;
    }
    free(bytes);
    assert_int_equal(goro_send(s[1], "x", 1, 0), 1);
    goro_wg_wait(&wg);
    close(s[0]);
    close(s[1]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_echo_server_serves_many_connections),
        cmocka_unit_test(connecting_to_nobody_fails_with_errno),
        cmocka_unit_test(a_pipe_carries_more_than_it_holds),
        cmocka_unit_test(regular_files_are_read_at_once),
        cmocka_unit_test(wait_fd_ends_at_its_deadline_or_by_the_event),
        cmocka_unit_test(a_number_that_comes_back_as_another_socket_is_waited_for_anew),
        cmocka_unit_test(a_reader_and_a_writer_wait_on_one_socket),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
