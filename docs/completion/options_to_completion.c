/* options_to_completion SHELL PROGRAM: writes what bash, zsh or fish read to complete a command line of goro-race or
 * goro-cc. The options, sub-commands' options and finding codes come out of the tables that the parsers use. */
#include "instrument/cc/options.h"
#include "reports/bench_options.h"
#include "reports/codes.h"

#include <stdio.h>
#include <string.h>

/* -- the tables --------------------------------------------------------------------------------------------------- */

struct row {
    const char *name, *argument, *help;
    enum option_kind kind;
    enum option_level level;
};
#define ROW(id, name, argument, kind, level, help) {name, argument, help, kind, level},
static const struct row race_rows[] = {REPORT_OPTIONS(ROW){0}}, bench_rows[] = {BENCH_OPTIONS(ROW){0}};
/* What merge refuses, and what explain takes, by the options' numbers in race_rows. */
#define X(id) [OPTION_##id##_ID] = true,
static const bool not_of_merge[OPTION_COUNT + 1] = {OPTIONS_NOT_OF_MERGE(X)}, of_explain[OPTION_COUNT + 1] = {X(LANG)};
#undef X
static struct row merge_rows[OPTION_COUNT + 1], explain_rows[OPTION_COUNT + 1];
#define CC_ROW(option, member, value, help) {option, NULL, help, OPTION_FLAG, SHORT},
static const struct row cc_rows[] = {GORO_CC_OPTIONS(CC_ROW){0}};
static const char *const codes[] = {
#define X(code, severity, kind) #code,
    FINDING_CODES(X)
#undef X
        NULL};
static const char subcommands[] = "explain merge bench";

/* What is for the library alone is nothing to complete. */
static bool is_shown(const struct row *r) { return r->level != HIDDEN; }

/* The rows of race_rows whose mark is `wanted`. */
static void pick(struct row *to, const bool *mark, bool wanted) {
    for (size_t i = 0; i < OPTION_COUNT; i++)
        if (mark[i] == wanted) *to++ = race_rows[i];
}

enum value { NOTHING, FILES, WHEN, CODES, FREE };

/* What may stand behind the option. */
static enum value value_of(const struct row *r) {
    if (!r->argument) return NOTHING;
    if (r->kind == OPTION_WHEN) return WHEN;
    if (!strcmp(r->argument, "F")) return FILES;
    return strcmp(r->argument, "CODES") ? FREE : CODES;
}

static void put_codes(void) {
    for (size_t i = 0; codes[i]; i++) printf("%s%s", i ? " " : "", codes[i]);
}

/* Within the shell's '...'. */
static void put_quoted(const char *s, const char *also) {
    for (; *s; s++) {
        if (*s == '\'') fputs("'\\''", stdout);
        else if (strchr(also, *s)) printf("\\%c", *s);
        else putchar(*s);
    }
}

/* -- bash ----------------------------------------------------------------------------------------------------------- */

static void bash_words(const struct row *rows, const char *dashes) {
    const char *blank = "";

    for (; rows->name; rows++) {
        if (!is_shown(rows)) continue;
        printf("%s%s%s", blank, dashes, rows->name);
        blank = " ";
    }
}

/* The options of one kind of value, as a pattern of a case; a word that nobody types if there are none. */
static void bash_pattern(enum value v) {
    const struct row *tables[] = {race_rows, bench_rows};
    const char *bar = "";

    for (int i = 0; i < 2; i++)
        for (const struct row *r = tables[i]; r->name; r++) {
            if (!is_shown(r) || value_of(r) != v) continue;
            printf("%s--%s", bar, r->name);
            bar = " | ";
        }
    if (!*bar) printf("' '");
}

static void bash_race(void) {
    puts("# bash completion for goro-race; made from the table of its options.\n"
         "_goro_race() {\n"
         "    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} command= i\n"
         "    # in bash `--color=always` is three words\n"
         "    [ \"$word\" != = ] || word=\n"
         "    [ \"$before\" != = ] || before=${COMP_WORDS[COMP_CWORD - 2]}\n"
         "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
         "        case ${COMP_WORDS[i]} in\n"
         "        explain | merge | bench) command=${COMP_WORDS[i]}; break ;;\n"
         "        esac\n"
         "    done\n"
         "    case $before in");
    printf("    "), bash_pattern(FILES), puts(") COMPREPLY=($(compgen -f -- \"$word\")); return ;;");
    printf("    "), bash_pattern(WHEN), puts(") COMPREPLY=($(compgen -W 'auto always never' -- \"$word\")); return ;;");
    printf("    "), bash_pattern(CODES), printf(") COMPREPLY=($(compgen -W '"), put_codes();
    puts(" all' -- \"$word\")); return ;;");
    printf("    "), bash_pattern(FREE), puts(") return ;;\n    esac\n    case $command:$word in");
    printf("    explain:-*) COMPREPLY=($(compgen -W '"), bash_words(explain_rows, "--"), puts("' -- \"$word\")) ;;");
    printf("    merge:-*) COMPREPLY=($(compgen -W '"), bash_words(merge_rows, "--"), puts("' -- \"$word\")) ;;");
    printf("    explain:*) COMPREPLY=($(compgen -W '"), put_codes(), puts("' -- \"$word\")) ;;");
    printf("    bench:-*) COMPREPLY=($(compgen -W '"), bash_words(bench_rows, "--"), puts("' -- \"$word\")) ;;");
    printf("    *:-*) COMPREPLY=($(compgen -W '"), bash_words(race_rows, "--"), puts("' -- \"$word\")) ;;");
    printf("    :*) COMPREPLY=($(compgen -W '%s' -- \"$word\") $(compgen -c -f -- \"$word\")) ;;\n", subcommands);
    puts("    *) COMPREPLY=($(compgen -f -- \"$word\")) ;;\n"
         "    esac\n"
         "} &&\n"
         "    complete -o filenames -F _goro_race goro-race");
}

