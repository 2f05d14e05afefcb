int library_counter;
void library_bump(void);
void library_bump(void) { library_counter++; }
void library_poke(int *p);
void library_poke(int *p) { *p += 1; }
