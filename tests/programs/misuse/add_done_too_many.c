// examples/add_done_differ.c with one done too many.
// expect: GW002
// allow: GW003
// exit: 2
// args: too-many-dones
// sources: ../../../examples/add_done_differ.c
// stderr-has: panic: sync: negative WaitGroup counter
