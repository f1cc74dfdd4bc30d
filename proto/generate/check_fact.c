// SPDX-License-Identifier: Apache-2.0
// Checks of the columns of a fact table: that formulas of indicators can name them, and that they are there
// where formulas are counted.
#include "proto/generate/model.h"
#include <string.h>

enum { REPORTING = 4 };

static bool is_letter(char c)
{
    return c >= 'a' && c <= 'z';
}

static void check_column(model_t *model, const kind_t *kind, const field_t *field)
{
    static const char *const TAKEN[] = {"and", "or", "not", "where", "in", "known", "period"};
    const Selenga__FieldOptions *says = field->says;
    bool fits = field->type == FIELD_REF || field->type == FIELD_ENUM || field->type == FIELD_DATE ||
                field->type == FIELD_BOOL || field->type == FIELD_INT || field->type == FIELD_DECIMAL;
    if (!fits)
        complain(
            model, kind, field,
            "a type that makes no column of facts; take FACT away (references, words, dates, yes or no and "
            "numbers do)");
    for (size_t i = 0; i < sizeof TAKEN / sizeof TAKEN[0]; i++)
        if (strcmp(field->name, TAKEN[i]) == 0)
            complain(model, kind, field, "formulas use that name; take FACT away, or call it otherwise");
    for (size_t i = 0; field->type == FIELD_ENUM && i < says->n_word; i++) {
        const char *word = says->word[i]->is;
        if (word != NULL &&
            (!is_letter(word[0]) || word[strspn(word, "abcdefghijklmnopqrstuvwxyz0123456789-_")]))
            complain(model, kind, field,
                     "formulas cannot write the word `%s`; take FACT away, or make it of small letters, "
                     "digits and "
                     "hyphens",
                     word);
    }
}

static bool is_read(const kind_t *kind)
{
    for (size_t i = 0; i < kind->says->n_read_by; i++)
        if ((int)kind->says->read_by[i] == REPORTING) return true;
    return kind->service == REPORTING;
}

void check_facts(model_t *model, const kind_t *kind)
{
    size_t columns = 0;
    for (size_t i = 0; i < kind->n_fields; i++) {
        if (!has_flag(&kind->fields[i], F_FACT)) continue;
        if (columns++ == 0 && !is_read(kind))
            complain(model, kind, &kind->fields[i],
                     "a column of facts, and reporting does not read the kind of all homes; write read_by: "
                     "REPORTING");
        check_column(model, kind, &kind->fields[i]);
    }
    if (columns > FACT_COLUMNS_MAX)
        complain(model, kind, NULL, "%zu columns of facts; mark %d at most", columns, FACT_COLUMNS_MAX);
}
