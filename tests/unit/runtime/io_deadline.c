/* Deadlines of descriptors, goro_close, and what else can end a wait: hang-ups, shutdowns, signals. */
#include "runtime/netpoll.h"
#include "runtime/waiter.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/un.h>
#include <unistd.h>

struct pair {
    int a, b;
};

static struct pair sockets(void) {
    int s[2];
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, s) != 0) abort();
    return (struct pair){s[0], s[1]};
}

static void close_pair(struct pair p) {
    goro_close(p.a);
    goro_close(p.b);
}

/* A call in a goroutine of its own, and how it ended. */
struct call {
    int fd, error;
    ssize_t result;
    goro_wg done;
};

static void read_in(struct call *c) {
    char buffer[10];
    c->result = goro_read(c->fd, buffer, sizeof buffer);
    c->error = errno;
    goro_wg_done(&c->done);
}
static void read_byte_in(struct call *c) { /* more might come while the kernel copies, and one would get it all */
    char byte;
    c->result = goro_read(c->fd, &byte, 1);
    c->error = errno;
    goro_wg_done(&c->done);
}
static void write_in(struct call *c) {
    size_t n = 8 << 20; /* more than any socket holds */
    char *bytes = calloc(1, n);
    c->result = goro_write(c->fd, bytes, n);
    c->error = errno;
    free(bytes);
    goro_wg_done(&c->done);
}
static void accept_in(struct call *c) {
    c->result = goro_accept(c->fd, NULL, NULL);
    c->error = errno;
    goro_wg_done(&c->done);
}
static void wait_in(struct call *c) {
    c->result = goro_wait_fd(c->fd, POLLIN, -1);
    c->error = errno;
    goro_wg_done(&c->done);
}

static void start(struct call *c, void (*function)(struct call *), int fd) {
    *c = (struct call){.fd = fd};
    goro_wg_add(&c->done, 1);
    go(function, c);
}

/* Until as many wait for descriptors. */
static void until_waiting(int n) {
    while (netpoll_waiters() < n) goro_yield();
}

static void assert_ended(struct call *c, ssize_t result, int error) {
    goro_wg_wait(&c->done);
    assert_int_equal(c->result, result);
    if (result < 0) assert_int_equal(c->error, error);
}

static void a_deadline_ends_calls_that_wait_and_later_ones(void **state) {
    (void)state;
    struct pair p = sockets();
    char c = 'c';
    int64_t deadline = goro_now() + 5 * GORO_MILLISECOND;
    assert_int_equal(goro_set_deadline(p.a, POLLIN, deadline), 0);
    assert_int_equal(goro_read(p.a, &c, 1), -1);
    assert_int_equal(errno, ETIMEDOUT);
    assert_true(goro_now() >= deadline);

    assert_int_equal(goro_write(p.b, "x", 1), 1); /* there is something to read now, but the deadline has passed */
    assert_int_equal(goro_recv(p.a, &c, 1, 0), -1);
    assert_int_equal(errno, ETIMEDOUT);
    assert_int_equal(goro_write(p.a, "y", 1), 1); /* writing has none */

    assert_int_equal(goro_set_deadline(p.a, POLLIN, -1), 0);
    assert_int_equal(goro_read(p.a, &c, 1), 1);
    assert_int_equal(c, 'x');
    close_pair(p);
}

static void a_deadline_set_while_a_call_waits_counts_for_it(void **state) {
    (void)state;
    struct pair p = sockets();
    struct call c;
    start(&c, read_in, p.a);
    until_waiting(1);
    assert_int_equal(goro_set_deadline(p.a, POLLIN, 0), 0); /* passed already */
    assert_ended(&c, -1, ETIMEDOUT);

    assert_int_equal(goro_set_deadline(p.a, POLLIN, goro_now() + 5 * GORO_MILLISECOND), 0);
    start(&c, read_in, p.a);
    until_waiting(1);
    assert_int_equal(goro_set_deadline(p.a, POLLIN, goro_now() + GORO_HOUR), 0); /* put off */
    goro_sleep(10 * GORO_MILLISECOND);
    assert_int_equal(goro_write(p.b, "later", 5), 5);
    assert_ended(&c, 5, 0);
    close_pair(p);
}

static void a_deadline_for_writing_leaves_what_was_written_counted(void **state) {
    (void)state;
    struct pair p = sockets();
    struct call c;
    start(&c, write_in, p.a);
    until_waiting(1);
    assert_int_equal(goro_set_deadline(p.a, POLLOUT, 0), 0);
    goro_wg_wait(&c.done);
    assert_true(c.result > 0 && c.result < 8 << 20);
    assert_int_equal(goro_write(p.a, "x", 1), -1);
    assert_int_equal(errno, ETIMEDOUT);
    close_pair(p);
}

static void deadlines_of_what_is_no_descriptor_are_refused(void **state) {
    (void)state;
    assert_int_equal(goro_set_deadline(-1, POLLIN, -1), -1);
    assert_int_equal(errno, EBADF);
    assert_int_equal(goro_set_deadline(987654, POLLIN, -1), -1);
    assert_int_equal(errno, EBADF);
    assert_int_equal(goro_close(-1), -1);
    assert_int_equal(errno, EBADF);
}

static void closing_ends_every_wait_with_ebadf(void **state) {
    (void)state;
    struct pair p = sockets();
    struct call calls[3];
    start(&calls[0], read_in, p.a);
    start(&calls[1], read_in, p.a);
    start(&calls[2], wait_in, p.a);
    until_waiting(3);
    assert_int_equal(goro_close(p.a), 0);
    for (int i = 0; i < 3; i++) assert_ended(&calls[i], -1, EBADF);
    goro_close(p.b);
}

