/* `goro-race explain`: prints pages, lists the codes, helps with a mistyped one. */
#include "reports/explain.h"
#include "reports/language.h"
#include "reports/memory.h"
#include "reports/options.h"
#include "reports/words.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

static void list_codes(void) {
    printf("usage: goro-race explain CODE\n\n");
    for (const struct code_entry *e = code_table(); e->code; e++)
        printf("  %s  %-7s  %s\n", e->code, severity_name((enum finding_severity)e->severity), translated(e->kind));
}

static _Noreturn void unknown_code(const char *word) {
    const char *words[64], *meant;
    size_t n = 0;

    for (const struct code_entry *e = code_table(); e->code; e++) words[n++] = e->code;
    words[n] = NULL;
    meant = nearest_word(word, words);
    if (meant) give_up(EXIT_MISUSE, "there is no finding code %s; did you mean %s?", word, meant);
    give_up(EXIT_MISUSE, "there is no finding code %s; goro-race explain lists them", word);
}

int explain_run(char **words) {
    if (!*words) list_codes();
    for (; *words; words++) {
        char code[16] = "";
        const struct code_entry *e;
        for (size_t i = 0; (*words)[i] && i < sizeof code - 1; i++)
            code[i] = (char)toupper((unsigned char)(*words)[i]);
        e = code_find(code);
        if (!e) unknown_code(*words);
        printf("%s  %s (%s)\n\n%s", e->code, translated(e->kind),
               translated(severity_name((enum finding_severity)e->severity)), translated(e->page));
        if (words[1]) printf("\n");
    }
    return fflush(stdout) ? EXIT_MISUSE : 0;
}
