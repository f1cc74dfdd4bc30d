// SPDX-License-Identifier: Apache-2.0
// Which tables an indicator can name, and what a row of each has. A kind with fields marked FACT is a table,
// and those fields are its columns; `person`, `methodist` and `team` have flags and columns beside them that
// their own scans make.
#pragma once
#include "proto/kind.h"
#include "services/reporting/flags.h"
#include <stdbool.h>

// Tables whose rows are made; the others follow, in order of their kinds.
enum { TABLE_PERSON, TABLE_METHODIST, TABLE_TEAM, N_MADE_TABLES };
enum { SHAPE_COLUMNS_MAX = FACT_COLUMNS_MAX + 4 }; // and the made ones

enum methodist_flag { METHODIST_ACTIVE = 1 << 0, METHODIST_ON_LEAVE = 1 << 1 };
enum team_flag {
    TEAM_PK = 1 << 0,
    TEAM_RETRAINING = 1 << 1,
    TEAM_INTERNSHIP = 1 << 2,
    TEAM_MUNICIPAL = 1 << 3, // of managers of different organisations
};
// Columns that are made, behind the declared ones, in this order.
enum methodist_column { METHODIST_LOAD, N_METHODIST_COLUMNS };
enum team_column { TEAM_MANAGERS, TEAM_ATTENDED, TEAM_COMPLETED, TEAM_HOURS, N_TEAM_COLUMNS };

typedef enum column_type {
    COLUMN_NUMBER,
    COLUMN_DECIMAL, // hundredths
    COLUMN_DATE,    // days since 1970-01-01
    COLUMN_BOOL,
    COLUMN_WORD, // place of the word in the field's row
    COLUMN_REF,  // number of the record, in the rows of table `target`
} column_type_t;

typedef struct column {
    const char *name;
    column_type_t type;
    const field_rule_t *field; // NULL: made
    uint32_t index;            // of the field in its kind
    uint32_t target;           // COLUMN_REF: table
} column_t;

typedef struct shape {
    const kind_rule_t *kind; // its name, with '_' for '-', is the table's
    const flag_name_t *flags;
    size_t n_flags;
    column_t columns[SHAPE_COLUMNS_MAX];
    uint32_t n_columns;
    uint32_t n_declared; // of these; the made ones stand behind
} shape_t;

// Every kind that has columns or is referred to by one. Tables are numbered from 0; the numbers and the
// shapes last as long as the program.
uint32_t shape_count(void);
const shape_t *shape_at(uint32_t table);
// The table of a kind, DICT_NONE when it is none.
uint32_t shape_of_kind(uint32_t kind);
// The column of that name, which is there.
uint32_t shape_column(uint32_t table, const char *name);
// Has it anything that an expression can ask of it? A kind that is only referred to has not.
bool shape_is_asked(const shape_t *shape);
// Are its rows kept in memory?
bool shape_is_kept(uint32_t table);
// Is `text` that name, as expressions write names: with '_' for '-'?
bool shape_name_is(const char *name, const char *text, size_t size);
