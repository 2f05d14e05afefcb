/* Looks texts up in what msgfmt has made of reports/po: share/locale/LANGUAGE/LC_MESSAGES/goro-race.mo.
 *
 * Always true
 *  1. A file that is missing, cut off or malformed means English: no offset in it is believed.
 *
 * Not done: libintl's gettext() itself. It translates only into a locale that is installed on the machine; on a server or in
 * a CI container there are mostly C and C.UTF-8, and --lang ru would print English there. */
#include "reports/language.h"
#include "reports/memory.h"
#include "reports/program.h"

#include <dirent.h>
#include <langinfo.h>
#include <locale.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* A .mo file as GNU gettext's manual describes it. */
enum { MO_MAGIC = 0x950412deu & 0x7fffffff, FILE_MOST = 16 << 20 };
struct mo_header {
    uint32_t magic, revision, count, originals, translations;
};
struct mo_string {
    uint32_t length, offset;
};

static struct {
    char *data; /* the file and a 0 behind it; NULL: English */
    size_t size;
} catalogue;

/* -- the file ---------------------------------------------------------------------------------------------------------- */

/* The i-th of the strings that are listed at `table`; NULL if the file is malformed. */
static const char *string_at(uint32_t table, uint32_t i) {
    struct mo_string s;
    size_t at = (size_t)table + (size_t)i * sizeof s;

    if (at + sizeof s > catalogue.size) return NULL;
    memcpy(&s, catalogue.data + at, sizeof s);
    if ((size_t)s.offset + s.length >= catalogue.size || catalogue.data[s.offset + s.length] != 0) return NULL;
    return catalogue.data + s.offset;
}

static bool read_header(struct mo_header *h) {
    if (catalogue.size < sizeof *h) return false;
    memcpy(h, catalogue.data, sizeof *h);
    return (h->magic & 0x7fffffff) == MO_MAGIC;
}

static char *catalogue_path(const char *language) {
    struct text name = {0};
    char *path;

    text_print(&name, "share/locale/%s/LC_MESSAGES/goro-race.mo", language);
    path = program_file(name.data);
    text_free(&name);
    return path;
}

static bool load(const char *language) {
    char *path = catalogue_path(language);
    FILE *f = strchr(language, '/') ? NULL : fopen(path, "re");
    struct mo_header h;

    free(path);
    if (!f) return false;
    catalogue.data = memory_new(FILE_MOST + 1);
    catalogue.size = fread(catalogue.data, 1, FILE_MOST, f);
    fclose(f);
    catalogue.data = memory_resize(catalogue.data, catalogue.size + 1);
    if (read_header(&h)) return true;
    free(catalogue.data);
    catalogue.data = NULL;
    return false;
}

/* -- choosing ------------------------------------------------------------------------------------------------------------ */

static bool is_english(const char *language) {
    return !strcmp(language, "C") || !strcmp(language, "POSIX") || !strcmp(language, "en") ||
           !strncmp(language, "en_", 3);
}

/* "ru_RU.UTF-8" is ru_RU, or else ru; zh is zh_CN, the one Chinese there is. True if it is settled. */
static bool choose(const char *name, size_t length) {
    char language[32];

    length = length < sizeof language ? length : sizeof language - 1;
    memcpy(language, name, length);
    language[length] = 0;
    language[strcspn(language, ".@")] = 0;
    if (is_english(language) || load(language)) return true;
    language[strcspn(language, "_-")] = 0;
    return load(language) || (!strcmp(language, "zh") && load("zh_CN"));
}

static const char *environment_locale(void) {
    static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};

    for (size_t i = 0; i < array_length(names); i++)
        if (getenv(names[i]) && *getenv(names[i])) return getenv(names[i]);
    return "C";
}

/* The texts are UTF-8; the locale may be one that this machine has not got. */
static bool writes_utf8(const char *locale) {
    return strcasestr(locale, "utf-8") || strcasestr(locale, "utf8") ||
           (setlocale(LC_CTYPE, "") && !strcmp(nl_langinfo(CODESET), "UTF-8"));
}

static void choose_by_locale(void) {
    const char *locale = environment_locale(), *list = getenv("LANGUAGE");

    if (is_english(locale) || !strncmp(locale, "C.", 2) || !writes_utf8(locale)) return;
    for (; list && *list; list += strspn(list, ":")) {
        size_t n = strcspn(list, ":");
        if (choose(list, n)) return;
        list += n;
    }
    choose(locale, strlen(locale));
}

static _Noreturn void unknown_language(const char *name) {
    char *folder = program_file("share/locale");
    DIR *d = opendir(folder);
    struct text have = {0};

    text_put(&have, "en");
    for (struct dirent *e; d && (e = readdir(d));) {
        char *path = catalogue_path(e->d_name);
        FILE *f = e->d_name[0] == '.' ? NULL : fopen(path, "re");
        free(path);
        if (!f) continue;
        fclose(f);
        text_print(&have, ", %s", e->d_name);
    }
    give_up(EXIT_MISUSE, "there are no explanations in '%s'; there are: %s", name, have.data);
}

void language_choose(const char *name) {
    if (!name) choose_by_locale();
    else if (!choose(name, strlen(name))) unknown_language(name);
}

const char *translated(const char *text) {
    struct mo_header h;

    if (!catalogue.data || !read_header(&h)) return text;
    for (uint32_t i = 0; i < h.count; i++) {
        const char *original = string_at(h.originals, i), *found = string_at(h.translations, i);
        if (!original || !found) return text;
        if (*original && !strcmp(original, text)) return *found ? found : text;
    }
    return text;
}
