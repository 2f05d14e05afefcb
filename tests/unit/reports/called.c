/* A library that calls back. */
static int calls;
void library_call(void (*f)(void));
void library_call(void (*f)(void)) {
    f(); /* line: library */
    calls++;
}
