// SPDX-License-Identifier: Apache-2.0
// Help pages: usage, what it does, verbs or options, examples. Aligned and wrapped by cells, so Russian looks
// as good.
#include "services/cli/help.h"

#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "common/base/i18n.h"
#include "common/base/util.h"
#include "common/forms/grid.h"

const struct argp_option HELP_COMMON_OPTIONS[] = {
    {"node", HELP_KEY_NODE, "DIR", 0, N_("the node's directory; else taken from SELENGA_NODE"), 0},
    {"json", HELP_KEY_JSON, NULL, 0, N_("print one JSON document in place of tables"), 0},
    {"help", HELP_KEY_HELP, NULL, 0, N_("print this help"), 0},
    {"version", HELP_KEY_VERSION, NULL, 0, N_("print the version"), 0},
    {0},
};

_Static_assert(ARRAY_SIZE(HELP_COMMON_OPTIONS) <= HELP_COMMON_MAX, "they fit");

static bool has_option(const verb_t *verb, const char *name)
{
    for (const struct argp_option *o = verb ? verb->options : NULL; o && o->name; o++)
        if (strcmp(o->name, name) == 0) return true;
    return false;
}

size_t help_common(const verb_t *verb, struct argp_option *out)
{
    size_t n = 0;
    for (const struct argp_option *o = HELP_COMMON_OPTIONS; o->name; o++)
        if (!has_option(verb, o->name)) out[n++] = *o;
    out[n] = (struct argp_option){0};
    return n;
}

enum { MIN_WIDTH = 60, MAX_WIDTH = 100, MAX_TERM = 30, INDENT = 2, GAP = 2 };

static size_t page_width(FILE *out)
{
    struct winsize size;
    int fd = out == stdout   ? STDOUT_FILENO
             : out == stderr ? STDERR_FILENO
                             : fileno(out); // they may be guarded
    if (!isatty(fd) || ioctl(fd, TIOCGWINSZ, &size) != 0) return MAX_WIDTH;
    return size.ws_col < MIN_WIDTH ? MIN_WIDTH : size.ws_col > MAX_WIDTH ? MAX_WIDTH : size.ws_col;
}

static void blanks(FILE *out, size_t n)
{
    fprintf(out, "%*s", (int)n, "");
}

void help_wrap(FILE *out, const char *text, size_t at, size_t indent, size_t width)
{
    char word[512];
    bool first = true;
    while (*text) {
        size_t n = strcspn(text, " \n");
        snprintf(word, sizeof word, "%.*s", (int)n, text);
        size_t cells = text_width(word);
        if (!first && at + 1 + cells > width) {
            fputc('\n', out);
            at = 0;
            first = true;
        }
        if (first && at < indent) {
            blanks(out, indent - at);
            at = indent;
        }
        if (!first) at += (size_t)fprintf(out, " ");
        fputs(word, out);
        at += cells;
        first = false;
        text += n;
        if (*text == '\n') {
            fputc('\n', out);
            at = 0;
            first = true;
        }
        if (*text) text++;
    }
    fputc('\n', out);
}

// A term with its explanation beside it, or under it when the term is long.
static void term(FILE *out, const char *name, const char *text, size_t column, size_t width)
{
    size_t at = INDENT + text_width(name);
    fprintf(out, "%*s%s", INDENT, "", name);
    if (at + GAP > column) {
        fputc('\n', out);
        at = 0;
    }
    help_wrap(out, text, at, column, width);
}

static const char *option_term(const struct argp_option *option, char *buffer, size_t size)
{
    snprintf(buffer, size, "--%s%s%s", option->name, option->arg ? " " : "", option->arg ? option->arg : "");
    return buffer;
}

static const char *verb_term(const char *group, const verb_t *verb, char *buffer, size_t size)
{
    snprintf(buffer, size, "%s%s%s%s%s", group, *group ? " " : "", verb->name, verb->args ? " " : "",
             verb->args ? verb->args : "");
    return buffer;
}

