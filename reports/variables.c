/* Names of variables with static storage, down to the field: "table[3].next".
 *
 * A file's variables are collected once, from its debug information (which knows static locals by their own names and
 * has types) and from its symbol table (for what was compiled without -g).
 *
 * Not done: locals of live frames (their place depends on registers that the wire does not carry; of frames that were left
 * see locals.c) and heap blocks, whose type nothing tells. */
#include "reports/object.h"
#include "reports/memory.h"

#include <dwarf.h>
#include <stdlib.h>
#include <string.h>

/* -- types -------------------------------------------------------------------------------------------------------------- */

static bool type_of(Dwarf_Die *die, Dwarf_Die *type) {
    Dwarf_Attribute a;

    return dwarf_formref_die(dwarf_attr_integrate(die, DW_AT_type, &a), type) != NULL;
}

/* Follows typedefs and qualifiers. */
static bool peel(Dwarf_Die *type) {
    for (int depth = 0; depth < 32; depth++) {
        switch (dwarf_tag(type)) {
        case DW_TAG_typedef:
        case DW_TAG_const_type:
        case DW_TAG_volatile_type:
        case DW_TAG_atomic_type:
        case DW_TAG_restrict_type:
            if (!type_of(type, type)) return false;
            break;
        default: return true;
        }
    }
    return false;
}

static uint64_t size_of(Dwarf_Die *type) {
    Dwarf_Word size;

    return dwarf_aggregate_size(type, &size) == 0 ? size : 0;
}

static void put_type(struct text *t, Dwarf_Die *type, int depth) {
    Dwarf_Die inner = *type;
    const char *name = dwarf_diename(type);
    int tag = dwarf_tag(type);

    if (depth > 8) return;
    switch (tag) {
    case DW_TAG_structure_type: text_print(t, "struct %s", name ? name : "{...}"); return;
    case DW_TAG_union_type: text_print(t, "union %s", name ? name : "{...}"); return;
    case DW_TAG_enumeration_type: text_print(t, "enum %s", name ? name : "{...}"); return;
    case DW_TAG_subroutine_type: text_put(t, "function"); return;
    }
    if (tag == DW_TAG_const_type) text_put(t, "const ");
    if (tag == DW_TAG_volatile_type) text_put(t, "volatile ");
    if (tag == DW_TAG_atomic_type) text_put(t, "_Atomic ");
    if (name) {
        text_put(t, name);
        return;
    }
    if (type_of(type, &inner)) put_type(t, &inner, depth + 1);
    else text_put(t, "void");
    if (tag == DW_TAG_pointer_type) text_put(t, " *");
    if (tag == DW_TAG_array_type) text_put(t, "[]");
}

/* One step into an aggregate towards the bytes [offset, offset + size): appends to the name; false at the end. */
static bool step_member(struct text *name, Dwarf_Die *type, uint64_t *offset, uint64_t size) {
    Dwarf_Die member, inner;

    if (dwarf_child(type, &member) != 0) return false;
    do {
        Dwarf_Attribute a;
        Dwarf_Word at = 0;
        if (dwarf_tag(&member) != DW_TAG_member || !type_of(&member, &inner)) continue;
        if (dwarf_attr(&member, DW_AT_data_member_location, &a) && dwarf_formudata(&a, &at) != 0) continue;
        uint64_t length = size_of(&inner);
        if (*offset < at || *offset + size > at + length) continue;
        if (dwarf_diename(&member)) text_print(name, ".%s", dwarf_diename(&member));
        *offset -= at;
        *type = inner;
        return true;
    } while (dwarf_siblingof(&member, &member) == 0);
    return false;
}

/* The lengths of an array's dimensions; how many. */
static size_t dimensions_of(Dwarf_Die *array, uint64_t *lengths, size_t most) {
    Dwarf_Die range;
    size_t n = 0;

    if (dwarf_child(array, &range) != 0) return 0;
    do {
        Dwarf_Attribute a;
        Dwarf_Word v = 0;
        if (dwarf_tag(&range) != DW_TAG_subrange_type || n == most) continue;
        if (dwarf_formudata(dwarf_attr(&range, DW_AT_count, &a), &v) == 0) lengths[n++] = v;
        else if (dwarf_formudata(dwarf_attr(&range, DW_AT_upper_bound, &a), &v) == 0) lengths[n++] = v + 1;
    } while (dwarf_siblingof(&range, &range) == 0);
    return n;
}

