/* Paths: one trie of interned lists, each known by a 32-bit number.
 *
 * A path is its parent plus a key. Call paths are lists of return addresses, outermost first; the *site* of an access
 * is the call path with the access's pc as its last key. Other things that are lists hang in the same trie under
 * other tags: sets of locks held, the task that allocated a block.
 *
 * Nothing holds a reference that is counted: when paths outgrow their budget the world is stopped (world.h), what
 * cells, blocks, tasks and frames refer to is marked, and the rest is reclaimed. So a path number may be kept in a
 * local variable only while inside the world.
 *
 * Threads: any that is inside the world. Lookups take no lock. */
#ifndef GORO_DETECTOR_PATH_H
#define GORO_DETECTOR_PATH_H

#include "detector/engine.h"

enum { PATH_BITS = 28 };
enum { PATH_NONE, PATH_ROOT, PATH_LOST /* memory ran out: what ended here is not known */, PATH_FIRST };

/* What a key is. */
enum path_tag {
    PATH_CALL,  /* a return address, or the pc of an access */
    PATH_LOCKS, /* the set of locks held (a path): between a call path and an access's pc */
    PATH_LOCK,  /* a lock's address, kind and mode: an element of a set of locks, after the rest of the set */
    PATH_TAKEN, /* the site where the lock just before was taken */
    PATH_OWNER, /* a task's record: who allocated the block whose site the parent is */
    PATH_BYTES, /* a mask of bytes and the site of their access: an element of a mixture (mixture.h) */
    PATH_LEFT,  /* where a call's frame was: behind the site where it was left (frames.h) */
    PATH_TAGS,
};
enum { PATH_TAG_SHIFT = 61 };
#define PATH_MARKED ((uint64_t)1 << 60)
#define PATH_PINNED ((uint64_t)1 << 59)
#define PATH_FLAGS (PATH_MARKED | PATH_PINNED)
#define PATH_VALUE (PATH_PINNED - 1)

struct path_node {
    uint64_t hash;   /* of the whole path: two paths are the same if and only if their hashes are (path.c) */
    uint64_t key;    /* tag, flags, value */
    uint32_t parent; /* of a free node: PATH_NONE */
    uint32_t next;   /* in its bucket, or of the free nodes */
};
_Static_assert(sizeof(struct path_node) == 24, "a node has no padding");

extern struct path_node *path_nodes __attribute__((visibility("hidden")));

GORO_INLINE uint64_t path_key(enum path_tag tag, uint64_t value) { return (uint64_t)tag << PATH_TAG_SHIFT | value; }
/* relaxed: a pinned path is read outside the world, too, while a sweep changes its flags and nothing else */
GORO_INLINE uint64_t path_key_of(uint32_t path) { return __atomic_load_n(&path_nodes[path].key, __ATOMIC_RELAXED); }
GORO_INLINE enum path_tag path_tag_of(uint32_t path) { return (enum path_tag)(path_key_of(path) >> PATH_TAG_SHIFT); }
GORO_INLINE uint64_t path_value(uint32_t path) { return path_key_of(path) & PATH_VALUE; }
GORO_INLINE uint32_t path_parent(uint32_t path) { return path_nodes[path].parent; }

/* The hash of a path, and of one with a key behind it: finds a long path without looking at what it begins with. */
GORO_INLINE uint64_t path_hash(uint32_t path) { return path_nodes[path].hash; }
GORO_INLINE uint64_t path_hash_child(uint64_t hash, uint64_t key) {
    /* multiplicative hashing (Knuth, TAOCP 3, 6.4) by the golden ratio, folded */
    hash = (hash ^ key) * 0x9e3779b97f4a7c15u;
    return hash ^ hash >> 32;
}
/* PATH_NONE: there is no such path yet. */
uint32_t path_find(uint64_t hash);

/* The path `parent` with `key` at its end. PATH_LOST when there is no memory (said as degraded). */
uint32_t path_child(uint32_t parent, uint64_t key);

/* The calls of a path, innermost first, without what hangs there under other tags. When there are more than `room`
 * the innermost and outermost halves are given. Returns how many were stored; *omitted: how many were not. */
uint32_t path_calls(uint32_t path, uintptr_t *frames, uint32_t room, uint32_t *omitted);
/* The set of locks held at a site; PATH_NONE: none. */
uint32_t path_locks(uint32_t site);

/* Never reclaims it: for what is referred to from where no sweep looks (records of tasks, which are kept for good). */
void path_pin(uint32_t path);

/* Reclaiming, world stopped: mark everything that is referred to, then sweep. */
void path_mark(uint32_t path);
void path_mark_live(uint32_t path); /* the same, of a number that may be a free node's */
void path_sweep(void);

/* Changes when numbers may be reused: who remembers paths outside of what is marked forgets them then. Read inside. */
extern uint32_t path_era __attribute__((visibility("hidden")));

uint32_t path_count(void);
void path_engine_init(void);
void path_engine_fini(void);
void path_check(void);

#endif
