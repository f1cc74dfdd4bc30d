// SPDX-License-Identifier: Apache-2.0
#include "common/forms/table_xlsx.h"
#include "common/base/date.h"
#include "common/forms/workbook.h"
#include <errno.h>

enum { WIDTH_NUMBER = 11, WIDTH_TEXT = 22, WIDTH_HELP = 70, WIDTH_MOST = 40, EXCEL_EPOCH = 25569 };

struct table_xlsx {
    const table_t *table;
    view_t view;
    lxw_worksheet *rows, *meaning;
    lxw_format *head, *day, *whole, *decimal, *text, *wrap;
    lxw_row_t row;
    lxw_error error; // the first
    table_rows_t *hand;
    void *context;
    int handed;
};

static void keep(table_xlsx_t *self, lxw_error error)
{
    if (self->error == LXW_NO_ERROR) self->error = error;
}

static lxw_format *new_format(lxw_workbook *workbook, const char *number_format)
{
    lxw_format *format = workbook_add_format(workbook);
    format_set_num_format(format, number_format);
    return format;
}

static void make_formats(table_xlsx_t *self, lxw_workbook *workbook)
{
    self->head = new_format(workbook, "@");
    format_set_bold(self->head);
    format_set_bottom(self->head, LXW_BORDER_THIN);
    self->day = new_format(workbook, "dd.mm.yyyy");
    self->whole = new_format(workbook, "0");
    self->decimal = new_format(workbook, "0.00"); // Excel shows the comma of its locale
    self->text = new_format(workbook, "@");
    self->wrap = new_format(workbook, "@");
    format_set_text_wrap(self->wrap);
    format_set_align(self->wrap, LXW_ALIGN_VERTICAL_TOP);
}

static void put_text(table_xlsx_t *self, lxw_worksheet *sheet, lxw_row_t row, lxw_col_t column,
                     const char *text, lxw_format *format)
{
    if (text != NULL && *text != '\0') keep(self, worksheet_write_string(sheet, row, column, text, format));
}

static void put_number(table_xlsx_t *self, lxw_col_t column, double number, lxw_format *format)
{
    keep(self, worksheet_write_number(self->rows, self->row, column, number, format));
}

static void put_cell(table_xlsx_t *self, const table_row_t *row, lxw_col_t at)
{
    const table_t *table = self->table;
    size_t field, column = table->shown[at];
    char value[VIEW_TEXT];
    int k = table_source(table, column, row, &field);
    field_type_t type = k >= 0 ? table->kinds[k]->fields[field].type : FIELD_TEXT;
    int64_t number = k >= 0 ? body_int(table->kinds[k], row->bodies[k], field) : 0;
    if (type == FIELD_DATE && number + EXCEL_EPOCH > 60) // before March 1900 Excel counts a day too many
        put_number(self, at, (double)(number + EXCEL_EPOCH), self->day);
    else if (type == FIELD_INT && (table->kinds[k]->fields[field].flags & F_MOMENT) == 0)
        put_number(self, at, (double)number, self->whole);
    else if (type == FIELD_DECIMAL)
        put_number(self, at, (double)number / 100, self->decimal);
    else
        put_text(self, self->rows, self->row, at, table_cell(table, column, row, self->view, value),
                 self->text);
}

void table_xlsx_row(table_xlsx_t *self, const table_row_t *row)
{
    for (size_t i = 0; i < self->table->n_shown; i++) put_cell(self, row, (lxw_col_t)i);
    self->row++;
}

static double width_of(const table_t *table, size_t column, const char *heading)
{
    field_type_t type = table->columns[column].rule->type;
    bool text = type == FIELD_TEXT || type == FIELD_REFS || type == FIELD_SET;
    size_t width = text_width(heading) + 2, least = text ? WIDTH_TEXT : WIDTH_NUMBER;
    return (double)(width < least ? least : width > WIDTH_MOST ? WIDTH_MOST : width);
}

static void put_head(table_xlsx_t *self)
{
    for (size_t i = 0; i < self->table->n_shown; i++) {
        const char *heading = table_heading(self->table, self->table->shown[i], self->view);
        double width = width_of(self->table, self->table->shown[i], heading);
        keep(self, worksheet_set_column(self->rows, (lxw_col_t)i, (lxw_col_t)i, width, NULL));
        put_text(self, self->rows, 0, (lxw_col_t)i, heading, self->head);
    }
    worksheet_freeze_panes(self->rows, 1, 0);
    self->row = 1;
}

static void put_meaning(table_xlsx_t *self)
{
    static const double widths[] = {24, 24, WIDTH_HELP};
    const char *const heads[] = {i18n_in(self->view.lang, "column"), i18n_in(self->view.lang, "name"),
                                 i18n_in(self->view.lang, "what it is")};
    for (size_t i = 0; i < ARRAY_SIZE(heads); i++) {
        keep(self, worksheet_set_column(self->meaning, (lxw_col_t)i, (lxw_col_t)i, widths[i], NULL));
        put_text(self, self->meaning, 0, (lxw_col_t)i, heads[i], self->head);
    }
    for (size_t i = 0; i < self->table->n_shown; i++) {
        const sheet_column_t *column = &self->table->columns[self->table->shown[i]];
        lxw_row_t row = (lxw_row_t)i + 1;
        put_text(self, self->meaning, row, 0, bilingual_in(&column->rule->label, self->view.lang),
                 self->wrap);
        put_text(self, self->meaning, row, 1, column->name, self->wrap);
        put_text(self, self->meaning, row, 2, bilingual_in(&column->rule->help, self->view.lang), self->wrap);
    }
    worksheet_freeze_panes(self->meaning, 1, 0);
}

static lxw_error fill(lxw_workbook *workbook, void *context)
{
    table_xlsx_t *self = context;
    self->rows = workbook_add_worksheet(workbook, self->table->name);
    self->meaning = workbook_add_worksheet(workbook, i18n_in(self->view.lang, "Columns"));
    if (self->rows == NULL || self->meaning == NULL) return LXW_ERROR_CREATING_TMPFILE;
    make_formats(self, workbook);
    put_head(self);
    self->handed = self->hand(self, self->context);
    lxw_row_t last = self->row > 1 ? self->row - 1 : 1;
    keep(self, worksheet_autofilter(self->rows, 0, 0, last, (lxw_col_t)(self->table->n_shown - 1)));
    put_meaning(self);
    return self->handed != 0 ? LXW_ERROR_PARAMETER_VALIDATION : self->error;
}

const char *table_xlsx_write(const table_t *table, const char *file, lang_t lang, table_rows_t *rows,
                             void *context, int *ret_rows)
{
    table_xlsx_t self = {.table = table, .view = {VIEW_WORDS, lang}, .hand = rows, .context = context};
    const char *why = workbook_write(file, true, fill, &self);
    *ret_rows = self.handed;
    return self.handed != 0 ? NULL : why;
}
