/* closed WAY: a finding whose first calls are in a library that was opened at run time (still open: "open", closed: "closed"),
 * or in code that was made at run time ("made"). */
#include "sender.h"

#include <dlfcn.h>

static struct sender_stack s;
static uint64_t bias, low, high;

static void from_library(void) { sender_capture(&s); /* line: callback */ }

static int note_library(struct dl_phdr_info *info, size_t size, void *arg) {
    (void)size, (void)arg;
    if (!strstr(info->dlpi_name, "called.so")) return 0;
    bias = low = info->dlpi_addr;
    for (unsigned i = 0; i < info->dlpi_phnum; i++)
        if (info->dlpi_phdr[i].p_type == PT_LOAD) high = bias + info->dlpi_phdr[i].p_vaddr + info->dlpi_phdr[i].p_memsz;
    return 1;
}

/* As the program's side of the wire does when a module is gone. */
static void tell_gone(const char *path) {
    struct wire_writer w;
    wire_begin(&w, sender_record, sizeof sender_record, WIRE_MODULE);
    wire_string(&w, WIRE_PATH, path);
    wire_number(&w, WIRE_BIAS, bias);
    wire_number(&w, WIRE_LOW, low);
    wire_number(&w, WIRE_HIGH, high);
    wire_number(&w, WIRE_GONE, 1);
    sender_end(&w);
}

int main(int argc, char **argv) {
    static struct finding f = {.code = "GR001", .access_count = 1, .task_count = 1};
    char path[4096];
    void *library = dlopen("./called.so", RTLD_NOW);
    void (*call)(void (*)(void)) = library ? (void (*)(void (*)(void)))dlsym(library, "library_call") : NULL;

    if (argc < 2 || !call || !realpath("called.so", path)) return 3;
    sender_hello();
    call(from_library); /* line: main */
    if (!strcmp(argv[1], "closed")) {
        dl_iterate_phdr(note_library, NULL);
        if (dlclose(library)) return 3;
        tell_gone(path);
    }
    if (!strcmp(argv[1], "made")) s.frames[1] = malloc(64); /* memory that no file lies in */
    f.accesses[0].stack = sender_frames(&s);
    sender_finding(&f);
    sender_goodbye(1);
    return 0;
}
