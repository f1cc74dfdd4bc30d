// SPDX-License-Identifier: Apache-2.0
// How words on the command line become a verb, and what is said when they do not.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "services/cli/cli.h"

static cli_t cli;
static char said[4096];

// Parses the words (ended by NULL) and keeps what went to stderr in `said`.
static int parse(const char *first, ...)
{
    static char words[32][128];
    static char *argv[33]; // the parsed line points into it
    int argc = 0;
    va_list args;
    va_start(args, first);
    for (const char *word = first; word && argc < 32; word = va_arg(args, const char *)) {
        snprintf(words[argc], sizeof words[argc], "%s", word);
        argv[argc] = words[argc];
        argc++;
    }
    va_end(args);
    argv[argc] = NULL;
    FILE *capture = tmpfile();
    fflush(stderr);
    int old = dup(STDERR_FILENO);
    dup2(fileno(capture), STDERR_FILENO);
    int r = cli_parse(argc, argv, &cli);
    fflush(stderr);
    dup2(old, STDERR_FILENO);
    close(old);
    rewind(capture);
    size_t n = fread(said, 1, sizeof said - 1, capture);
    said[n] = '\0';
    fclose(capture);
    return r;
}

#define assert_said(text) assert_non_null(strstr(said, text))

static int set_up(void **state)
{
    (void)state;
    unsetenv("SELENGA_NODE");
    return 0;
}

static void a_command_line_without_a_verb_is_wrong(void **state)
{
    (void)state;
    assert_int_equal(parse("selenga", NULL), CLI_USAGE);
    assert_said("Try: selenga --help");
    assert_int_equal(parse("selenga", "node", NULL), CLI_USAGE);
    assert_said("Try: selenga node --help");
}

static void an_unknown_verb_names_the_nearest(void **state)
{
    (void)state;
    assert_int_equal(parse("selenga", "imprt", "staff", "x.csv", NULL), CLI_USAGE);
    assert_said("there is no verb 'imprt'; did you mean 'import'?");
    assert_int_equal(parse("selenga", "node", "stauts", NULL), CLI_USAGE);
    assert_said("did you mean 'status'?");
    assert_int_equal(parse("selenga", "frobnicate", NULL), CLI_USAGE);
    assert_null(strstr(said, "did you mean"));
}

static void an_unknown_option_names_the_nearest(void **state)
{
    (void)state;
    assert_int_equal(parse("selenga", "report", "--perod", "2024", NULL), CLI_USAGE);
    assert_said("there is no option '--perod'; did you mean '--period'?");
    assert_said("Try: selenga report --help");
    assert_int_equal(parse("selenga", "-x", "queues", NULL), CLI_USAGE);
    assert_said("there is no option '-x'");
    assert_int_equal(parse("selenga", "report", "--pdf", "f", NULL), CLI_USAGE);
    assert_said("there is no option '--pdf'");
}

static void an_option_without_its_value_is_wrong(void **state)
{
    (void)state;
    assert_int_equal(parse("selenga", "report", "--period", NULL), CLI_USAGE);
    assert_said("option --period needs a value: --period PERIOD");
    assert_int_equal(parse("selenga", "queues", "--json=yes", NULL), CLI_USAGE);
    assert_said("option --json takes no value");
    assert_int_equal(parse("selenga", "--node", NULL), CLI_USAGE);
    assert_said("option --node needs a value: --node DIR");
}

static void too_few_and_too_many_arguments_are_wrong(void **state)
{
    (void)state;
    assert_int_equal(parse("selenga", "export", NULL), CLI_USAGE);
    assert_said("too few arguments; it takes: SHEET");
    assert_int_equal(parse("selenga", "import", "staff", "a.csv", "b.csv", NULL), CLI_USAGE);
    assert_said("'b.csv' is too much; it takes: SHEET [FILE]");
    assert_int_equal(parse("selenga", "queues", "now", NULL), CLI_USAGE);
    assert_said("'now' is too much: it takes no arguments");
}

