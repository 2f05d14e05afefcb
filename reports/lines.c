/* Functions and lines at an address of an ELF file, from its DWARF, inlined calls expanded.
 *
 * Units are found by their own ranges (.debug_aranges is optional, and clang leaves it out); the functions of a unit
 * are indexed at the unit's first use; inside a function the tree of inlined calls is walked.
 *
 * Not done: dwarf_getscopes, which walks the whole unit for each address. */
#include "reports/object.h"
#include "reports/memory.h"

#include <dwarf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* -- files ------------------------------------------------------------------------------------------------------------ */

const char *unit_path(Dwarf_Die *unit, const char *path) {
    Dwarf_Attribute a;
    const char *directory, *kept;
    char *whole;

    if (!path || path[0] == '/') return intern(path);
    directory = dwarf_formstring(dwarf_attr(unit, DW_AT_comp_dir, &a));
    if (!directory || asprintf(&whole, "%s/%s", directory, path) < 0) return intern(path);
    kept = intern(whole);
    free(whole);
    return kept;
}

const char *unit_file(Dwarf_Die *unit, uint64_t index) {
    Dwarf_Files *files;
    size_t n;

    if (dwarf_getsrcfiles(unit, &files, &n) != 0 || index >= n) return NULL;
    return unit_path(unit, dwarf_filesrc(files, index, NULL, NULL));
}

/* -- functions ---------------------------------------------------------------------------------------------------------- */

static void index_function(struct unit *u, Dwarf_Die *die) {
    ptrdiff_t at = 0;
    Dwarf_Addr base, low, high;

    while ((at = dwarf_ranges(die, at, &base, &low, &high)) > 0)
        code_index_add(&u->functions, low, high, dwarf_dieoffset(die));
}

static void index_functions(struct unit *u) {
    Dwarf_Die die;

    if (dwarf_child(&u->die, &die) == 0) do
            if (dwarf_tag(&die) == DW_TAG_subprogram) index_function(u, &die);
        while (dwarf_siblingof(&die, &die) == 0);
    code_index_sort(&u->functions);
}

/* The function's entry and, below it, the inlined calls that contain the address: outermost first. */
static size_t find_scopes(Dwarf_Die *function, uint64_t address, Dwarf_Die *scopes) {
    Dwarf_Die at = *function, child;
    size_t n = 0;

    scopes[n++] = *function;
    while (n < INLINED_MAX && dwarf_child(&at, &child) == 0) {
        bool found = false;
        do {
            int tag = dwarf_tag(&child);
            if (tag != DW_TAG_inlined_subroutine && tag != DW_TAG_lexical_block && tag != DW_TAG_subprogram)
                continue;
            if (dwarf_haspc(&child, address) != 1) continue;
            if (tag == DW_TAG_inlined_subroutine) scopes[n++] = child;
            if (tag == DW_TAG_subprogram) scopes[0] = child, n = 1; /* GNU C's nested functions */
            found = true;
            break;
        } while (dwarf_siblingof(&child, &child) == 0);
        if (!found) break;
        at = child;
    }
    return n;
}

static const char *name_of(Dwarf_Die *die) {
    Dwarf_Attribute a;

    return intern(dwarf_formstring(dwarf_attr_integrate(die, DW_AT_name, &a)));
}

static unsigned number_of(Dwarf_Die *die, unsigned attribute) {
    Dwarf_Attribute a;
    Dwarf_Word v;

    return dwarf_formudata(dwarf_attr_integrate(die, attribute, &a), &v) == 0 ? (unsigned)v : 0;
}

/* -- lines ----------------------------------------------------------------------------------------------------------------- */

