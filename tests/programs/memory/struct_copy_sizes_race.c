// Copies of structures of many sizes: each is a read of all bytes, seen at its last one.
// expect: GR001*15
#include "../stage.h"

struct s1 { char c[1]; };
static struct s1 shared1;
static struct s2 { char c[2]; } shared2;
static struct s3 { char c[3]; } shared3;
static struct s5 { char c[5]; } shared5;
static struct s8 { char c[8]; } shared8;
static struct s12 { char c[12]; } shared12;
static struct s16 { char c[16]; } shared16;
static struct s17 { char c[17]; } shared17;
static struct s24 { char c[24]; } shared24;
static struct s31 { char c[31]; } shared31;
static struct s32 { char c[32]; } shared32;
static struct s40 { char c[40]; } shared40;
static struct s64 { char c[64]; } shared64;
static struct s100 { char c[100]; } shared100;
static struct s256 { char c[256]; } shared256;

static void escape(void *copy) { __asm__ volatile("" : : "r"(copy) : "memory"); }

static void copier(void) {
    struct s1 a = shared1;     escape(&a); // race: first a
    struct s2 b = shared2;     escape(&b); // race: first b
    struct s3 c = shared3;     escape(&c); // race: first c
    struct s5 d = shared5;     escape(&d); // race: first d
    struct s8 e = shared8;     escape(&e); // race: first e
    struct s12 f = shared12;   escape(&f); // race: first f
    struct s16 g = shared16;   escape(&g); // race: first g
    struct s17 h = shared17;   escape(&h); // race: first h
    struct s24 i = shared24;   escape(&i); // race: first i
    struct s31 j = shared31;   escape(&j); // race: first j
    struct s32 k = shared32;   escape(&k); // race: first k
    struct s40 l = shared40;   escape(&l); // race: first l
    struct s64 m = shared64;   escape(&m); // race: first m
    struct s100 n = shared100; escape(&n); // race: first n
    struct s256 o = shared256; escape(&o); // race: first o
}

static void writer(void) {
    shared1.c[0] = 1;     // race: second a
    shared2.c[1] = 1;     // race: second b
    shared3.c[2] = 1;     // race: second c
    shared5.c[4] = 1;     // race: second d
    shared8.c[7] = 1;     // race: second e
    shared12.c[11] = 1;   // race: second f
    shared16.c[15] = 1;   // race: second g
    shared17.c[16] = 1;   // race: second h
    shared24.c[23] = 1;   // race: second i
    shared31.c[30] = 1;   // race: second j
    shared32.c[31] = 1;   // race: second k
    shared40.c[39] = 1;   // race: second l
    shared64.c[63] = 1;   // race: second m
    shared100.c[99] = 1;  // race: second n
    shared256.c[255] = 1; // race: second o
}

int main(void) {
    together(copier, writer);
    return 0;
}