static void print_options(FILE *out, const char *title, const struct argp_option *options, size_t width)
{
    char name[128];
    size_t column = 0;
    for (const struct argp_option *o = options; o->name; o++) {
        size_t n = text_width(option_term(o, name, sizeof name));
        if (n > column && n <= MAX_TERM) column = n;
    }
    fprintf(out, "\n%s:\n", title);
    for (const struct argp_option *o = options; o->name; o++)
        term(out, option_term(o, name, sizeof name), _(o->doc), INDENT + column + GAP, width);
}

static void print_verbs(FILE *out, const char *group, const verb_t *verbs, size_t width)
{
    char name[128];
    for (; verbs->name; verbs++) {
        verb_term(group, verbs, name, sizeof name);
        if (verbs->verbs)
            print_verbs(out, name, verbs->verbs, width);
        else
            term(out, name, _(verbs->summary), INDENT + MAX_TERM + GAP, width);
    }
}

static void print_examples(FILE *out, const char *examples)
{
    fprintf(out, "\n%s:\n", _("Examples"));
    while (*examples) {
        size_t n = strcspn(examples, "\n");
        fprintf(out, "%*s%.*s\n", INDENT, "", (int)n, examples);
        examples += n + (examples[n] == '\n');
    }
}

static void print_first_page(FILE *out, size_t width)
{
    fprintf(out, "%s selenga [--node DIR] [--json] %s\n\n", _("Usage:"), _("VERB ..."));
    help_wrap(
        out,
        _("Selenga: the network of a regional system of methodological support for teachers. A node is one "
          "installation at one organisation; every command speaks with the running node in DIR."),
        0, 0, width);
    for (const section_t *section = CLI_SECTIONS; section->title; section++) {
        fprintf(out, "\n%s:\n", _(section->title));
        print_verbs(out, "", section->verbs, width);
    }
    print_options(out, _("Options of every verb"), HELP_COMMON_OPTIONS, width);
    fprintf(out, "\n%s:\n", _("Exit status"));
    term(out, "0", _("done"), INDENT + 4, width);
    term(out, "1", _("refused or failed; the message says why and what to do"), INDENT + 4, width);
    term(out, "64", _("wrong usage"), INDENT + 4, width);
    term(out, "75", _("not now (node unreachable, disk full): try again"), INDENT + 4, width);
    print_examples(out, "selenga node init region --org 03 --level region --listen tcp://0.0.0.0:7703\n"
                        "selenga node run region\n"
                        "selenga --node region import organisation organisations.csv\n"
                        "selenga --node region report --period 2024\n"
                        "selenga node join --help\n");
    fprintf(out, "\n%s\n", _("Data goes to stdout, everything else to stderr."));
}

static void print_group(const cli_t *cli, FILE *out, size_t width)
{
    fprintf(out, "%s %s %s\n\n", _("Usage:"), cli->path, _("VERB ..."));
    help_wrap(out, _(cli->verb->summary), 0, 0, width);
    fprintf(out, "\n%s:\n", _("Verbs"));
    print_verbs(out, "", cli->verb->verbs, width);
    print_options(out, _("Options of every verb"), HELP_COMMON_OPTIONS, width);
    fputc('\n', out);
    fprintf(out, _("Each has its own help: %s VERB --help"), cli->path);
    fputc('\n', out);
}

static void print_verb(const cli_t *cli, FILE *out, size_t width)
{
    const verb_t *verb = cli->verb;
    struct argp_option common[HELP_COMMON_MAX];
    help_common(verb, common);
    fprintf(out, "%s %s%s%s%s\n\n", _("Usage:"), cli->path, verb->options ? _(" [OPTION...]") : "",
            verb->args ? " " : "", verb->args ? verb->args : "");
    help_wrap(out, _(verb->summary), 0, 0, width);
    if (verb->text) {
        fputc('\n', out);
        help_wrap(out, _(verb->text), 0, 0, width);
    }
    if (verb->options) print_options(out, _("Options"), verb->options, width);
    print_options(out, _("Options of every verb"), common, width);
    if (verb->more) verb->more(out, width);
    if (verb->examples) print_examples(out, verb->examples);
}

void help_print(const cli_t *cli, FILE *out)
{
    size_t width = page_width(out);
    if (!cli->verb)
        print_first_page(out, width);
    else if (cli->verb->verbs)
        print_group(cli, out, width);
    else
        print_verb(cli, out, width);
}
