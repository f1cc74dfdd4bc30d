// SPDX-License-Identifier: Apache-2.0
// One invocation of the command line: which verb, with what, and how it ends.
//
// A verb is a row of a table (name, arguments, options, help, function). Parsing, usage errors, help at every
// level and the nearest-verb hint follow from the rows; a new verb touches no code but its own.
#pragma once
#include <argp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

// What the shell sees.
enum {
    CLI_DONE = 0,
    CLI_REFUSED = 1,  // refused or failed
    CLI_CONCERNS = 1, // of a view of the node's health: somebody should look
    CLI_BROKEN = 2,   // likewise: something of it does not work
    CLI_USAGE = 64,   // wrong usage
    CLI_LATER = 75,   // not now: node unreachable, disk full
};

enum { CLI_MAX_GIVEN = 64, CLI_MAX_DEPTH = 3, CLI_MAX_PATH = 64 };

typedef struct cli cli_t;

typedef struct verb {
    const char *name;
    const struct verb *verbs; // of a group, ended by a row without name; NULL for a verb that does something
    const char *args;         // as usage shows them: "DIR TOKEN"
    size_t min_args, max_args;
    const struct argp_option *options;     // besides the common ones; keys from CLI_KEY on. NULL: none
    const char *summary;                   // one line without a full stop
    const char *text;                      // paragraphs, or NULL
    const char *examples;                  // lines of commands, or NULL
    void (*more)(FILE *out, size_t width); // prints after the options what only the program knows; or NULL
    int (*run)(const cli_t *cli);          // returns what the shell sees
} verb_t;

// Keys of options: above every character, so that none has a one-letter form by accident.
enum { CLI_KEY = 0x200 };

// A chapter of verbs on the first help page.
typedef struct section {
    const char *title;
    const verb_t *verbs;
} section_t;

struct cli {
    const char *node; // node directory, from --node or SELENGA_NODE; NULL: not given
    bool json, help, version;
    const verb_t *verb;      // the last one named; NULL: none
    char path[CLI_MAX_PATH]; // "selenga node init": how messages begin
    char **args;
    size_t n_args;
    struct {
        int key;
        const char *value;
    } given[CLI_MAX_GIVEN];
    size_t n_given;
};

// All verbs, in chapters; ended by a row without title.
extern const section_t CLI_SECTIONS[];

// Reads the command line. Returns CLI_DONE with *ret_cli filled (its strings point into argv), or CLI_USAGE
// after saying on stderr what is wrong and what would be right. Decides nothing and runs nothing.
int cli_parse(int argc, char **argv, cli_t *ret_cli);

// Parses, runs, flushes. Returns what the shell sees.
int cli_main(int argc, char **argv);

// The last value given to the option; NULL when it was not given. An option without value has "".
const char *cli_option(const cli_t *cli, int key);

// Values of an option that may be repeated: start with *at = 0 and call until NULL.
const char *cli_option_next(const cli_t *cli, int key, size_t *at);

// Says on stderr why the command line is wrong and where help is. Returns CLI_USAGE.
int cli_usage(const cli_t *cli, const char *format, ...) __attribute__((format(printf, 2, 3)));

// Says on stderr why it was refused (with what to do). Returns CLI_REFUSED.
int cli_refuse(const char *format, ...) __attribute__((format(printf, 1, 2)));

// Says on stderr why not now. Returns CLI_LATER.
int cli_later(const char *format, ...) __attribute__((format(printf, 1, 2)));

// A line on stderr, behind "selenga: ".
void cli_say(const char *format, ...) __attribute__((format(printf, 1, 2)));

// The first verb of `verbs` with this name; NULL if none.
const verb_t *verb_find(const verb_t *verbs, const char *name);
