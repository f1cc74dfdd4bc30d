// SPDX-License-Identifier: Apache-2.0
// Sheets: which kinds are written from one row, and in which order its columns stand.
#include "proto/generate/model.h"
#include <stdlib.h>
#include <string.h>

// Where the sheet has the column.
static bool has_name(const sheet_t *sheet, const char *name, size_t *ret)
{
    for (size_t i = 0; i < sheet->n_columns; i++)
        if (strcmp(sheet->columns[i], name) == 0) {
            *ret = i;
            return true;
        }
    return false;
}

static void insert(model_t *model, sheet_t *sheet, const kind_t *kind, const field_t *field, size_t at)
{
    size_t there;
    if (has_name(sheet, field->name, &there)) return; // of several kinds, under one name
    if (sheet->n_columns == SHEET_COLUMNS_MAX) {
        complain(model, kind, field, "the sheet %s has %d columns already; make two sheets of it",
                 sheet->name, SHEET_COLUMNS_MAX);
        return;
    }
    memmove(&sheet->columns[at + 1], &sheet->columns[at], (sheet->n_columns - at) * sizeof sheet->columns[0]);
    sheet->columns[at] = field->name;
    sheet->n_columns++;
}

// First those that stand where they stand in their message, then each behind the column it names.
static void add_columns(model_t *model, sheet_t *sheet)
{
    for (int pass = 0; pass < 2; pass++)
        for (size_t k = 0; k < sheet->n_kinds; k++)
            for (size_t i = 0; i < sheet->kinds[k]->n_fields; i++) {
                const field_t *field = &sheet->kinds[k]->fields[i];
                const char *after = field->says->after_column;
                size_t at = sheet->n_columns;
                if (!has_column(field) || (after != NULL) != (pass == 1)) continue;
                if (after != NULL && !has_name(sheet, after, &at))
                    complain(model, sheet->kinds[k], field,
                             "after_column: the sheet %s has no column `%s`; name one of it", sheet->name,
                             after);
                insert(model, sheet, sheet->kinds[k], field,
                       after != NULL && at < sheet->n_columns ? at + 1 : at);
            }
}

// --- headings ------------------------------------------------------------------------------------

static bool same_heading(const field_t *field, const char *heading)
{
    const Selenga__FieldOptions *says = field->says;
    if (says->ru != NULL && strcmp(says->ru, heading) == 0) return true;
    for (size_t i = 0; i < says->n_alias; i++)
        if (strcmp(says->alias[i], heading) == 0) return true;
    return strcmp(field->name, heading) == 0;
}

static void check_heading(model_t *model, const sheet_t *sheet, const kind_t *kind, const field_t *field,
                          const char *heading)
{
    for (size_t k = 0; k < sheet->n_kinds; k++)
        for (size_t i = 0; i < sheet->kinds[k]->n_fields; i++) {
            const field_t *other = &sheet->kinds[k]->fields[i];
            if (other == field || !has_column(other)) continue;
            if (strcmp(other->name, field->name) == 0 || !same_heading(other, heading)) continue;
            if (field->line > other->line)
                complain(model, kind, field, "the heading «%s» is also that of `%s`; write another", heading,
                         other->name);
        }
}

// One column of several kinds is called the same by all of them.
static void check_same_label(model_t *model, const sheet_t *sheet, const kind_t *kind, const field_t *field)
{
    for (size_t k = 0; k < sheet->n_kinds && sheet->kinds[k] != kind; k++) {
        const field_t *other = find_field(sheet->kinds[k], field->name);
        if (other == NULL || other->says->ru == NULL || strcmp(other->says->ru, field->says->ru) == 0)
            continue;
        complain(model, kind, field, "its column is called «%s» by %s; write the same", other->says->ru,
                 sheet->kinds[k]->proto->name);
    }
}