/* The line table's row for an address. Line 0 is code that belongs to no line: the row before it serves. */
static void find_line(struct unit *u, uint64_t address, struct frame *f) {
    Dwarf_Line *row = dwarf_getsrc_die(&u->die, address);
    Dwarf_Lines *rows;
    size_t n;
    int line = 0, column = 0;

    if (!row) return;
    dwarf_lineno(row, &line);
    if (line == 0 && dwarf_getsrclines(&u->die, &rows, &n) == 0) {
        Dwarf_Line *best = NULL;
        for (size_t i = 0; i < n; i++) {
            Dwarf_Line *r = dwarf_onesrcline(rows, i);
            Dwarf_Addr a;
            int l;
            if (dwarf_lineaddr(r, &a) != 0 || a > address) break;
            if (dwarf_lineno(r, &l) == 0 && l) best = r;
        }
        if (!best) return;
        row = best;
        dwarf_lineno(row, &line);
    }
    dwarf_linecol(row, &column);
    f->file = unit_path(&u->die, dwarf_linesrc(row, NULL, NULL));
    f->line = (unsigned)line;
    f->column = (unsigned)column;
}

/* The unit with code at an address of the debug file; NULL: none. */
static struct unit *find_unit(struct object *o, uint64_t at) {
    const struct code_range *range = code_index_find(&o->code, at);
    struct unit *u = range ? &o->units[range->die] : NULL;

    if (u && !u->functions.built) index_functions(u);
    return u;
}

static bool find_function(struct unit *u, uint64_t at, Dwarf_Die *die) {
    const struct code_range *function = code_index_find(&u->functions, at);

    return function && dwarf_offdie(dwarf_cu_getdwarf(u->die.cu), function->die, die);
}

bool object_function(struct object *o, uint64_t address, Dwarf_Die *die) {
    uint64_t at = address + o->elf_bias - o->dwarf_bias;
    struct unit *u = find_unit(o, at);

    return u && find_function(u, at, die);
}

size_t object_lines(struct object *o, uint64_t address, struct frame *frames) {
    uint64_t at = address + o->elf_bias - o->dwarf_bias;
    Dwarf_Die die, scopes[INLINED_MAX];
    struct frame here = {0};
    struct unit *u = find_unit(o, at);
    size_t n;

    if (!u) return 0;
    find_line(u, at, &here);
    if (!find_function(u, at, &die)) {
        if (!here.line) return 0;
        here.function = object_symbol(o, address);
        frames[0] = here;
        return 1;
    }
    n = find_scopes(&die, at, scopes);
    for (size_t i = n; i-- > 0;) {
        struct frame *f = &frames[n - 1 - i];
        Dwarf_Die *scope = &scopes[i];
        *f = here;
        f->function = name_of(scope);
        if (i == 0 && !f->function) f->function = object_symbol(o, address);
        f->function_line = number_of(scope, DW_AT_decl_line);
        f->inlined = i > 0;
        here = (struct frame){
            .file = unit_file(&u->die, number_of(scope, DW_AT_call_file)),
            .line = number_of(scope, DW_AT_call_line),
            .column = number_of(scope, DW_AT_call_column),
        };
    }
    return n;
}

const char *object_symbol(struct object *o, uint64_t address) {
    GElf_Off offset;
    GElf_Sym symbol;
    const char *name;

    if (!o->module) return NULL;
    name = dwfl_module_addrinfo(o->module, address + o->elf_bias, &offset, &symbol, NULL, NULL, NULL);
    /* a symbol that says its size and does not reach this far is only the nearest one */
    if (!name || (symbol.st_size && offset >= symbol.st_size)) return NULL;
    if (GELF_ST_TYPE(symbol.st_info) == STT_OBJECT || GELF_ST_TYPE(symbol.st_info) == STT_TLS) return NULL;
    /* gcc's clones of a function: count.constprop.0, count.part.1 */
    return intern_n(name, name[0] == '.' ? strlen(name) : strcspn(name, "."));
}

bool object_address(struct object *o, const char *name, uint64_t *address) {
    int n = o->module ? dwfl_module_getsymtab(o->module) : 0;

    for (int i = 1; i < n; i++) {
        GElf_Sym symbol;
        GElf_Addr at;
        const char *found = dwfl_module_getsym_info(o->module, i, &symbol, &at, NULL, NULL, NULL);
        if (!found || strcmp(found, name) != 0 || symbol.st_shndx == SHN_UNDEF) continue;
        *address = at - o->elf_bias;
        return true;
    }
    return false;
}
