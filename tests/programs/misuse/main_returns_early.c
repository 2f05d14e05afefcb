// examples/main_returns_early.c with main not waiting: the goroutine is cut off.
// expect: none
// allow: GL001
// args: forget
// sources: ../../../examples/main_returns_early.c
// stdout: main ends