static void check_headings(model_t *model, const sheet_t *sheet)
{
    for (size_t k = 0; k < sheet->n_kinds; k++)
        for (size_t i = 0; i < sheet->kinds[k]->n_fields; i++) {
            const kind_t *kind = sheet->kinds[k];
            const field_t *field = &kind->fields[i];
            const Selenga__FieldOptions *says = field->says;
            if (!has_column(field) || says->ru == NULL) continue;
            check_same_label(model, sheet, kind, field);
            check_heading(model, sheet, kind, field, says->ru);
            for (size_t a = 0; a < says->n_alias; a++)
                check_heading(model, sheet, kind, field, says->alias[a]);
        }
}

// Columns that stand for several.
static void add_splits(model_t *model, sheet_t *sheet)
{
    size_t unused;
    for (size_t k = 0; k < sheet->n_kinds; k++)
        for (size_t i = 0; i < sheet->kinds[k]->says->sheet->n_split; i++) {
            const kind_t *kind = sheet->kinds[k];
            const Selenga__Split *split = kind->says->sheet->split[i];
            bool fits = split->n_heading > 0 && split->n_into > 1 && split->n_into <= SPLIT_MAX &&
                        sheet->n_splits < SHEET_SPLITS_MAX;
            for (size_t n = 0; n < split->n_into && fits; n++)
                fits = has_name(sheet, split->into[n], &unused);
            for (size_t w = 0; w < split->n_word && fits; w++)
                fits = split->word[w]->n_is > 0 && split->word[w]->n_cell == split->n_into;
            if (fits)
                sheet->splits[sheet->n_splits++] = split;
            else
                complain(
                    model, kind, NULL,
                    "split: write headings, two to %d columns of the sheet %s, and for each word as many "
                    "cells",
                    SPLIT_MAX, sheet->name);
        }
}

// Options of columns where there is none.
static void check_without(model_t *model, const kind_t *kind)
{
    for (size_t i = 0; i < kind->n_fields; i++) {
        const field_t *field = &kind->fields[i];
        bool column = sheet_name_of(kind) != NULL && has_column(field);
        if (!column && (field->says->n_alias > 0 || field->says->after_column != NULL))
            complain(model, kind, field,
                     "no column of a sheet; take alias and after_column away, or write sheet: {}");
    }
}

// --- sheets --------------------------------------------------------------------------------------

static sheet_t *find_sheet(model_t *model, const char *name)
{
    for (size_t i = 0; i < model->n_sheets; i++)
        if (strcmp(model->sheets[i].name, name) == 0) return &model->sheets[i];
    model->sheets = must(realloc(model->sheets, (model->n_sheets + 1) * sizeof *model->sheets));
    model->sheets[model->n_sheets] = (sheet_t){.name = name};
    return &model->sheets[model->n_sheets++];
}

static void add_kind(model_t *model, const kind_t *kind)
{
    const char *name = sheet_name_of(kind);
    if (name == NULL) return;
    sheet_t *sheet = find_sheet(model, name);
    if (sheet->n_kinds == SHEET_KINDS_MAX) {
        complain(model, kind, NULL, "the sheet %s has %d kinds already; write another name", name,
                 SHEET_KINDS_MAX);
        return;
    }
    if (sheet->n_kinds == 0)
        sheet->order = kind->says->sheet->has_order ? kind->says->sheet->order : kind->says->number;
    if (sheet->n_kinds > 0 && sheet->kinds[0]->service != kind->service)
        complain(model, kind, NULL, "the sheet %s is of another service; write another name", name);
    sheet->kinds[sheet->n_kinds++] = kind;
}

static int by_order(const void *a, const void *b)
{
    uint32_t x = ((const sheet_t *)a)->order, y = ((const sheet_t *)b)->order;
    return (x > y) - (x < y);
}

void model_add_sheets(model_t *model)
{
    for (size_t i = 0; i < model->n_kinds; i++) {
        check_without(model, &model->kinds[i]);
        add_kind(model, &model->kinds[i]);
    }
    if (model->n_sheets > 0) qsort(model->sheets, model->n_sheets, sizeof *model->sheets, by_order);
    for (size_t i = 0; i < model->n_sheets; i++) {
        add_columns(model, &model->sheets[i]);
        check_headings(model, &model->sheets[i]);
        add_splits(model, &model->sheets[i]);
    }
}
