/* Finding the program, and explaining a failed start.
 *
 * The system is asked first: the program is simply executed, and only a failure is looked into. So whatever the
 * system can run (a 32-bit program, one for another machine through binfmt_misc) runs, and no check here can be
 * wrong about it. */
#include "reports/program.h"
#include "reports/memory.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool program_is_source(const char *name) {
    size_t n = strlen(name);

    return n > 2 && !strcmp(name + n - 2, ".c");
}

static bool is_file(const char *path, int mode) {
    struct stat st;

    return stat(path, &st) == 0 && S_ISREG(st.st_mode) && access(path, mode) == 0;
}

/* Walks PATH. `blocked` becomes a file of that name that may not be executed. */
static char *search_path(const char *name, char **blocked) {
    const char *path = getenv("PATH");

    *blocked = NULL;
    if (!path) path = "/usr/local/bin:/usr/bin:/bin";
    for (const char *end;; path = end + 1) {
        struct text t = {0};
        end = strchrnul(path, ':');
        if (end > path) { /* an empty part is the current directory */
            text_put_n(&t, path, (size_t)(end - path));
            text_char(&t, '/');
        } else {
            text_put(&t, "./");
        }
        text_put(&t, name);
        if (is_file(t.data, X_OK)) {
            free(*blocked);
            *blocked = NULL;
            return t.data;
        }
        if (!*blocked && is_file(t.data, F_OK))
            *blocked = t.data;
        else
            text_free(&t);
        if (!*end) return NULL;
    }
}

char *program_find(const char *name) {
    char *found, *blocked, here[4100];

    if (!*name) give_up(EXIT_NOT_FOUND, "no program: its name is empty");
    if (strchr(name, '/')) return memory_string(name);
    found = search_path(name, &blocked);
    if (found) return found;
    if (blocked) program_cannot_run(blocked, EACCES);
    snprintf(here, sizeof here, "./%.4096s", name);
    if (is_file(here, F_OK))
        give_up(EXIT_NOT_FOUND, "%s: no such program on PATH; did you mean ./%s?", name, name);
    give_up(EXIT_NOT_FOUND, "%s: no such program", name);
}

char *program_file(const char *name) {
    char self[4096];
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    struct text t = {0};

    if (n <= 0) give_up(EXIT_MISUSE, "/proc/self/exe cannot be read: %s", strerror(errno));
    self[n] = 0;
    *strrchr(self, '/') = 0;
    text_print(&t, "%s/../%s", self, name);
    return t.data;
}

char *program_beside(const char *name) {
    char self[4096], *slash, *blocked, *found;
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    struct text t = {0};

    if (n > 0) {
        self[n] = 0;
        slash = strrchr(self, '/');
        text_put_n(&t, self, (size_t)(slash + 1 - self));
        text_put(&t, name);
        if (is_file(t.data, X_OK)) return t.data;
        text_free(&t);
    }
    found = search_path(name, &blocked);
    free(blocked);
    return found;
}

/* -- why it cannot be run ---------------------------------------------------------------------------------------- */

static const char *machine_name(unsigned machine) {
    static const struct {
        unsigned machine;
        const char *name;
    } names[] = {{EM_X86_64, "x86-64"},  {EM_386, "32-bit x86"}, {EM_AARCH64, "AArch64"},
                 {EM_ARM, "32-bit ARM"}, {EM_RISCV, "RISC-V"},   {EM_PPC64, "64-bit PowerPC"},
                 {EM_S390, "S/390"},     {EM_MIPS, "MIPS"},      {EM_LOONGARCH, "LoongArch"}};

    for (size_t i = 0; i < array_length(names); i++)
        if (names[i].machine == machine) return names[i].name;
    return "another kind of machine";
}

#if defined __x86_64__
enum { OUR_MACHINE = EM_X86_64 };
#elif defined __aarch64__
enum { OUR_MACHINE = EM_AARCH64 };
#else
enum { OUR_MACHINE = EM_NONE };
#endif

/* The start of the file, zero-filled. */
static size_t read_head(const char *path, void *head, size_t size) {
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    ssize_t n = fd < 0 ? -1 : read(fd, head, size);

    if (fd >= 0) close(fd);
    return n < 0 ? 0 : (size_t)n;
}

static _Noreturn void explain_format(const char *path) {
    union {
        Elf64_Ehdr elf;
        char bytes[sizeof(Elf64_Ehdr)];
    } head = {0};
    size_t n = read_head(path, &head, sizeof head);

    if (n == 0) give_up(EXIT_CANNOT_RUN, "%s cannot be run: the file is empty or cannot be read", path);
    if (n >= 4 && !memcmp(head.bytes, ELFMAG, SELFMAG)) {
        if (head.elf.e_machine && head.elf.e_machine != OUR_MACHINE)
            give_up(EXIT_CANNOT_RUN, "%s cannot be run: it is built for %s, this machine is %s", path,
                    machine_name(head.elf.e_machine), machine_name(OUR_MACHINE));
        if (head.elf.e_type == ET_REL)
            give_up(EXIT_CANNOT_RUN, "%s cannot be run: it is an object file; link it with goro-cc -race",
                    path);
        give_up(EXIT_CANNOT_RUN, "%s cannot be run: the ELF file is damaged or no program", path);
    }
    give_up(EXIT_CANNOT_RUN,
            "%s cannot be run: it is neither an ELF program nor a script that starts with #!", path);
}

/* execve said ENOENT or ENOTDIR although the file is there: its interpreter is missing. */
static _Noreturn void explain_interpreter(const char *path) {
    char head[256] = {0};
    size_t n = read_head(path, head, sizeof head - 1);

    if (n > 2 && head[0] == '#' && head[1] == '!') {
        char *name = head + 2 + strspn(head + 2, " \t");
        name[strcspn(name, " \t\r\n")] = 0;
        give_up(EXIT_CANNOT_RUN, "%s cannot be run: its interpreter %s does not exist", path, name);
    }
    give_up(EXIT_CANNOT_RUN, "%s cannot be run: the dynamic loader it names does not exist", path);
}

void program_cannot_run(const char *path, int error) {
    struct stat st;

    if (stat(path, &st) != 0) {
        if (errno == ENOENT || errno == ENOTDIR) give_up(EXIT_NOT_FOUND, "%s: no such program", path);
        give_up(EXIT_CANNOT_RUN, "%s cannot be run: %s", path, strerror(errno));
    }
    if (S_ISDIR(st.st_mode)) give_up(EXIT_CANNOT_RUN, "%s cannot be run: it is a directory", path);
    if (!S_ISREG(st.st_mode)) give_up(EXIT_CANNOT_RUN, "%s cannot be run: it is not a file", path);
    switch (error) {
    case EACCES:
        if (access(path, X_OK) != 0)
            give_up(EXIT_CANNOT_RUN, "%s cannot be run: it is not executable (chmod +x %s makes it so)", path,
                    path);
        give_up(EXIT_CANNOT_RUN, "%s cannot be run: permission denied (is its file system mounted noexec?)",
                path);
    case ENOEXEC: explain_format(path);
    case ENOENT:
    case ENOTDIR: explain_interpreter(path);
    default: give_up(EXIT_CANNOT_RUN, "%s cannot be run: %s", path, strerror(error));
    }
}
