// SPDX-License-Identifier: Apache-2.0
// Single controls of hand-made forms, whose names the form makes itself.
#pragma once
#include "services/console/entry.h"
#include "services/console/parts.h"

// The control of a field under its label: a choice of its words, or a line. name: PREFIX and the field's
// name.
void inputs_field(html_t *html, const kind_rule_t *kind, const char *field, const char *prefix,
                  const char *value);
// A labelled line of text. list: id of a datalist, NULL: none.
void inputs_line(html_t *html, const char *name, const char *label, const char *value, const char *list);
// What stands in the field as a control of it has it: codes of words, days and numbers as they are read.
const char *inputs_value(const kind_rule_t *kind, const body_t *body, size_t i, lang_t lang,
                         char buf[static VIEW_TEXT]);
// <p class="error">: why this one was refused; nothing where nothing was.
void inputs_fault(html_t *html, const kind_rule_t *kind, const fault_t *fault);
// "Saved", as it stands above a page that shows what was saved.
void inputs_saved(page_t *page);
