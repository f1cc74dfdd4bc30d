// SPDX-License-Identifier: Apache-2.0
// See template.h. Worksheets: the form; what its columns mean.
#include "common/forms/template.h"
#include "common/base/i18n.h"
#include "common/forms/grid.h"
#include "common/forms/workbook.h"
#include "common/schema/kinds.h"
#include <errno.h>

enum { LIST_WORDS = 64, LIST_BYTES = 250 };                               // of a drop-down
enum { ROWS = 5000, WIDTH_LEAST = 10, WIDTH_MOST = 40, HELP_WIDTH = 70 }; // ROWS: that get drop-downs

static const char *heading(const sheet_t *sheet, size_t i)
{
    const char *label = bilingual_text(&sheet_column_rule(sheet, i)->label);
    return label != NULL && *label != '\0' ? label : sheet_column(sheet, i);
}

int template_csv(const sheet_t *sheet, FILE *out)
{
    const char *cells[SHEET_COLUMNS_MAX];
    bool russian = i18n_now() == LANG_RU;
    for (size_t i = 0; i < sheet_n_columns(sheet); i++) cells[i] = heading(sheet, i);
    if (russian && fputs("\xef\xbb\xbf", out) < 0) return -EIO;
    return csv_write(out, russian ? ';' : ',', cells, sheet_n_columns(sheet));
}

// --- words of a column ---------------------------------------------------------------------------

static size_t n_words(const field_rule_t *field)
{
    return field->type == FIELD_BOOL ? 2 : field->n_words;
}

static const char *word(const field_rule_t *field, size_t i)
{
    if (field->type == FIELD_BOOL) return i == 0 ? _("yes") : _("no");
    const char *label = bilingual_text(&field->words[i].label);
    return label != NULL && *label != '\0' ? label : field->words[i].code;
}

// How the column is written, where its type says more than its meaning does.
static const char *form_of(const field_rule_t *field)
{
    bool ref = field->type == FIELD_REF || field->type == FIELD_REFS;
    if (ref && kind_ref_parts(kind_by_number(field->ref)) > 1)
        return _("organisation and staff number, as 03-08-01:17");
    static const struct {
        field_type_t type;
        const char *form;
    } FORMS[] = {
        {FIELD_REF, N_("the code of it")},        {FIELD_REFS, N_("codes, with ; between them")},
        {FIELD_DATE, N_("a day, as 2015-09-01")}, {FIELD_SET, N_("several words, with ; between them")},
        {FIELD_INT, N_("a whole number")},        {FIELD_DECIMAL, N_("a number")},
    };
    for (size_t i = 0; i < ARRAY_SIZE(FORMS); i++)
        if (FORMS[i].type == field->type) return _(FORMS[i].form);
    return "";
}

// --- the workbook --------------------------------------------------------------------------------

typedef struct form {
    const sheet_t *sheet;
    lxw_worksheet *rows, *meaning;
    lxw_format *head, *required, *text, *day, *wrap;
    lxw_error error; // the first
} form_t;

static void keep(form_t *form, lxw_error error)
{
    if (form->error == LXW_NO_ERROR) form->error = error;
}

static lxw_format *new_format(lxw_workbook *workbook, const char *number_format)
{
    lxw_format *format = workbook_add_format(workbook);
    format_set_num_format(format, number_format);
    return format;
}

static void make_formats(form_t *form, lxw_workbook *workbook)
{
    form->head = new_format(workbook, "@");
    form->required = new_format(workbook, "@");
    lxw_format *const heads[] = {form->head, form->required};
    for (size_t i = 0; i < ARRAY_SIZE(heads); i++) {
        format_set_bold(heads[i]);
        format_set_text_wrap(heads[i]);
        format_set_border(heads[i], LXW_BORDER_THIN);
        format_set_align(heads[i], LXW_ALIGN_VERTICAL_TOP);
    }
    format_set_bg_color(form->required, 0xfdf0cf);
    form->text = new_format(workbook, "@"); // staff number 007 keeps its zeros
    form->day = new_format(workbook, "dd.mm.yyyy");
    form->wrap = new_format(workbook, "@");
    format_set_text_wrap(form->wrap);
    format_set_align(form->wrap, LXW_ALIGN_VERTICAL_TOP);
}

