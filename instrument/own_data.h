/* Where goro's own variables lie: each section that compilers put variables with addresses in them into, from the library's
 * first object file (low) to its last (high). A linker places what comes from one file together, and by the file's order,
 * so that between the outermost marks there is nothing of the program's; those that begin as zeroes are apart. */
#ifndef GORO_INSTRUMENT_OWN_DATA_H
#define GORO_INSTRUMENT_OWN_DATA_H

#define OWN_VARIABLES(X, side) X(data, side, ".data") X(rel, side, ".data.rel") X(local, side, ".data.rel.local")
#define OWN_ZEROES(X, side) X(bss, side, ".bss")

#define OWN_MARK(name, side, where)                                                                                    \
    extern char front_##name##_##side[16];                                                                             \
    __attribute__((section(where), aligned(16), used)) char front_##name##_##side[16];
#define OWN_DATA(side) OWN_VARIABLES(OWN_MARK, side) OWN_ZEROES(OWN_MARK, side)

#endif
