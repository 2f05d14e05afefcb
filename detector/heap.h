/* Heap blocks: which block an address lies in, how large it is, where and by whom it was allocated.
 *
 * A freed block stays known until its address is allocated again or the table needs the room.
 *
 * Threads: any, inside the world. */
#ifndef GORO_DETECTOR_HEAP_H
#define GORO_DETECTOR_HEAP_H

#include "runtime/base/base.h"

struct heap_block {
    uintptr_t address;
    size_t size;
    uint32_t site; /* of the allocation, with a PATH_OWNER behind it unless the main task made it */
    bool freed;
};

void heap_add(uintptr_t address, size_t size, uint32_t site);
/* The block that starts there has been freed; its size, 0 if there is none. */
size_t heap_remove(uintptr_t address);
/* The block that starts there, freed or not. */
bool heap_at(uintptr_t address, struct heap_block *b);
/* The block that contains the address; one that is not freed is preferred. Slow. */
bool heap_find(uintptr_t address, struct heap_block *b);

/* Each block that is not freed, while nobody allocates or frees. */
void heap_each_live(void (*visit)(uintptr_t address, size_t size, void *arg), void *arg);

void heap_mark(void); /* world stopped */
uint64_t heap_count(void);
uint64_t heap_bytes(void); /* of the live blocks; as heap_each_live */
void heap_engine_init(void);
void heap_engine_fini(void);
void heap_check(void);

#endif
