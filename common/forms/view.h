// SPDX-License-Identifier: Apache-2.0
// Records of any kind for people: as lines of name and value, and as rows of a table. Driven by the kind's
// rules; whoever shows them decides how they look.
#pragma once
#include "common/base/i18n.h"
#include "common/forms/grid.h"
#include "common/schema/body.h"
#include "common/schema/reason.h"
#include "proto/record.pb-c.h"

typedef enum view_form {
    VIEW_CODES, // names and codes, as commands and sheets take them; only reasons are sentences
    VIEW_WORDS, // labels, words, days and numbers as the reader's language has them
} view_form_t;

typedef struct view {
    view_form_t form;
    lang_t lang;
} view_t;

// On a screen: English readers see names and codes, which are words to them; others labels and words.
view_t view_for(lang_t lang);

enum { VIEW_TEXT = REASON_TEXT }; // bytes of any value, with its NUL

// What the field is called.
const char *view_name(const field_rule_t *field, view_t view);
// Its value; "" when absent. Returns `buffer`, a text of the body, or a constant.
const char *view_value(const kind_rule_t *kind, const body_t *body, size_t i, view_t view,
                       char buffer[static VIEW_TEXT]);

// A day as readers of the language write it. Returns `buffer`.
const char *view_day(int32_t days, lang_t lang, char buffer[static VIEW_TEXT]);
// The same of a text YYYY-MM-DD; another text (or NULL) is returned as it is.
const char *view_day_text(const char *text, lang_t lang, char buffer[static VIEW_TEXT]);
// A moment, for Russian readers by the clock on the wall; others have the form of programs, in UTC. "" beyond
// all calendars. Returns `buffer`.
const char *view_moment(int64_t unix_s, lang_t lang, char buffer[static VIEW_TEXT]);

typedef enum view_result {
    VIEW_WHOLE = 0,
    VIEW_DELETED,    // it has no fields any more
    VIEW_UNREADABLE, // its body is of a kind or version that this program cannot read, or damaged
} view_result_t;

typedef void view_line_t(void *context, const char *name, const char *value);

// Organisation, home and version of the record, then its fields that are not empty, in the order of the
// rules.
view_result_t view_lines(const Selenga__Record *record, view_t view, view_line_t *line, void *context);

// Columns for records of a kind: the id where there is no natural key, then the fields that are declared as
// columns of lists. NULL: a kind that this program does not know; then its ids and organisations.
void view_columns(grid_t *grid, const kind_rule_t *kind, view_t view);
// The row of a record under those columns; of a body that cannot be read nothing is shown.
void view_row(grid_t *grid, const kind_rule_t *kind, const Selenga__Record *record, view_t view);
