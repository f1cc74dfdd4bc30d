// SPDX-License-Identifier: Apache-2.0
// Writes the sheets: columns in their order, with the field of each kind.
#include "proto/generate/write.h"
#include <string.h>

// Index of the field in the kind, NO_FIELD where it has no such column.
static int place_in(const kind_t *kind, const char *name)
{
    const field_t *field = find_field(kind, name);
    return field != NULL && has_column(field) ? (int)(field - kind->fields) : NO_FIELD;
}

static void write_column(const sheet_t *sheet, const char *name, FILE *out)
{
    const kind_t *last = NULL;
    bool required = false;
    int places[SHEET_KINDS_MAX];
    for (size_t k = 0; k < sheet->n_kinds; k++) {
        places[k] = place_in(sheet->kinds[k], name);
        if (places[k] == NO_FIELD) continue;
        last = sheet->kinds[k];
        required = required || (last->fields[places[k]].flags & F_REQUIRED) != 0;
    }
    fprintf(out, "    {\"%s\", %s, {", name, required ? "true" : "false");
    for (size_t k = 0; k < sheet->n_kinds; k++) fprintf(out, "%s%d", k > 0 ? ", " : "", places[k]);
    fprintf(out, "}, &%s[%d]},\n", last->c_name, place_in(last, name));
}

static void write_name(const sheet_t *sheet, FILE *out)
{
    for (const char *p = sheet->name; *p != '\0'; p++) fputc(*p == '-' ? '_' : *p, out);
}

static size_t column_of(const sheet_t *sheet, const char *name)
{
    size_t c = 0;
    while (c < sheet->n_columns && strcmp(sheet->columns[c], name) != 0) c++;
    return c;
}

static void write_split_words(const Selenga__Split *split, FILE *out)
{
    for (size_t w = 0; w < split->n_word; w++)
        for (size_t i = 0; i < split->word[w]->n_is; i++) {
            fputs("    {", out);
            write_text(split->word[w]->is[i], out);
            for (size_t c = 0; c < split->n_into; c++) {
                fputs(c > 0 ? ", " : ", {", out);
                write_text(split->word[w]->cell[c], out);
            }
            fputs("}},\n", out);
        }
}

static void write_split_parts(const sheet_t *sheet, size_t s, FILE *out)
{
    const Selenga__Split *split = sheet->splits[s];
    fputs("static const char *const split_", out);
    write_name(sheet, out);
    fprintf(out, "_%zu[] = {", s);
    for (size_t i = 0; i < split->n_heading; i++) {
        write_text(split->heading[i], out);
        fputs(", ", out);
    }
    fputs("NULL};\n", out);
    if (split->n_word == 0) return;
    fputs("static const sheet_gives_t gives_", out);
    write_name(sheet, out);
    fprintf(out, "_%zu[] = {\n", s);
    write_split_words(split, out);
    fputs("};\n", out);
}

static void write_splits(const sheet_t *sheet, FILE *out)
{
    for (size_t s = 0; s < sheet->n_splits; s++) write_split_parts(sheet, s, out);
    if (sheet->n_splits == 0) return;
    fputs("static const sheet_split_t splits_", out);
    write_name(sheet, out);
    fputs("[] = {\n", out);
    for (size_t s = 0; s < sheet->n_splits; s++) {
        const Selenga__Split *split = sheet->splits[s];
        size_t n_words = 0;
        for (size_t w = 0; w < split->n_word; w++) n_words += split->word[w]->n_is;
        fputs("    {split_", out);
        write_name(sheet, out);
        fprintf(out, "_%zu, {", s);
        for (size_t i = 0; i < split->n_into; i++)
            fprintf(out, "%s%zu", i > 0 ? ", " : "", column_of(sheet, split->into[i]));
        fprintf(out, "}, %zu, ", split->n_into);
        if (n_words > 0) fputs("gives_", out);
        if (n_words > 0) write_name(sheet, out);
        if (n_words > 0)
            fprintf(out, "_%zu, %zu},\n", s, n_words);
        else
            fputs("NULL, 0},\n", out);
    }
    fputs("};\n", out);
}

void write_sheets(const model_t *model, FILE *out)
{
    for (size_t i = 0; i < model->n_sheets; i++) {
        const sheet_t *sheet = &model->sheets[i];
        fputs("\nstatic const sheet_column_t sheet_", out);
        write_name(sheet, out);
        fputs("[] = {\n", out);
        for (size_t c = 0; c < sheet->n_columns; c++) write_column(sheet, sheet->columns[c], out);
        fputs("};\n", out);
        write_splits(sheet, out);
    }
    fputs("\nconst sheet_rule_t SHEETS[] = {\n", out);
    for (size_t i = 0; i < model->n_sheets; i++) {
        const sheet_t *sheet = &model->sheets[i];
        fprintf(out, "    {\"%s\", {", sheet->name);
        for (size_t k = 0; k < sheet->n_kinds; k++) {
            fprintf(out, "%s&KIND_", k > 0 ? ", " : "");
            write_upper(sheet->kinds[k]->c_name, out);
        }
        fprintf(out, "}, %zu, sheet_", sheet->n_kinds);
        write_name(sheet, out);
        fprintf(out, ", %zu, ", sheet->n_columns);
        fputs(sheet->n_splits > 0 ? "splits_" : "NULL", out);
        if (sheet->n_splits > 0) write_name(sheet, out);
        fprintf(out, ", %zu},\n", sheet->n_splits);
    }
    fprintf(out, "};\nconst size_t N_SHEETS = %zu;\n", model->n_sheets);
}
