// A client connects, and writes a variable only then: nothing orders that with the server that has accepted.
// expect: GR001
#include "../stage.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static struct sockaddr_in address = {.sin_family = AF_INET};
static int listener, x;

static void client(void) {
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (goro_connect(fd, (struct sockaddr *)&address, sizeof address)) abort();
    x++; // race: first
    close(fd);
}

static void server(void) {
    int fd = goro_accept(listener, NULL, NULL);
    if (fd < 0) abort();
    x++; // race: second
    close(fd);
}

int main(void) {
    socklen_t n = sizeof address;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    listener = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(listener, (struct sockaddr *)&address, n) || listen(listener, 2)) return 1;
    if (getsockname(listener, (struct sockaddr *)&address, &n)) return 1;
    together(server, client);
    close(listener);
    return 0;
}
