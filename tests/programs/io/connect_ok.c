// A client writes a variable and connects; the server reads it once it has accepted, before a byte has passed: over the
// internet's loopback and a local socket, by the plain calls and goro's.
// expect: none
#include "../stage.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static union {
    struct sockaddr any;
    struct sockaddr_in inet;
    struct sockaddr_un local;
} address;
static socklen_t address_n;
static int listener, x;
static bool plain;

static void client(void) {
    int fd = socket(address.any.sa_family, SOCK_STREAM, 0);
    x++;
    if ((plain ? connect : goro_connect)(fd, &address.any, address_n)) abort();
    close(fd);
}

static void server(void) {
    int fd = plain ? accept(listener, NULL, NULL) : goro_accept(listener, NULL, NULL);
    if (fd < 0) abort();
    x++;
    close(fd);
}

static void meet(void) {
    listener = socket(address.any.sa_family, SOCK_STREAM, 0);
    if (bind(listener, &address.any, address_n) || listen(listener, 2)) abort();
    address_n = sizeof address;
    if (getsockname(listener, &address.any, &address_n)) abort();
    together(server, client);
    close(listener);
}

int main(void) {
    for (int i = 0; i < 4; i++) {
        plain = i % 2;
        memset(&address, 0, sizeof address);
        if (i < 2) {
            address.inet = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
            address_n = sizeof address.inet;
        } else {
            address.local.sun_family = AF_UNIX; /* a name that the kernel chooses */
            address_n = sizeof address.local.sun_family;
        }
        meet();
    }
    return x != 8;
}