static bool step_element(struct text *name, Dwarf_Die *type, uint64_t *offset, uint64_t size) {
    uint64_t lengths[8], length, index;
    size_t n = dimensions_of(type, lengths, array_length(lengths));
    Dwarf_Die inner;

    if (!n || !type_of(type, &inner) || !(length = size_of(&inner)) || *offset % length + size > length) return false;
    index = *offset / length;
    *offset %= length;
    for (size_t i = 0; i < n; i++) {
        uint64_t below = 1;
        for (size_t j = i + 1; j < n; j++) below *= lengths[j];
        if (!below) return false;
        text_print(name, "[%llu]", (unsigned long long)(index / below));
        index %= below;
    }
    *type = inner;
    return true;
}

/* Is this the type of an object that one synchronises with? Its own members are nobody's business. */
static bool is_sync_type(Dwarf_Die *type) {
    static const char *const starts[] = {"goro_", "pthread_", "sem_t", "mtx_t", "cnd_t", "once_flag"};
    const char *name = dwarf_diename(type);

    for (size_t i = 0; name && i < array_length(starts); i++)
        if (!strncmp(name, starts[i], strlen(starts[i]))) return true;
    return false;
}

/* Appends the path to the bytes inside a variable, and finds their type. Size 0: to the object that starts there. */
static void name_inside(struct text *name, Dwarf_Die *type, uint64_t offset, uint64_t size, struct variable *out) {
    struct text type_name = {0};
    Dwarf_Die here = *type;

    for (int depth = 0; depth < 32; depth++) {
        Dwarf_Die peeled = here;
        bool further = false;
        if (is_sync_type(&here) || !peel(&peeled) || is_sync_type(&peeled)) break;
        switch (dwarf_tag(&peeled)) {
        case DW_TAG_structure_type:
        case DW_TAG_union_type:
            further = !(offset == 0 && size == size_of(&peeled)) && step_member(name, &peeled, &offset, size);
            break;
        case DW_TAG_array_type: further = step_element(name, &peeled, &offset, size); break;
        }
        if (!further) break;
        here = peeled;
    }
    put_type(&type_name, &here, 0);
    out->type = intern(type_name.data);
    text_free(&type_name);
}

/* -- collecting ------------------------------------------------------------------------------------------------------------ */

static void add_symbol(struct object *o, struct data_symbol s) {
    if (!s.name || !s.size || !s.address) return;
    o->data = memory_grow(o->data, o->data_count, &o->data_capacity, sizeof *o->data);
    o->data[o->data_count++] = s;
}

static bool static_address(Dwarf_Die *die, Dwarf_Addr *address) {
    Dwarf_Attribute a, value;
    Dwarf_Op *op;
    size_t n;

    if (!dwarf_attr(die, DW_AT_location, &a) || dwarf_getlocation(&a, &op, &n) != 0 || n != 1) return false;
    if (op[0].atom == DW_OP_addr) {
        *address = op[0].number;
        return true;
    }
    return (op[0].atom == DW_OP_addrx || op[0].atom == DW_OP_GNU_addr_index) &&
           dwarf_getlocation_attr(&a, op, &value) == 0 && dwarf_formaddr(&value, address) == 0;
}

static void collect_variable(struct object *o, Dwarf_Die *die, const char *function) {
    Dwarf_Attribute a;
    Dwarf_Die type;
    Dwarf_Addr address;

    if (!static_address(die, &address)) return;
    if (!dwarf_formref_die(dwarf_attr_integrate(die, DW_AT_type, &a), &type)) return;
    add_symbol(o, (struct data_symbol){
                      .address = address + o->dwarf_bias - o->elf_bias,
                      .size = size_of(&type),
                      .name = intern(dwarf_formstring(dwarf_attr_integrate(die, DW_AT_name, &a))),
                      .die = dwarf_dieoffset(die),
                      .dwarf = dwarf_cu_getdwarf(die->cu),
                      .function = function,
                  });
}