static lxw_format *format_of(const form_t *form, const field_rule_t *field)
{
    if (field->type == FIELD_DATE) return form->day;
    return field->type == FIELD_INT || field->type == FIELD_DECIMAL ? NULL : form->text;
}

// A list in the rule itself: one that stands in another worksheet makes the library lose memory. It holds 255
// bytes and no commas; where the words are more, those that fit are offered, and others can be typed.
static void offer_words(form_t *form, size_t i, const field_rule_t *field)
{
    const char *list[LIST_WORDS + 1];
    size_t n = 0, used = 0;
    if (field->type == FIELD_SET) return;
    for (size_t k = 0; k < n_words(field) && n < LIST_WORDS; k++) {
        size_t size = strlen(word(field, k)) + 1;
        if (strchr(word(field, k), ',') != NULL || used + size > LIST_BYTES) continue;
        list[n++] = word(field, k);
        used += size;
    }
    list[n] = NULL;
    lxw_data_validation rule = {.validate = LXW_VALIDATION_TYPE_LIST,
                                .value_list = (char **)(uintptr_t)list,
                                .error_type = LXW_VALIDATION_ERROR_TYPE_INFORMATION};
    lxw_col_t column = (lxw_col_t)i;
    if (n > 0) keep(form, worksheet_data_validation_range(form->rows, 1, column, ROWS, column, &rule));
}

static void put_column(form_t *form, size_t i)
{
    const field_rule_t *field = sheet_column_rule(form->sheet, i);
    const char *name = heading(form->sheet, i);
    bool required = sheet_column_required(form->sheet, i);
    size_t width = text_width(name) + 2;
    if (width < WIDTH_LEAST) width = WIDTH_LEAST;
    if (width > WIDTH_MOST) width = WIDTH_MOST;
    lxw_col_t column = (lxw_col_t)i;
    keep(form, worksheet_set_column(form->rows, column, column, (double)width, format_of(form, field)));
    keep(form, worksheet_write_string(form->rows, 0, column, name, required ? form->required : form->head));
    offer_words(form, i, field);
}

static void explain_column(form_t *form, size_t i)
{
    const field_rule_t *field = sheet_column_rule(form->sheet, i);
    char words[2048] = "";
    for (size_t k = 0; k < n_words(field); k++) {
        size_t used = strlen(words);
        snprintf(words + used, sizeof words - used, "%s%s", k > 0 ? "; " : "", word(field, k));
    }
    const char *const cells[] = {heading(form->sheet, i),
                                 sheet_column_required(form->sheet, i) ? _("yes") : "",
                                 bilingual_text(&field->help), form_of(field), words};
    for (size_t k = 0; k < ARRAY_SIZE(cells); k++)
        if (cells[k] != NULL && *cells[k] != '\0')
            keep(form,
                 worksheet_write_string(form->meaning, (lxw_row_t)i + 1, (lxw_col_t)k, cells[k], form->wrap));
}

static void explain(form_t *form)
{
    const char *const heads[] = {_("column"), _("required"), _("what it is"), _("how it is written"),
                                 _("words")};
    static const double widths[] = {24, 13, HELP_WIDTH, 36, 50};
    for (size_t i = 0; i < ARRAY_SIZE(heads); i++) {
        keep(form, worksheet_set_column(form->meaning, (lxw_col_t)i, (lxw_col_t)i, widths[i], NULL));
        keep(form, worksheet_write_string(form->meaning, 0, (lxw_col_t)i, heads[i], form->head));
    }
    for (size_t i = 0; i < sheet_n_columns(form->sheet); i++) explain_column(form, i);
    worksheet_freeze_panes(form->meaning, 1, 1);
}

static lxw_error fill(lxw_workbook *workbook, void *context)
{
    form_t form = {.sheet = context};
    form.rows = workbook_add_worksheet(workbook, sheet_title(form.sheet));
    form.meaning = workbook_add_worksheet(workbook, _("Columns"));
    if (form.rows == NULL || form.meaning == NULL) return LXW_ERROR_CREATING_TMPFILE;
    make_formats(&form, workbook);
    for (size_t i = 0; i < sheet_n_columns(form.sheet); i++) put_column(&form, i);
    worksheet_freeze_panes(form.rows, 1, 0);
    explain(&form);
    return form.error;
}

const char *template_xlsx(const sheet_t *sheet, const char *file)
{
    return workbook_write(file, false, fill, (void *)(uintptr_t)sheet);
}
