/* warm MEBIBYTES: touches that much memory and ends, so that the kernel has pages at hand that are really there.
 *
 * A virtual machine may have given free memory back to its host; whoever touches it first then waits for the host, three times
 * as long as for the kernel's own page fault. Without this, the first of a row of programs pays for the others.
 *
 * At most half of what is available: a measurement must not push others out. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int main(int argc, char **argv) {
    size_t bytes = (argc > 1 ? strtoul(argv[1], NULL, 10) : 0) << 20;
    size_t page = (size_t)sysconf(_SC_PAGESIZE), most = (size_t)sysconf(_SC_AVPHYS_PAGES) / 2 * page;
    if (bytes > most) bytes = most;
    char *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (p == MAP_FAILED) {
        perror("warm: mmap");
        return 1;
    }
    for (size_t i = 0; i < bytes; i += page) p[i] = 1;
    return 0;
}