static void collect_below(struct object *o, Dwarf_Die *parent, const char *function, int depth) {
    Dwarf_Die die;

    if (depth > 64 || dwarf_child(parent, &die) != 0) return;
    do {
        switch (dwarf_tag(&die)) {
        case DW_TAG_variable: collect_variable(o, &die, function); break;
        case DW_TAG_subprogram: collect_below(o, &die, intern(dwarf_diename(&die)), depth + 1); break;
        case DW_TAG_lexical_block:
        case DW_TAG_namespace: collect_below(o, &die, function, depth + 1); break;
        }
    } while (dwarf_siblingof(&die, &die) == 0);
}

static void collect_symbols(struct object *o) {
    int n = o->module ? dwfl_module_getsymtab(o->module) : 0;

    for (int i = 1; i < n; i++) {
        GElf_Sym symbol;
        GElf_Addr address;
        const char *name = dwfl_module_getsym_info(o->module, i, &symbol, &address, NULL, NULL, NULL);
        if (!name || GELF_ST_TYPE(symbol.st_info) != STT_OBJECT || symbol.st_shndx == SHN_UNDEF) continue;
        add_symbol(
            o, (struct data_symbol){.address = address - o->elf_bias, .size = symbol.st_size, .name = intern(name)});
    }
}

static int compare_symbols(const void *a, const void *b) {
    const struct data_symbol *x = a, *y = b;

    if (x->address != y->address) return x->address < y->address ? -1 : 1;
    return (x->die != 0) - (y->die != 0); /* those with debug information last: found first */
}

static void build_data(struct object *o) {
    o->data_built = true;
    for (size_t i = 0; i < o->unit_count; i++) collect_below(o, &o->units[i].die, NULL, 0);
    collect_symbols(o);
    if (o->data_count) qsort(o->data, o->data_count, sizeof *o->data, compare_symbols);
}

/* -- looking up ---------------------------------------------------------------------------------------------------------------- */

static const struct data_symbol *find_symbol(struct object *o, uint64_t address) {
    size_t low = 0, high = o->data_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (o->data[middle].address <= address) low = middle + 1;
        else high = middle;
    }
    for (size_t i = low, steps = 0; i-- > 0 && steps < 64; steps++)
        if (address - o->data[i].address < o->data[i].size) return &o->data[i];
    return NULL;
}

/* Where a variable is declared; the unit is needed for its table of files. */
static void find_place(Dwarf_Die *die, struct variable *out) {
    Dwarf_Attribute a;
    Dwarf_Die unit;
    Dwarf_Word file = 0, line = 0;

    if (!dwarf_diecu(die, &unit, NULL, NULL)) return;
    if (dwarf_formudata(dwarf_attr_integrate(die, DW_AT_decl_line, &a), &line) != 0) return;
    if (dwarf_formudata(dwarf_attr_integrate(die, DW_AT_decl_file, &a), &file) != 0) return;
    out->file = unit_file(&unit, file);
    out->line = (unsigned)line;
}

void object_describe(Dwarf_Die *die, uint64_t offset, uint64_t size, struct variable *out) {
    struct text name = {0};
    Dwarf_Attribute a;
    Dwarf_Die type;

    *out = (struct variable){.offset = offset};
    out->whole = intern(dwarf_formstring(dwarf_attr_integrate(die, DW_AT_name, &a)));
    if (!out->whole || !type_of(die, &type)) return;
    out->size = size_of(&type);
    text_put(&name, out->whole);
    find_place(die, out);
    name_inside(&name, &type, offset, size ? size : 1, out);
    out->name = intern(name.data);
    text_free(&name);
}

bool object_variable(struct object *o, uint64_t address, uint64_t size, struct variable *out) {
    const struct data_symbol *s;
    struct text name = {0};
    Dwarf_Die die, type;

    if (!o->data_built) build_data(o);
    s = find_symbol(o, address);
    if (!s) return false;
    *out =
        (struct variable){.whole = s->name, .function = s->function, .offset = address - s->address, .size = s->size};
    text_put(&name, s->name);
    if (s->die && dwarf_offdie(s->dwarf, s->die, &die) && type_of(&die, &type)) {
        size_t whole = name.length;
        find_place(&die, out);
        name_inside(&name, &type, out->offset, size ? size : 1, out);
        if (!size && !out->offset && !(out->type && strstr(out->type, "goro_")) &&
            !(out->type && strstr(out->type, "pthread_")))
            name.data[name.length = whole] = 0;
    } else if (out->offset) {
        text_print(&name, "+%llu", (unsigned long long)out->offset);
    }
    out->name = intern(name.data);
    text_free(&name);
    return true;
}
