// SPDX-License-Identifier: Apache-2.0
// The command line: chapters of verbs, and how words become a verb with its options.
//
// argp does the splitting (`--name=VALUE`, `--name VALUE`, options and arguments in any order) but is kept
// silent: its own messages and help are English under C.UTF-8 and align by bytes. Ours come from the rows
// (help.c).
#include "services/cli/cli.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/i18n.h"
#include "common/base/nearest.h"
#include "common/base/system_error.h"
#include "services/cli/help.h"
#include "services/cli/verbs.h"

const section_t CLI_SECTIONS[] = {
    {N_("Node"), NODE_SECTION},
    {N_("Records"), RECORD_SECTION},
    {N_("Views"), VIEW_SECTION},
    {N_("Individual educational routes"), ROUTE_SECTION},
    {N_("Reviews"), REVIEW_SECTION},
    {N_("Questions of instruments"), QUIZ_SECTION},
    {N_("Anonymous screenings"), SCREENING_SECTION},
    {N_("Organisations"), ORGANISATION_SECTION},
    {N_("Accounts"), ACCOUNT_SECTION},
    {0},
};

enum { MAX_OPTIONS = 24 };

// ---- messages

static void say(const char *prefix, const char *format, va_list args) __attribute__((format(printf, 2, 0)));
static void say(const char *prefix, const char *format, va_list args)
{
    fflush(stdout);
    fprintf(stderr, "%s: ", prefix);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
}

void cli_say(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    say("selenga", format, args);
    va_end(args);
}

int cli_refuse(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    say("selenga", format, args);
    va_end(args);
    return CLI_REFUSED;
}

int cli_later(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    say("selenga", format, args);
    va_end(args);
    return CLI_LATER;
}

int cli_usage(const cli_t *cli, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    say(cli->path, format, args);
    va_end(args);
    fprintf(stderr, _("Try: %s --help"), cli->path);
    fputc('\n', stderr);
    return CLI_USAGE;
}

// ---- options

const char *cli_option(const cli_t *cli, int key)
{
    for (size_t i = cli->n_given; i > 0; i--)
        if (cli->given[i - 1].key == key) return cli->given[i - 1].value;
    return NULL;
}

const char *cli_option_next(const cli_t *cli, int key, size_t *at)
{
    while (*at < cli->n_given) {
        size_t i = (*at)++;
        if (cli->given[i].key == key) return cli->given[i].value;
    }
    return NULL;
}

// ---- verbs

const verb_t *verb_find(const verb_t *verbs, const char *name)
{
    for (; verbs->name; verbs++)
        if (strcmp(verbs->name, name) == 0) return verbs;
    return NULL;
}

static const verb_t *find_top(const char *name)
{
    for (const section_t *section = CLI_SECTIONS; section->title; section++) {
        const verb_t *verb = verb_find(section->verbs, name);
        if (verb) return verb;
    }
    return NULL;
}

static void offer_all(nearest_t *nearest, const verb_t *verbs)
{
    for (; verbs->name; verbs++) nearest_offer(nearest, verbs->name);
}

// ---- parsing

typedef struct parse {
    cli_t *cli;
    bool leaf;      // the verb is known: other words are its arguments
    int rest;       // index of the first word after the verb
    int error_next; // where argp stood when it gave up
    int result;
} parse_t;

static int unknown_verb(const cli_t *cli, const char *word)
{
    nearest_t nearest = nearest_to(word);
    if (cli->verb)
        offer_all(&nearest, cli->verb->verbs);
    else
        for (const section_t *section = CLI_SECTIONS; section->title; section++)
            offer_all(&nearest, section->verbs);
    if (nearest.best)
        return cli_usage(cli, _("there is no verb '%s'; did you mean '%s'?"), word, nearest.best);
    return cli_usage(cli, _("there is no verb '%s'"), word);
}

// A word that is no option: the next part of the verb. Reading stops at the verb, its own options are read
// later.
static error_t take_word(parse_t *parse, const char *word, struct argp_state *state)
{
    cli_t *cli = parse->cli;
    if (parse->leaf) {
        cli->args = state->argv + state->next - 1;
        cli->n_args = (size_t)(state->argc - state->next + 1);
        state->next = state->argc;
        return 0;
    }
    const verb_t *verb = cli->verb ? verb_find(cli->verb->verbs, word) : find_top(word);
    if (!verb) {
        parse->result = unknown_verb(cli, word);
        return EINVAL;
    }
    cli->verb = verb;
    size_t used = strlen(cli->path);
    snprintf(cli->path + used, sizeof cli->path - used, " %s", verb->name);
    if (!verb->verbs) {
        parse->rest = state->next;
        state->next = state->argc;
    }
    return 0;
}

static error_t take_option(parse_t *parse, int key, const char *value)
{
    cli_t *cli = parse->cli;
    switch (key) {
    case HELP_KEY_NODE:
        cli->node = value;
        return 0;
    case HELP_KEY_JSON:
        cli->json = true;
        return 0;
    case HELP_KEY_HELP:
    case '?':
        cli->help = true;
        return 0;
    case HELP_KEY_VERSION:
        cli->version = true;
        return 0;
    default:
        break;
    }
    if (cli->n_given == CLI_MAX_GIVEN) {
        parse->result = cli_usage(cli, _("more than %d options"), CLI_MAX_GIVEN);
        return EINVAL;
    }
    cli->given[cli->n_given].key = key;
    cli->given[cli->n_given++].value = value ? value : "";
    return 0;
}

