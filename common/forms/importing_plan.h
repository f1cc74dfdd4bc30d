// SPDX-License-Identifier: Apache-2.0
// A plan: for each row of a file what a dry run found, a line each. A row that would write has the hash of
// what it says and, for each record, the version that it replaces ("-": there was none; "=": it stays as it
// is).
#pragma once
#include "common/forms/sheet.h"
#include "common/store/record.h"
#include "proto/api.pb-c.h"
#include <stdio.h>

typedef enum planned_how {
    PLANNED_NOTHING = 'u', // it says what is there already
    PLANNED_REFUSED = 'r',
    PLANNED_NEW = 'n',
    PLANNED_CHANGED = 'c',
} planned_how_t;

enum { PLAN_HASH = 17, PLAN_LINE_MAX = 64 * 1024 };

typedef struct plan_row {
    size_t number;
    planned_how_t how;
    char hash[PLAN_HASH];
    size_t n;
    char expected[SHEET_KINDS_MAX][VERSION_TEXT];
    char *reason; // PLANNED_REFUSED: owned by the reader
} plan_row_t;

// Of what a group says, before anything is expected of it.
void plan_hash(const Selenga__Group *group, char ret_hash[static PLAN_HASH]);
void plan_write(FILE *out, const plan_row_t *row);
// The next row; its reason lives in *line, which getline made and the caller frees. False: there is none that
// can be read.
bool plan_read(FILE *in, plan_row_t *ret_row, char **line, size_t *line_room);
// Leaves of the group what is planned to be written, each record under the version that it expects.
void plan_expect(const plan_row_t *row, Selenga__Group *group);