static void bash_cc(void) {
    puts("# bash completion for goro-cc: its own options, and files; the compiler's options are the compiler's.\n"
         "_goro_cc() {\n"
         "    local word=${COMP_WORDS[COMP_CWORD]}");
    printf("    COMPREPLY=($(compgen -W '"), bash_words(cc_rows, "");
    puts("' -- \"$word\") $(compgen -f -- \"$word\"))\n"
         "} &&\n"
         "    complete -o filenames -F _goro_cc goro-cc");
}

/* -- zsh ------------------------------------------------------------------------------------------------------------ */

static void zsh_rows(const struct row *rows, const char *dashes) {
    for (; rows->name; rows++) {
        if (!is_shown(rows)) continue;
        printf("    '%s%s%s[", dashes, rows->name, rows->argument ? "=" : "");
        put_quoted(rows->help, "[]\\");
        putchar(']');
        switch (value_of(rows)) {
        case NOTHING: break;
        case FILES: printf(":file:_files"); break;
        case WHEN: printf(":when:(auto always never)"); break;
        case CODES: printf(":codes:("), put_codes(), printf(" all)"); break;
        case FREE: printf(":%s:", rows->argument); break;
        }
        puts("' \\");
    }
}

static void zsh_race(void) {
    puts("#compdef goro-race\n# zsh completion for goro-race; made from the table of its options.\n"
         "case ${words[2]} in\n"
         "explain)");
    puts("  _arguments -S : \\"), zsh_rows(explain_rows, "--");
    printf("    '2:code:("), put_codes(), puts(")'\n  ;;\nbench)\n  _arguments -S : \\");
    zsh_rows(bench_rows, "--");
    puts("    '*::program:_normal'\n  ;;\nmerge)\n  _arguments -S : \\");
    zsh_rows(merge_rows, "--");
    puts("    '*:results:_files'\n  ;;\n*)\n  _arguments -S : \\");
    zsh_rows(race_rows, "--");
    printf("    '1:program:{ compadd -- %s; _command_names -e; _files }' \\\n    '*::argument:_normal'\n  ;;\nesac\n",
           subcommands);
}

static void zsh_cc(void) {
    puts("#compdef goro-cc\n# zsh completion for goro-cc: its own options, and files.\n_arguments : \\");
    zsh_rows(cc_rows, "");
    puts("    '*:file:_files'");
}

/* -- fish ----------------------------------------------------------------------------------------------------------- */

/* `dashes` is what the names of the table have in front, if it is not in them. */
static void fish_rows(const struct row *rows, const char *program, const char *condition, const char *dashes) {
    for (; rows->name; rows++) {
        const char *name = rows->name + strspn(rows->name, "-");
        if (!is_shown(rows)) continue;
        if (name != rows->name) dashes = rows->name[1] == '-' ? "--" : "-";
        printf("complete -c %s%s -%s %s -d '", program, condition, dashes[1] ? "l" : "o", name);
        for (const char *s = rows->help; *s; s++) {
            if (*s == '\'' || *s == '\\') putchar('\\');
            putchar(*s);
        }
        putchar('\'');
        switch (value_of(rows)) {
        case NOTHING: break;
        case FILES: printf(" -r -F"); break;
        case WHEN: printf(" -x -a 'auto always never'"); break;
        case CODES: printf(" -x -a '"), put_codes(), printf(" all'"); break;
        case FREE: printf(" -x"); break;
        }
        putchar('\n');
    }
}

static void fish_race(void) {
    puts("# fish completion for goro-race; made from the table of its options.");
    fish_rows(race_rows, "goro-race", " -n 'not __fish_seen_subcommand_from explain merge bench'", "--");
    fish_rows(explain_rows, "goro-race", " -n '__fish_seen_subcommand_from explain'", "--");
    fish_rows(merge_rows, "goro-race", " -n '__fish_seen_subcommand_from merge'", "--");
    fish_rows(bench_rows, "goro-race", " -n '__fish_seen_subcommand_from bench'", "--");
    printf("complete -c goro-race -n '__fish_is_first_arg' -a '%s'\n", subcommands);
    printf("complete -c goro-race -n '__fish_seen_subcommand_from explain' -x -a '"), put_codes(), puts("'");
}

static void fish_cc(void) {
    puts("# fish completion for goro-cc: its own options, and files.");
    fish_rows(cc_rows, "goro-cc", "", "");
}

int main(int argc, char **argv) {
    static const struct {
        const char *shell, *program;
        void (*write)(void);
    } all[] = {{"bash", "goro-race", bash_race}, {"bash", "goro-cc", bash_cc},     {"zsh", "goro-race", zsh_race},
               {"zsh", "goro-cc", zsh_cc},       {"fish", "goro-race", fish_race}, {"fish", "goro-cc", fish_cc}};

    pick(merge_rows, not_of_merge, false);
    pick(explain_rows, of_explain, true);
    for (size_t i = 0; argc == 3 && i < sizeof all / sizeof *all; i++) {
        if (strcmp(all[i].shell, argv[1]) || strcmp(all[i].program, argv[2])) continue;
        all[i].write();
        return fflush(stdout) ? 1 : 0;
    }
    fprintf(stderr, "usage: options_to_completion bash|zsh|fish goro-race|goro-cc\n");
    return 1;
}
