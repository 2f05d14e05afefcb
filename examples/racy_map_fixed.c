// Three goroutines count words into one map that locks itself: the repaired twin of racy_map.c.
//
// The mutex is part of the map, so nobody who has a map can forget which lock it needs.
//
// expect: none
// stdout: 7 different words
#include <goro.h>
#include <stdio.h>
#include <string.h>

struct map {
    goro_mutex mu; // guards all that follows
    int used;
    struct {
        const char *word;
        int times;
    } slot[16];
};

static struct map words;

static void count_word(struct map *m, const char *word) {
    goro_mutex_lock(&m->mu);
    int i = 0;
    while (i < m->used && strcmp(m->slot[i].word, word) != 0) i++;
    if (i == m->used) {
        m->slot[i].word = word;
        m->slot[i].times = 0;
        m->used++;
    }
    m->slot[i].times++;
    goro_mutex_unlock(&m->mu);
}

static void count_words(const char *const *text) {
    for (; *text; text++) count_word(&words, *text);
}

int main(void) {
    static const char *const texts[3][4] = {{"to", "be", "or"}, {"not", "to", "be"}, {"that", "is", "it"}};
    goro_wg wg = {0};
    for (int i = 0; i < 3; i++) goro_wg_go(&wg, count_words, texts[i]);
    goro_wg_wait(&wg);
    printf("%d different words\n", words.used);
    return 0;
}
