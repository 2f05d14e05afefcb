/* Opens ELF files with libdwfl and keeps them.
 *
 * Always true
 *  1. A file is opened at most once for each (path, build id) the wire named.
 *  2. object->dwarf is NULL unless the file's build id is the one that ran (or one of the two is unknown): wrong lines
 *     are worse than none.
 *
 * Separate debug files are found by libdwfl's own rules: the build id below /usr/lib/debug, then the debuglink with
 * its checksum, then dwz's alternate file. GORO_DEBUG_PATH replaces the folders that they are looked for in. It is kept from asking a debuginfod server, which would make a report wait
 * for the network.
 *
 * Not done: one Dwfl for each process with all its modules. Addresses would need no translation, but every exec of the
 * same program would index it again. */
#include "reports/object.h"
#include "reports/memory.h"
#include "reports/progress.h"

#include <dwarf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct object *objects;

struct object *object_newest(void) {
    return objects;
}

/* -- ranges of code ----------------------------------------------------------------------------------------------- */

void code_index_add(struct code_index *c, uint64_t low, uint64_t high, Dwarf_Off die) {
    if (low >= high) return;
    c->ranges = memory_grow(c->ranges, c->count, &c->capacity, sizeof *c->ranges);
    c->ranges[c->count++] = (struct code_range){low, high, die};
}

static int compare_ranges(const void *a, const void *b) {
    const struct code_range *x = a, *y = b;

    if (x->low != y->low) return x->low < y->low ? -1 : 1;
    return x->high == y->high ? 0 : x->high > y->high ? -1 : 1; /* the wider first */
}

void code_index_sort(struct code_index *c) {
    if (c->count) qsort(c->ranges, c->count, sizeof *c->ranges, compare_ranges);
    c->built = true;
}

const struct code_range *code_index_find(const struct code_index *c, uint64_t address) {
    size_t low = 0, high = c->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (c->ranges[middle].low <= address) low = middle + 1;
        else high = middle;
    }
    /* Ranges of different functions do not overlap in sound files; a few steps back forgive those that do. */
    for (size_t i = low, steps = 0; i-- > 0 && steps < 16; steps++)
        if (address < c->ranges[i].high) return &c->ranges[i];
    return NULL;
}

/* -- opening -------------------------------------------------------------------------------------------------------- */

static bool is_same_build(struct object *o) {
    const unsigned char *bits;
    GElf_Addr address;
    int n = dwfl_module_build_id(o->module, &bits, &address);

    if (n <= 0 || !o->build_id_length) return true;
    return (size_t)n == o->build_id_length && !memcmp(bits, o->build_id, (size_t)n);
}

static void index_units(struct object *o) {
    Dwarf_CU *cu = NULL;
    Dwarf_Die die, split;
    uint8_t type;

    while (dwarf_get_units(o->dwarf, cu, &cu, NULL, &type, &die, &split) == 0) {
        struct unit *u;
        ptrdiff_t at = 0;
        Dwarf_Addr base, low, high;

        if (type != DW_UT_compile && type != DW_UT_skeleton) continue;
        o->units = memory_grow(o->units, o->unit_count, &o->unit_capacity, sizeof *o->units);
        u = &o->units[o->unit_count];
        *u = (struct unit){.die = type == DW_UT_skeleton && split.addr ? split : die};
        while ((at = dwarf_ranges(&die, at, &base, &low, &high)) > 0)
            code_index_add(&o->code, low, high, o->unit_count);
        o->unit_count++;
    }
    code_index_sort(&o->code);
}

static void open_debug(struct object *o) {
    Dwarf_Addr bias;

    if (!is_same_build(o)) {
        o->trouble = "the file has changed since the program ran, so its lines are unknown";
        dwfl_end(o->dwfl);
        o->dwfl = NULL;
        o->module = NULL;
        return;
    }
    if (dwfl_module_getelf(o->module, &bias)) o->elf_bias = bias;
    /* Lines of the C library are nobody's mistake, and to unpack them, where libc6-dbg is installed, takes longer than all else
     * of a report (300 of 310 ms on a busy machine). Its functions have names without. */
    if (!strncmp(path_last(o->path), "libc.so.", 8)) return;
    o->dwarf = dwfl_module_getdwarf(o->module, &bias);
    if (!o->dwarf) {
        o->trouble = "no debug information: build with -g to see files and lines";
        return;
    }
    o->dwarf_bias = bias;
    index_units(o);
    if (!o->unit_count) o->trouble = "no debug information: build with -g to see files and lines";
}

static void open_file(struct object *o) {
    static char *debug_path; /* NULL: ":.debug:/usr/lib/debug" */
    static const Dwfl_Callbacks callbacks = {
        .debuginfo_path = &debug_path,
        .find_elf = dwfl_build_id_find_elf,
        .find_debuginfo = dwfl_standard_find_debuginfo,
        .section_address = dwfl_offline_section_address,
    };
    struct stat st;

    if (o->path[0] != '/') {
        o->trouble = "it is not a file";
        return;
    }
    if (stat(o->path, &st) != 0 || !S_ISREG(st.st_mode) || access(o->path, R_OK) != 0) {
        o->trouble = "the file cannot be read (any more), so its names are unknown";
        return;
    }
    unsetenv("DEBUGINFOD_URLS");
    debug_path = getenv("GORO_DEBUG_PATH");
    o->dwfl = dwfl_begin(&callbacks);
    if (o->dwfl) o->module = dwfl_report_offline(o->dwfl, o->path, o->path, -1);
    if (!o->module) {
        o->trouble = "it is not a readable ELF file";
        return;
    }
    dwfl_report_end(o->dwfl, NULL, NULL);
    progress_begin("reading the debug information of", o->path);
    open_debug(o);
    progress_end();
}

struct object *object_of(struct module *m) {
    struct object *o = m->object;

    if (o) return o;
    for (o = objects; o; o = o->next)
        if (o->path == m->path && o->build_id_length == m->build_id_length &&
            !memcmp(o->build_id, m->build_id, m->build_id_length))
            return m->object = o;
    o = memory_new(sizeof *o);
    o->path = m->path;
    o->build_id_length = m->build_id_length;
    memcpy(o->build_id, m->build_id, m->build_id_length);
    o->next = objects;
    objects = o;
    open_file(o);
    return m->object = o;
}

void objects_free(void) {
    for (struct object *o = objects, *next; o; o = next) {
        next = o->next;
        for (size_t i = 0; i < o->unit_count; i++) free(o->units[i].functions.ranges);
        free(o->units);
        free(o->code.ranges);
        free(o->data);
        if (o->dwfl) dwfl_end(o->dwfl);
        free(o);
    }
    objects = NULL;
}
