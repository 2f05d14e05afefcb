/* An ELF file and its debug information, opened once. Only symbols.c, lines.c, variables.c and locals.c look in here. */
#ifndef GORO_REPORTS_OBJECT_H
#define GORO_REPORTS_OBJECT_H

#include "reports/symbols.h"

#include <elfutils/libdwfl.h>

/* A range of code and the debug entry it belongs to. */
struct code_range {
    uint64_t low, high;
    Dwarf_Off die;
};
struct code_index {
    struct code_range *ranges; /* sorted by low */
    size_t count, capacity;
    bool built;
};

struct unit {
    Dwarf_Die die;               /* the compile unit */
    struct code_index functions; /* built at its first use */
};

struct data_symbol {
    uint64_t address, size;
    const char *name;
    Dwarf_Off die; /* of the variable's debug entry; 0: from the symbol table */
    Dwarf *dwarf;  /* that has it: the file's own, or that of a split unit */
    bool in_function;
    const char *function;
};

struct object {
    struct object *next;
    const char *path;
    uint8_t build_id[BUILD_ID_MAX];
    size_t build_id_length;

    Dwfl *dwfl;
    Dwfl_Module *module;
    uint64_t elf_bias, dwarf_bias; /* what libdwfl adds to the file's addresses; and to the debug file's */
    Dwarf *dwarf;                  /* NULL: no debug information */
    const char *trouble;
    const char *runtime_root; /* symbols.c: NULL: not looked for yet */

    struct unit *units;
    size_t unit_count, unit_capacity;
    struct code_index code; /* range -> index into units */

    struct data_symbol *data; /* sorted by address */
    size_t data_count, data_capacity;
    bool data_built;

    struct answer *answers; /* symbols.c: what was looked up before */
};

/* Opens the file behind a module, or finds it among those opened; never NULL. */
struct object *object_of(struct module *m);
struct object *object_newest(void);
void objects_free(void);

void code_index_add(struct code_index *c, uint64_t low, uint64_t high, Dwarf_Off die);
void code_index_sort(struct code_index *c);
/* The smallest range that contains the address; NULL if none does. */
const struct code_range *code_index_find(const struct code_index *c, uint64_t address);

/* lines.c: the frames at an address of the file, innermost first; how many (0: no debug information for it). */
enum { INLINED_MAX = 64 };
size_t object_lines(struct object *o, uint64_t address, struct frame *frames);
/* The name of a function by the symbol table, NULL if none contains the address. */
const char *object_symbol(struct object *o, uint64_t address);
/* The address of a function by its name in the symbol table. */
bool object_address(struct object *o, const char *name, uint64_t *address);
/* lines.c: the debug entry of the function at an address. */
bool object_function(struct object *o, uint64_t address, Dwarf_Die *die);
/* locals.c: the local variable of the function at pc that lay at a place of its frame. */
bool object_local(struct object *o, uint64_t pc, const struct frame_place *at, struct variable *out);
/* variables.c: what is known of a variable by its debug entry; size 0: of the object that starts at the offset. */
void object_describe(Dwarf_Die *die, uint64_t offset, uint64_t size, struct variable *out);
bool object_variable(struct object *o, uint64_t address, uint64_t size, struct variable *out);

/* The path of file number `index` in a unit's line table, made absolute where the unit tells its directory. */
const char *unit_file(Dwarf_Die *unit, uint64_t index);
const char *unit_path(Dwarf_Die *unit, const char *path);

#endif