static void the_next_file_of_a_number_has_no_deadline(void **state) {
    (void)state;
    struct pair p = sockets();
    assert_int_equal(goro_set_deadline(p.a, POLLIN | POLLOUT, 0), 0);
    int number = p.a;
    close_pair(p);
    p = sockets();
    assert_int_equal(p.a, number);
    assert_int_equal(goro_write(p.a, "x", 1), 1);
    char c;
    assert_int_equal(goro_read(p.b, &c, 1), 1);
    close_pair(p);
}

static int listen_at(const char *path) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    strcpy(address.sun_path + 1, path); /* an abstract name: no file */
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    socklen_t length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + strlen(path));
    if (bind(fd, (struct sockaddr *)&address, length) != 0 || listen(fd, 5) != 0) abort();
    return fd;
}

static int listen_tcp(void) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(fd, (struct sockaddr *)&address, sizeof address) != 0 || listen(fd, 5) != 0) abort();
    return fd;
}

static void accept_ends_at_its_deadline_and_at_a_shutdown(void **state) {
    (void)state;
    char name[50];
    snprintf(name, sizeof name, "goro-io-deadline-%d", (int)getpid());
    int listeners[] = {listen_at(name), listen_tcp()};
    for (int i = 0; i < 2; i++) {
        struct call c;
        assert_int_equal(goro_set_deadline(listeners[i], POLLIN, goro_now() + 2 * GORO_MILLISECOND), 0);
        assert_int_equal(goro_accept(listeners[i], NULL, NULL), -1);
        assert_int_equal(errno, ETIMEDOUT);
        assert_int_equal(goro_set_deadline(listeners[i], POLLIN, -1), 0);
        start(&c, accept_in, listeners[i]);
        until_waiting(1);
        assert_int_equal(shutdown(listeners[i], SHUT_RDWR), 0);
        assert_ended(&c, -1, EINVAL);
        goro_close(listeners[i]);
    }
}

static void the_end_of_the_other_side_is_the_end_of_file(void **state) {
    (void)state;
    struct pair p = sockets();
    struct call c[2];
    start(&c[0], read_in, p.a);
    start(&c[1], read_in, p.a); /* both hear of it */
    until_waiting(2);
    goro_close(p.b);
    assert_ended(&c[0], 0, 0);
    assert_ended(&c[1], 0, 0);
    goro_close(p.a);

    int ends[2];
    assert_int_equal(pipe(ends), 0);
    struct call reader;
    start(&reader, read_in, ends[0]);
    until_waiting(1);
    goro_close(ends[1]);
    assert_ended(&reader, 0, 0);
    goro_close(ends[0]);
}

static void two_readers_of_one_socket_share_what_comes(void **state) {
    (void)state;
    struct pair p = sockets();
    struct call c[2];
    for (int i = 0; i < 50; i++) {
        start(&c[0], read_byte_in, p.a);
        start(&c[1], read_byte_in, p.a);
        until_waiting(1);
        assert_int_equal(goro_write(p.b, "x", 1), 1);
        assert_int_equal(goro_write(p.b, "y", 1), 1);
        assert_ended(&c[0], 1, 0);
        assert_ended(&c[1], 1, 0);
    }
    close_pair(p);
}

static void nothing(int signal) { (void)signal; }

/* Signals without SA_RESTART, at everything that waits. */
static void signals_end_no_call(void **state) {
    (void)state;
    struct sigaction a = {.sa_handler = nothing}, before;
    assert_int_equal(sigaction(SIGUSR2, &a, &before), 0);
    struct pair p = sockets();
    for (int i = 0; i < 200; i++) {
        struct call c;
        start(&c, read_in, p.a);
        until_waiting(1);
        kill(getpid(), SIGUSR2);
        goro_yield();
        kill(getpid(), SIGUSR2);
        assert_int_equal(goro_write(p.b, "x", 1), 1);
        assert_ended(&c, 1, 0);
    }
    close_pair(p);
    sigaction(SIGUSR2, &before, NULL);
}

static void a_writer_whose_reader_is_gone_gets_epipe(void **state) {
    (void)state;
    struct sigaction a = {.sa_handler = SIG_IGN}, before;
    sigaction(SIGPIPE, &a, &before);
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    struct call c;
    start(&c, write_in, ends[1]);
    until_waiting(1); /* the pipe is full */
    goro_close(ends[0]);
    goro_wg_wait(&c.done);
    assert_true(c.result > 0); /* what the pipe held: as write(), the error comes with the next */
    assert_int_equal(goro_write(ends[1], "x", 1), -1);
    assert_int_equal(errno, EPIPE);
    goro_close(ends[1]);
    sigaction(SIGPIPE, &before, NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_deadline_ends_calls_that_wait_and_later_ones),
        cmocka_unit_test(a_deadline_set_while_a_call_waits_counts_for_it),
        cmocka_unit_test(a_deadline_for_writing_leaves_what_was_written_counted),
        cmocka_unit_test(deadlines_of_what_is_no_descriptor_are_refused),
        cmocka_unit_test(closing_ends_every_wait_with_ebadf),
        cmocka_unit_test(the_next_file_of_a_number_has_no_deadline),
        cmocka_unit_test(accept_ends_at_its_deadline_and_at_a_shutdown),
        cmocka_unit_test(the_end_of_the_other_side_is_the_end_of_file),
        cmocka_unit_test(two_readers_of_one_socket_share_what_comes),
        cmocka_unit_test(signals_end_no_call),
        cmocka_unit_test(a_writer_whose_reader_is_gone_gets_epipe),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