static void common_options_stand_anywhere(void **state)
{
    (void)state;
    assert_int_equal(parse("selenga", "--node", "d", "queues", "--json", NULL), CLI_DONE);
    assert_string_equal(cli.node, "d");
    assert_true(cli.json);
    assert_string_equal(cli.path, "selenga queues");
    assert_int_equal(parse("selenga", "--json", "node", "--node=e", "status", NULL), CLI_DONE);
    assert_string_equal(cli.node, "e");
    assert_true(cli.json);
    assert_string_equal(cli.verb->name, "status");
}

static void the_node_comes_from_the_environment_unless_named(void **state)
{
    (void)state;
    setenv("SELENGA_NODE", "/srv/env", 1);
    assert_int_equal(parse("selenga", "queues", NULL), CLI_DONE);
    assert_string_equal(cli.node, "/srv/env");
    assert_int_equal(parse("selenga", "queues", "--node", "mine", NULL), CLI_DONE);
    assert_string_equal(cli.node, "mine");
}

static void arguments_and_options_mix(void **state)
{
    (void)state;
    assert_int_equal(parse("selenga", "delete", "person", "--why", "left", "03-08-01:17", NULL), CLI_DONE);
    assert_int_equal(cli.n_args, 2);
    assert_string_equal(cli.args[0], "person");
    assert_string_equal(cli.args[1], "03-08-01:17");
    assert_int_equal(parse("selenga", "import", "staff", "-", NULL), CLI_DONE);
    assert_string_equal(cli.args[1], "-");
}

static void a_repeated_option_gives_all_its_values(void **state)
{
    (void)state;
    assert_int_equal(
        parse("selenga", "list", "event", "--where", "a=1", "--limit", "3", "--where", "b=2", NULL),
        CLI_DONE);
    size_t at = 0;
    int where = cli.given[0].key;
    assert_string_equal(cli_option_next(&cli, where, &at), "a=1");
    assert_string_equal(cli_option_next(&cli, where, &at), "b=2");
    assert_null(cli_option_next(&cli, where, &at));
    assert_string_equal(cli_option(&cli, where), "b=2");
    assert_null(cli_option(&cli, 12345));
}

static void help_needs_no_arguments(void **state)
{
    (void)state;
    assert_int_equal(parse("selenga", "node", "join", "--help", NULL), CLI_DONE);
    assert_true(cli.help);
    assert_string_equal(cli.verb->name, "join");
    assert_int_equal(parse("selenga", "--help", NULL), CLI_DONE);
    assert_true(cli.help);
    assert_null(cli.verb);
}

// Every row is complete, so that help never shows a hole.
static void check_rows(const verb_t *verbs)
{
    for (; verbs->name; verbs++) {
        assert_non_null(verbs->summary);
        assert_true((verbs->verbs == NULL) == (verbs->run != NULL));
        assert_true(verbs->min_args <= verbs->max_args);
        assert_true((verbs->max_args > 0) == (verbs->args != NULL));
        for (const struct argp_option *o = verbs->options; o && o->name; o++) {
            assert_non_null(o->doc);
            assert_true(o->key >= CLI_KEY);
        }
        if (verbs->verbs) check_rows(verbs->verbs);
        if (!verbs->verbs) assert_non_null(verbs->examples);
    }
}

static void every_verb_has_its_help(void **state)
{
    (void)state;
    for (const section_t *section = CLI_SECTIONS; section->title; section++) check_rows(section->verbs);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_command_line_without_a_verb_is_wrong),
        cmocka_unit_test(an_unknown_verb_names_the_nearest),
        cmocka_unit_test(an_unknown_option_names_the_nearest),
        cmocka_unit_test(an_option_without_its_value_is_wrong),
        cmocka_unit_test(too_few_and_too_many_arguments_are_wrong),
        cmocka_unit_test(common_options_stand_anywhere),
        cmocka_unit_test(the_node_comes_from_the_environment_unless_named),
        cmocka_unit_test(arguments_and_options_mix),
        cmocka_unit_test(a_repeated_option_gives_all_its_values),
        cmocka_unit_test(help_needs_no_arguments),
        cmocka_unit_test(every_verb_has_its_help),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
