// SPDX-License-Identifier: Apache-2.0
// Settings of a program: one table says name, range, default, unit and meaning; loading, refusing, help and
// documents follow from it. zconfig alone would take unknown keys silently and the first of two equal ones.
#pragma once
#include "common/base/util.h"
#include <czmq.h>
#include <stdio.h>

typedef enum setting_type {
    SETTING_INT = 1, // int64_t in the struct
    SETTING_BOOL,    // bool in the struct; yes or no in the file
    SETTING_TEXT,    // char[max + 1] in the struct, 0..max bytes
} setting_type_t;

typedef struct setting {
    const char *name;
    setting_type_t type;
    size_t offset; // of the value in the program's struct
    int64_t min, max;
    const char *standard; // the default, as it would stand in the file
    const char *unit;     // "ms", "bytes"; "" for none
    const char *sentence; // English, msgid
} setting_t;

typedef struct settings_table {
    const char *section; // of node.conf
    const setting_t *rows;
    size_t n;
} settings_table_t;

enum { SETTINGS_E_REFUSED = 1 };

// Fills the struct at `values` with the defaults, which must themselves be in range (asserted).
void settings_defaults(const settings_table_t *table, void *values);

// Defaults, then what the section says. `text` is the file's text, in which line numbers are looked up; NULL
// section = all defaults. Returns 0, or SETTINGS_E_REFUSED with why: an unknown or doubled key, a value out
// of range; then *values is not touched.
int settings_load(const settings_table_t *table, zconfig_t *section, const char *text, void *values,
                  size_t values_size, why_t *why);

// The section with every setting as a comment: unit, range, sentence. It is an example for config/ and help.
void settings_print(const settings_table_t *table, FILE *to);

// Line of the n-th (from 1) `key` within top-level `section` of a ZPL text, or 0. For messages about a file.
unsigned settings_line(const char *text, const char *section, const char *key, unsigned n);
// Is there one of this name before it under its parent?
bool settings_is_second(zconfig_t *parent, zconfig_t *item);
