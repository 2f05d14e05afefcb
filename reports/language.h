/* The language of the explanations: English, or one of those that reports/po translates.
 *
 * Threads: none. */
#ifndef GORO_REPORTS_LANGUAGE_H
#define GORO_REPORTS_LANGUAGE_H

/* Marks a text that is translated: xgettext collects these. */
#define N_(text) text

/* Chooses the language: `name` ("ru", "zh_CN", "en"), or by the locale of the environment if it is NULL. A name for which
 * there are no texts ends goro-race with status 125 and the names that there are; a locale without any means English. */
void language_choose(const char *name);

/* The text in the chosen language; itself if it is not translated. */
const char *translated(const char *text);

#endif
