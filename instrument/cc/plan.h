/* What goro-cc runs for the arguments it got: a pure function of them, so that tests need no compiler. */
#ifndef GORO_CC_PLAN_H
#define GORO_CC_PLAN_H

#include <stdbool.h>
#include <stddef.h>

enum link_kind { LINK_STATIC, LINK_SHARED };
enum query { QUERY_NONE, QUERY_CFLAGS, QUERY_LIBS, QUERY_VERSION, QUERY_HELP };
enum compiler_kind { COMPILER_GCC, COMPILER_CLANG };

/* Where goro lives, all absolute. */
struct tree {
    const char *include, *lib;
    bool system; /* lib is where the dynamic linker looks anyway */
};

struct arguments {
    const char **at; /* ends in NULL */
    size_t count, room;
};
void arguments_add(struct arguments *a, const char *text);
/* The same with the parts joined; the last one is NULL. */
void arguments_join(struct arguments *a, const char *part, ...);

/* What the command line asks for. */
struct plan {
    bool race;
    enum link_kind link;
    enum query query;

    bool sources, inputs;     /* a source file; any file or library at all */
    bool links;               /* the compiler goes as far as the link */
    bool shared, relocatable; /* -shared, -r */
    bool fully_static;        /* -static or -static-pie */
    bool static_pie;
    bool debug;               /* some -g option was given */
    bool language_set;        /* -x is in force at the end */
    struct arguments rest;    /* the command line without what is ours */
};

/* Reads the command line (argv[0] left out), response files included. Returns NULL, or what is wrong with it. */
const char *plan_read(struct plan *p, int argc, char **argv);
/* What has to be added for it. */
void plan_cflags(const struct plan *p, const struct tree *t, enum compiler_kind compiler, struct arguments *out);
void plan_libs(const struct plan *p, const struct tree *t, struct arguments *out);

#endif
