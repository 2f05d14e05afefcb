/* A program that races only in what it reports: real functions, variables and stacks, made-up findings. */
#include "sender.h"

#include <signal.h>
#include <stdbool.h>

struct account {
    long id;
    struct {
        int euros, cents;
    } balance[4];
};
static struct account table[8];
int counter;
static int mu_storage[4], other_storage[4];

static struct sender_stack later, earlier, started;
static struct finding f;

static inline __attribute__((always_inline)) void bump(int *p) {
    *p += 1;
    sender_capture(&later); /* line: bump */
}
__attribute__((noinline)) static void deposit(int n) {
    table[3].balance[2].cents += n;
    bump(&counter); /* line: deposit */
    __asm__ volatile("");
}
__attribute__((noinline)) static void unlocked_worker(void) {
    deposit(7); /* line: unlocked_worker */
    __asm__ volatile("");
}
__attribute__((noinline)) static void locked_worker(void) {
    sender_capture(&earlier); /* line: locked_worker */
    __asm__ volatile("");
}
__attribute__((noinline)) static void start_workers(void) {
    sender_capture(&started);
    __asm__ volatile("");
}

static void make_race(const char *code, uintptr_t address, size_t size, enum finding_memory memory) {
    strcpy(f.code, code);
    f.number = 1;
    f.access_count = 2;
    f.accesses[0] = (struct finding_access){
        .kind = 1, .address = address, .size = size, .task = 1, .stack = sender_frames(&later)};
    f.accesses[1] = (struct finding_access){
        .kind = 1, .address = address, .size = size, .task = 2, .stack = sender_frames(&earlier)};
    f.memory = memory;
    f.task_count = 3;
    f.tasks[0] = (struct finding_task){.id = 1, .kind = 0};
    f.tasks[1] = (struct finding_task){.id = 3,
                                       .kind = 1,
                                       .parent_id = 1,
                                       .entry = (uintptr_t)unlocked_worker,
                                       .created = sender_frames(&started)};
    f.tasks[2] = (struct finding_task){.id = 2,
                                       .kind = 1,
                                       .parent_id = 1,
                                       .name = "locked",
                                       .state = FINDING_ENDED,
                                       .entry = (uintptr_t)locked_worker,
                                       .created = sender_frames(&started)};
}

static void add_lock(size_t access, const int *lock, bool read) {
    f.accesses[access].lock_count = 1;
    f.accesses[access].locks[0] = (struct finding_lock){
        .kind = FINDING_RWMUTEX, .address = (uintptr_t)lock, .read = read, .taken = sender_frames(&earlier)};
}

/* Facts of a race, by name, so that the sentences made of them can be compared. */
static bool make_facts(const char *what) {
    if (!strcmp(what, "locked")) {
        add_lock(1, mu_storage, false);
    } else if (!strcmp(what, "two-locks")) {
        add_lock(0, other_storage, false);
        add_lock(1, mu_storage, false);
    } else if (!strcmp(what, "read-locks")) {
        add_lock(0, mu_storage, true);
        add_lock(1, mu_storage, true);
    } else if (!strcmp(what, "read-and-write-lock")) {
        add_lock(0, mu_storage, true);
        add_lock(1, mu_storage, false);
    } else if (!strcmp(what, "heap-lock")) {
        add_lock(1, (const int *)0x20000, false);
    } else if (!strcmp(what, "atomic")) {
        strcpy(f.code, "GR002");
        f.accesses[0].kind |= 2;
    } else if (!strcmp(what, "parent-later")) {
        f.accesses[0].task = 0;
    } else if (!strcmp(what, "parent-earlier")) {
        f.accesses[1].task = 0;
    } else if (!strcmp(what, "heard")) {
        f.tasks[2].heard = true;
    } else if (!strcmp(what, "stack")) {
        f.memory = FINDING_STACK;
        f.block_task_id = 1;
        f.accesses[0].address = f.accesses[1].address = 0x7000;
    } else if (!strcmp(what, "address-earlier") || !strcmp(what, "address-later")) { /* of a variable of the starter's */
        size_t starter = !strcmp(what, "address-later") ? 0 : 1;
        f.memory = FINDING_STACK;
        f.block_task_id = 1;
        f.accesses[0].address = f.accesses[1].address = 0x7000;
        f.accesses[starter].task = 0;
        f.accesses[1 - starter].kind = 0;
    } else if (!strcmp(what, "free-later") || !strcmp(what, "free-earlier") || !strcmp(what, "free-own")) {
        size_t late = !strcmp(what, "free-later") ? 0 : 1;
        strcpy(f.code, "GR003");
        f.memory = FINDING_HEAP_FREED;
        f.accesses[0].address = f.accesses[1].address = 0x10008;
        f.accesses[late].kind = 1 | 4;
        f.freed_stack = f.accesses[late].stack;
        if (!strcmp(what, "free-own")) f.accesses[1].task = 1;
    } else {
        return false;
    }
    return true;
}

