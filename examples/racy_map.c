// Three goroutines count words into one map. A WaitGroup makes main wait for them, but nothing orders the three among
// themselves, so there is a data race in every line that touches the map.
//
// The WaitGroup is no lock. It orders each goroutine's work before main's printing, and that is all it orders.
// racy_map_fixed.c is the repaired twin.
//
// expect: GR001
// exit: any
#include <goro.h>
#include <stdio.h>
#include <string.h>

struct map {
    int used;
    struct {
        const char *word;
        int times;
    } slot[16];
};

static struct map words;

static void count_word(struct map *m, const char *word) {
    int i = 0;
    while (i < m->used && strcmp(m->slot[i].word, word) != 0) i++; // race: both
    if (i == m->used) {                                            // race: both
        m->slot[i].word = word;                                    // race: both
        m->slot[i].times = 0;                                      // race: both
        m->used++;                                                 // race: both
    }
    m->slot[i].times++; // race: both
}

static void count_words(const char *const *text) {
    for (; *text; text++) count_word(&words, *text); // race: both
}

int main(void) {
    static const char *const texts[3][4] = {{"to", "be", "or"}, {"not", "to", "be"}, {"that", "is", "it"}};
    goro_wg wg = {0};
    for (int i = 0; i < 3; i++) goro_wg_go(&wg, count_words, texts[i]);
    goro_wg_wait(&wg);
    printf("%d different words\n", words.used);
    return 0;
}
