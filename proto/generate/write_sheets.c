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

void write_sheets(const model_t *model, FILE *out)
{
    for (size_t i = 0; i < model->n_sheets; i++) {
        const sheet_t *sheet = &model->sheets[i];
        fputs("\nstatic const sheet_column_t sheet_", out);
        write_name(sheet, out);
        fputs("[] = {\n", out);
        for (size_t c = 0; c < sheet->n_columns; c++) write_column(sheet, sheet->columns[c], out);
        fputs("};\n", out);
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
        fprintf(out, ", %zu},\n", sheet->n_columns);
    }
    fprintf(out, "};\nconst size_t N_SHEETS = %zu;\n", model->n_sheets);
}
