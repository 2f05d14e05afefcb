/* fuzz_seed FILE: a sound input of fuzz_wire.c to begin with: a hello, a module, a race with everything in it. */
#include "detector/finding.h"
#include "detector/wire.h"

#include <stdio.h>

static uint8_t record[sizeof(struct wire_header) + WIRE_PAYLOAD_MAX];

extern const char __executable_start[]; /* of the linker */

static void put(FILE *out, enum wire_type type, size_t n) {
    size_t length = n - sizeof(struct wire_header);

    fputc(type, out);
    fputc((int)(length & 255), out);
    fputc((int)(length >> 8), out);
    fwrite(record + sizeof(struct wire_header), 1, length, out);
}

int main(int argc, char **argv) {
    uintptr_t start = (uintptr_t)__executable_start;
    uintptr_t frames[] = {0x1000000 + (uintptr_t)put - start + 20, 0x1000000 + (uintptr_t)main - start + 20,
                          0x1000400};
    static struct finding f = {.code = "GR001",
                               .access_count = 2,
                               .task_count = 2,
                               .memory = FINDING_HEAP,
                               .block = 0x8000,
                               .block_size = 64};
    struct finding_stack stack = {.count = 3, .frames = frames};
    FILE *out = argc > 1 ? fopen(argv[1], "w") : NULL;
    struct wire_writer w;

    if (!out) return 1;
    wire_begin(&w, record, sizeof record, WIRE_HELLO);
    wire_string(&w, WIRE_PROGRAM, "/bin/prog");
    wire_number(&w, WIRE_SEED, 3);
    put(out, WIRE_HELLO, wire_end(&w, 7, 0));
    wire_begin(&w, record, sizeof record, WIRE_MODULE);
    wire_string(&w, WIRE_PATH, argv[0]); /* a file that can be read, with debug information */
    wire_number(&w, WIRE_BIAS, 0x1000000);
    wire_number(&w, WIRE_LOW, 0x1000000);
    wire_number(&w, WIRE_HIGH, 0x1010000);
    put(out, WIRE_MODULE, wire_end(&w, 7, 1));
    f.block_stack = f.freed_stack = stack;
    for (unsigned i = 0; i < 2; i++) {
        f.accesses[i] = (struct finding_access){.kind = 1,
                                                .address = 0x1000000 + (uintptr_t)record - start,
                                                .size = 8,
                                                .task = i,
                                                .stack = stack,
                                                .lock_count = 1};
        f.accesses[i].locks[0] =
            (struct finding_lock){.kind = FINDING_MUTEX, .address = 0x9000, .taken = stack};
        f.tasks[i] =
            (struct finding_task){.id = i + 1, .name = "worker", .created = stack, .entry = 0x1001000};
    }
    put(out, WIRE_FINDING, wire_finding(record, sizeof record, WIRE_FINDING, &f, 7, 2));
    return fclose(out) != 0;
}
