/* Names of local variables whose addresses are known to others: these lie in memory, at a fixed place in their function's
 * frame.
 *
 * Always true: the answer is a variable only if no other one of the function may lie at that place (compilers let
 * variables of different blocks share one).
 *
 * Not done: variables whose place is computed (DWARF expressions of several steps): they are seldom given away. */
#include "reports/object.h"
#include "reports/memory.h"

#include <dwarf.h>
#include <string.h>

enum { X86_FP = 6, X86_SP = 7, AARCH64_FP = 29, AARCH64_SP = 31, FP_BELOW_END = 16, NESTED_MAX = 64 };

struct search {
    uint64_t address, low, high; /* the frame is [low, high) */
    uint64_t base;               /* what DW_OP_fbreg counts from; 0: not known */
    Dwarf_Die found;
    uint64_t offset; /* of the address in it */
    const char *function;
    unsigned count;
};

/* A register's value where the function returns: the stack pointer is at the frame's low end; the frame pointer, if one is
 * kept, below the return address. 0: of no use. */
static uint64_t register_value(const struct search *s, unsigned number) {
    if (number == X86_SP || number == AARCH64_SP) return s->low;
    return number == X86_FP || number == AARCH64_FP ? s->high - FP_BELOW_END : 0;
}

/* Where an expression of one step says that it is; 0: it does not. */
static uint64_t place_of(const struct search *s, const Dwarf_Op *op) {
    uint64_t from = 0, by = op->number;

    if (op->atom == DW_OP_call_frame_cfa) return s->high;
    if (op->atom == DW_OP_fbreg) from = s->base;
    else if (op->atom >= DW_OP_breg0 && op->atom <= DW_OP_breg31) from = register_value(s, op->atom - DW_OP_breg0);
    else if (op->atom == DW_OP_bregx) from = register_value(s, (unsigned)op->number), by = op->number2;
    return from ? from + by : 0;
}

static uint64_t frame_base(const struct search *s, Dwarf_Die *function) {
    Dwarf_Attribute a;
    Dwarf_Op *op;
    size_t n;

    if (!dwarf_attr_integrate(function, DW_AT_frame_base, &a) || dwarf_getlocation(&a, &op, &n) != 0 || n != 1)
        return 0;
    if (op->atom >= DW_OP_reg0 && op->atom <= DW_OP_reg31) return register_value(s, op->atom - DW_OP_reg0);
    return place_of(s, op);
}

/* Does a variable of this size, or a part of its life, lie where the address is? */
static bool lies_there(struct search *s, Dwarf_Die *die, uint64_t size) {
    Dwarf_Attribute a;
    Dwarf_Addr base, start, end;
    Dwarf_Op *op;
    size_t n;
    ptrdiff_t at = 0;

    if (!dwarf_attr_integrate(die, DW_AT_location, &a)) return false;
    while ((at = dwarf_getlocations(&a, at, &base, &start, &end, &op, &n)) > 0) {
        uint64_t place = n == 1 ? place_of(s, op) : 0;
        if (!place || s->address - place >= size) continue;
        s->offset = s->address - place;
        return true;
    }
    return false;
}

static void search_below(struct search *s, Dwarf_Die *parent, const char *function, int depth) {
    Dwarf_Die die, type;
    Dwarf_Attribute a;

    if (depth > NESTED_MAX || dwarf_child(parent, &die) != 0) return;
    do {
        int tag = dwarf_tag(&die);
        Dwarf_Word size;
        if (tag == DW_TAG_lexical_block) search_below(s, &die, function, depth + 1);
        if (tag == DW_TAG_inlined_subroutine)
            search_below(s, &die, intern(dwarf_formstring(dwarf_attr_integrate(&die, DW_AT_name, &a))), depth + 1);
        if (tag != DW_TAG_variable && tag != DW_TAG_formal_parameter) continue;
        if (!dwarf_formref_die(dwarf_attr_integrate(&die, DW_AT_type, &a), &type)) continue;
        if (dwarf_aggregate_size(&type, &size) != 0 || !lies_there(s, &die, size)) continue;
        s->found = die;
        s->function = function;
        s->count++;
    } while (dwarf_siblingof(&die, &die) == 0);
}

bool object_local(struct object *o, uint64_t pc, const struct frame_place *at, struct variable *out) {
    struct search s = {.address = at->address, .low = at->low, .high = at->high};
    Dwarf_Attribute a;
    Dwarf_Die function;

    if (!object_function(o, pc, &function)) return false;
    s.base = frame_base(&s, &function);
    search_below(&s, &function, intern(dwarf_formstring(dwarf_attr_integrate(&function, DW_AT_name, &a))), 0);
    if (s.count != 1) return false;
    object_describe(&s.found, s.offset, at->size, out);
    out->function = s.function;
    return out->name != NULL;
}