static void many(int n) {
    static uintptr_t frames[2];
    for (int i = 0; i < n; i++) {
        frames[0] = (uintptr_t)later.frames[0];
        frames[1] = 0x1000 + (uintptr_t)i; /* no module has it: a different finding each */
        f.accesses[0].stack = (struct finding_stack){.count = 2, .frames = frames};
        f.tasks[1].entry = 0;
        f.number = (uint64_t)i + 1;
        sender_finding(&f);
    }
}

int main(int argc, char **argv) {
    const char *what = argc > 1 ? argv[1] : "race";
    int status = argc > 2 ? atoi(argv[2]) : 0;

    unlocked_worker();
    locked_worker();
    start_workers();
    if (!strcmp(what, "silent")) return status;
    sender_hello();
    make_race("GR001", (uintptr_t)&counter, 4, FINDING_GLOBAL);
    if (!strcmp(what, "race")) {
        sender_finding(&f);
    } else if (make_facts(what)) {
        sender_finding(&f);
    } else if (!strcmp(what, "field")) {
        make_race("GR001", (uintptr_t)&table[3].balance[2].cents, 4, FINDING_GLOBAL);
        sender_finding(&f);
    } else if (!strcmp(what, "heap")) {
        make_race("GR001", 0x10008, 8, FINDING_HEAP);
        f.block = 0x10000;
        f.block_size = 16;
        f.block_task_id = 1;
        f.block_stack = sender_frames(&started);
        sender_finding(&f);
    } else if (!strcmp(what, "warning")) {
        f.severity = FINDING_WARNING;
        strcpy(f.code, "GL001");
        f.access_count = 1;
        sender_finding(&f);
    } else if (!strcmp(what, "predicted")) {
        f.certainty = FINDING_PREDICTED;
        sender_finding(&f);
    } else if (!strcmp(what, "twice")) {
        sender_finding(&f);
        sender_finding(&f);
    } else if (!strcmp(what, "fork")) {
        if (fork() == 0) {
            usleep(300000); /* the parent has ended long before the child says its first word */
            sender_hello();
            sender_finding(&f);
            sender_goodbye(3);
            _exit(0);
        }
    } else if (!strcmp(what, "garbage")) {
        for (int i = 0; i < 100; i++)
            send(sender_fd(), "garbage that is no record at all, by far", (size_t)(i % 40), 0);
        sender_finding(&f);
    } else if (!strcmp(what, "lose")) {
        sender_sequence += 3;
        sender_finding(&f);
    } else if (!strcmp(what, "die")) {
        sender_finding(&f);
        raise(SIGSEGV);
    } else if (!strcmp(what, "hang")) {
        sender_finding(&f);
        for (;;) pause();
    } else if (!strcmp(what, "many")) {
        many(status);
        status = 0;
    }
    sender_goodbye(3);
    return status;
}
