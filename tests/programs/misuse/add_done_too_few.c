// examples/add_done_differ.c with one done too few.
// expect: GW001*1 GD001*1
// exit: 2
// args: too-few-dones
// sources: ../../../examples/add_done_differ.c
// stderr-has: fatal error: all goroutines are asleep - deadlock!