static error_t on_key(int key, char *arg, struct argp_state *state)
{
    parse_t *parse = state->input;
    if (key == ARGP_KEY_ARG) return take_word(parse, arg, state);
    if (key == ARGP_KEY_ERROR) parse->error_next = state->next;
    if (key <= 0 || key >= ARGP_KEY_END) return ARGP_ERR_UNKNOWN;
    return take_option(parse, key, arg);
}

static const struct argp_option *option_named(const struct argp_option *options, const char *name, size_t n)
{
    for (; options->name; options++)
        if (strncmp(options->name, name, n) == 0) return options;
    return NULL;
}

// Why argp did not like `word`.
static int wrong_option(const cli_t *cli, const struct argp_option *options, const char *word)
{
    if (strncmp(word, "--", 2) != 0) return cli_usage(cli, _("there is no option '%s'"), word);
    size_t n = strcspn(word + 2, "=");
    const struct argp_option *option = option_named(options, word + 2, n);
    if (option && option->arg && !word[n + 2])
        return cli_usage(cli, _("option --%s needs a value: --%s %s"), option->name, option->name,
                         option->arg);
    if (option && !option->arg && word[n + 2])
        return cli_usage(cli, _("option --%s takes no value"), option->name);
    nearest_t nearest = nearest_to(word + 2);
    for (; options->name; options++) nearest_offer(&nearest, options->name);
    if (nearest.best)
        return cli_usage(cli, _("there is no option '%s'; did you mean '--%s'?"), word, nearest.best);
    return cli_usage(cli, _("there is no option '%s'"), word);
}

// The common options and the verb's own, as argp wants them: one array.
static void join_options(const verb_t *verb, struct argp_option *out)
{
    size_t n = help_common(verb, out);
    for (const struct argp_option *o = verb ? verb->options : NULL; o && o->name; o++) {
        if (n + 1 >= MAX_OPTIONS) abort();
        out[n++] = *o;
    }
    out[n] = (struct argp_option){0};
}

static int read_words(parse_t *parse, int argc, char **argv)
{
    struct argp_option options[MAX_OPTIONS];
    join_options(parse->leaf ? parse->cli->verb : NULL, options);
    const struct argp argp = {.options = options, .parser = on_key};
    unsigned flags = ARGP_SILENT | (parse->leaf ? 0 : ARGP_IN_ORDER);
    error_t r = argp_parse(&argp, argc, argv, flags, NULL, parse);
    if (r == 0 || parse->result != 0) return parse->result;
    int at = parse->error_next;
    const char *word = at > 0 && argv[at - 1][0] == '-' && at > 1 ? argv[at - 1]
                       : at < argc                                ? argv[at]
                                                                  : argv[argc - 1];
    return wrong_option(parse->cli, options, word);
}

static int check_arguments(const cli_t *cli)
{
    const verb_t *verb = cli->verb;
    if (cli->n_args < verb->min_args) return cli_usage(cli, _("too few arguments; it takes: %s"), verb->args);
    if (cli->n_args > verb->max_args && verb->max_args == 0)
        return cli_usage(cli, _("'%s' is too much: it takes no arguments"), cli->args[0]);
    if (cli->n_args > verb->max_args)
        return cli_usage(cli, _("'%s' is too much; it takes: %s"), cli->args[verb->max_args], verb->args);
    return CLI_DONE;
}

int cli_parse(int argc, char **argv, cli_t *ret_cli)
{
    cli_t cli = {.path = "selenga"};
    parse_t parse = {.cli = &cli, .rest = argc};
    int r = read_words(&parse, argc, argv);
    if (r == CLI_DONE && cli.verb && !cli.verb->verbs) {
        parse.leaf = true;
        // argp skips the first word as the program's name: here the verb.
        r = read_words(&parse, argc - parse.rest + 1, argv + parse.rest - 1);
    }
    if (r != CLI_DONE) return r;
    if (!cli.help && !cli.version) {
        if (!cli.verb) return cli_usage(&cli, _("what is to be done? Name a verb"));
        if (cli.verb->verbs) return cli_usage(&cli, _("a verb is missing"));
        r = check_arguments(&cli);
        if (r != CLI_DONE) return r;
    }
    const char *from_environment = getenv("SELENGA_NODE");
    if (!cli.node && from_environment && *from_environment) cli.node = from_environment;
    *ret_cli = cli;
    return CLI_DONE;
}

// ---- running

// Data that did not reach its file is not done, whatever the verb thought.
static int flush_output(int result)
{
    if (fflush(stdout) == 0 && !ferror(stdout)) return result;
    if (errno == EPIPE) return result ? result : CLI_REFUSED;
    return cli_later(_("writing the result failed: %s"), system_error(errno));
}

int cli_main(int argc, char **argv)
{
    cli_t cli;
    int r = cli_parse(argc, argv, &cli);
    if (r != CLI_DONE) return r;
    if (cli.version)
        printf("selenga %s\n", SELENGA_VERSION);
    else if (cli.help)
        help_print(&cli, stdout);
    else
        r = cli.verb->run(&cli);
    return flush_output(r);
}
