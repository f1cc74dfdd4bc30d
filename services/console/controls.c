// SPDX-License-Identifier: Apache-2.0
// Fields as HTML: one control for each type.
#include "common/base/text.h"
#include "common/forms/fold.h"
#include "common/schema/fault.h"
#include "services/console/choices.h"
#include <stdio.h>

enum { RADIOS_MAX = 6, TEXTAREA_FROM = 200 };

typedef struct control {
    const field_rule_t *field;
    const char *prefix; // of its name in the form
    const fields_t *fields;
    size_t i; // of the field in them
} control_t;

static void write_full(html_t *html, const control_t *control)
{
    html_text(html, control->prefix);
    html_text(html, control->field->name);
}

static void write_name(html_t *html, const control_t *control)
{
    html_raw(html, " name=\"f.");
    write_full(html, control);
    html_raw(html, "\"");
}

static void write_id(html_t *html, const control_t *control)
{
    html_raw(html, " id=\"f-");
    write_full(html, control);
    html_raw(html, "\"");
}

static void write_described(html_t *html, const control_t *control, bool wrong)
{
    html_raw(html, " aria-describedby=\"h-");
    write_full(html, control);
    if (wrong) {
        html_raw(html, " e-");
        write_full(html, control);
    }
    html_raw(html, "\"");
    if (wrong) html_raw(html, " aria-invalid=\"true\"");
}

static void write_option(html_t *html, const control_t *control, const char *type, const char *value,
                         const char *label, bool chosen)
{
    html_raw(html, "<label><input");
    html_attribute(html, "type", type);
    write_name(html, control);
    html_attribute(html, "value", value);
    if (chosen) html_raw(html, " checked");
    html_raw(html, "> <span>"); // what is not chosen is not printed
    html_text(html, label);
    html_raw(html, "</span></label> ");
}

// What is not known is not "no".
static void write_bool(html_t *html, const control_t *control, const char *text)
{
    write_option(html, control, "radio", "yes", _("yes"), strcmp(text, "yes") == 0);
    write_option(html, control, "radio", "no", _("no"), strcmp(text, "no") == 0);
    write_option(html, control, "radio", "", _("not said"), *text == '\0');
}

static const char *label_of(const field_word_t *word)
{
    return bilingual_text(&word->label);
}

static void write_words(html_t *html, const control_t *control, const char *text)
{
    const field_rule_t *field = control->field;
    if (field->n_words <= RADIOS_MAX) {
        for (size_t i = 0; i < field->n_words; i++)
            write_option(html, control, "radio", field->words[i].code, label_of(&field->words[i]),
                         strcmp(text, field->words[i].code) == 0);
        if ((field->flags & F_REQUIRED) == 0)
            write_option(html, control, "radio", "", _("not said"), *text == '\0');
        return;
    }
    html_raw(html, "<select");
    write_id(html, control);
    write_name(html, control);
    html_raw(html, "><option value=\"\">—</option>");
    for (size_t i = 0; i < field->n_words; i++) {
        html_raw(html, "<option");
        html_attribute(html, "value", field->words[i].code);
        if (strcmp(text, field->words[i].code) == 0) html_raw(html, " selected");
        html_raw(html, ">");
        html_text(html, label_of(&field->words[i]));
        html_raw(html, "</option>");
    }
    html_raw(html, "</select>");
}

static bool has_code(const char *codes, const char *code)
{
    bool done = false;
    slice_t rest = slice_text(codes), piece;
    while (text_next_piece(&rest, ';', &done, &piece))
        if (slice_equal(text_trim(piece), slice_text(code))) return true;
    return false;
}

static void write_ticks(html_t *html, const control_t *control, const char *text)
{
    const field_rule_t *field = control->field;
    for (size_t i = 0; i < field->n_words; i++)
        write_option(html, control, "checkbox", field->words[i].code, label_of(&field->words[i]),
                     has_code(text, field->words[i].code));
}

static void write_area(html_t *html, const control_t *control, const char *text, bool wrong)
{
    html_raw(html, "<textarea rows=\"4\"");
    write_id(html, control);
    write_name(html, control);
    write_described(html, control, wrong);
    html_raw(html, ">\n");
    html_text(html, text);
    html_raw(html, "</textarea>");
}

static void write_input(html_t *html, const control_t *control, const char *text, bool wrong)
{
    const field_rule_t *field = control->field;
    bool brief = field->type == FIELD_DATE || field->type == FIELD_INT || field->type == FIELD_DECIMAL ||
                 field->type == FIELD_DIGITS;
    if (field->type == FIELD_TEXT && field->max > TEXTAREA_FROM && field->max != FIELD_MAX) {
        write_area(html, control, text, wrong);
        return;
    }
    html_raw(html, "<input type=\"text\" autocomplete=\"off\"");
    write_id(html, control);
    write_name(html, control);
    html_attribute(html, "value", text);
    write_described(html, control, wrong);
    if (field->type == FIELD_INT || field->type == FIELD_DIGITS) html_raw(html, " inputmode=\"numeric\"");
    if (brief) html_raw(html, " class=\"short\"");
    html_raw(html, ">");
}

// Where other codes than its words may stand, ticks would lose them.
static bool is_ticked(const field_rule_t *field)
{
    return field->type == FIELD_SET && field->n_words > 0 && (field->flags & F_OPEN) == 0;
}

// A reference: what is sought, and below it what the field holds and what fits.
static void write_picker(html_t *html, const control_t *control, bool wrong)
{
    char said[FAULT_TEXT];
    html_raw(html, "<div class=\"find\"><input type=\"text\" autocomplete=\"off\" name=\"q.");
    write_full(html, control);
    html_raw(html, "\" aria-label=\"");
    html_textf(html, _("Find: %s"), bilingual_text(&control->field->label));
    html_raw(html, "\"");
    html_attribute(html, "placeholder", _("a part of a name or a code"));
    html_attribute(html, "value", picker_words(control->fields->picker, control->i));
    write_described(html, control, wrong);
    html_raw(html, "> <button name=\"find\" value=\"");
    write_full(html, control);
    html_raw(html, "\">");
    html_text(html, _("Find"));
    html_raw(html, "</button></div><p class=\"help\" role=\"status\">");
    html_text(html, choices_said(control->fields, control->i, said, sizeof said));
    html_raw(html, "</p><div class=\"choices\">");
    choices_write(html, control->fields, control->i);
    html_raw(html, "</div>");
}

// Is it a group of controls, whose name is a legend?
static bool is_group(const control_t *control)
{
    const field_rule_t *field = control->field;
    return picker_is(control->fields->picker, control->i) || field->type == FIELD_BOOL || is_ticked(field) ||
           (field->type == FIELD_ENUM && field->n_words > 0 && field->n_words <= RADIOS_MAX);
}

static void write_control(html_t *html, const control_t *control, const char *text, bool wrong)
{
    const field_rule_t *field = control->field;
    if (picker_is(control->fields->picker, control->i))
        write_picker(html, control, wrong);
    else if (field->type == FIELD_BOOL)
        write_bool(html, control, text);
    else if (field->type == FIELD_ENUM && field->n_words > 0)
        write_words(html, control, text);
    else if (is_ticked(field))
        write_ticks(html, control, text);
    else
        write_input(html, control, text, wrong);
}

// Where the script asks what fits.
static void write_address(html_t *html, const control_t *control)
{
    html_raw(html, " data-pick=\"/pick/");
    html_segment(html, control->fields->kind->name);
    html_raw(html, "/");
    html_segment(html, control->field->name);
    html_raw(html, "?prefix=");
    html_segment(html, control->prefix);
    html_raw(html, "\"");
}

static void write_label(html_t *html, const control_t *control)
{
    const field_rule_t *field = control->field;
    bool group = is_group(control);
    if (group) {
        html_raw(html, "<fieldset");
        write_id(html, control);
        if (picker_is(control->fields->picker, control->i)) write_address(html, control);
        html_raw(html, " tabindex=\"-1\"><legend>");
    } else {
        html_raw(html, "<label for=\"f-");
        write_full(html, control);
        html_raw(html, "\">");
    }
    html_text(html, bilingual_text(&field->label));
    if ((field->flags & F_REQUIRED) != 0) {
        html_raw(html, " <span class=\"muted\">");
        html_text(html, _("(required)"));
        html_raw(html, "</span>");
    }
    if (group)
        html_raw(html, "</legend>");
    else
        html_raw(html, "</label>");
}

// A help that says no more than the label is left out; its place stays, for the control refers to it.
static void write_help(html_t *html, const control_t *control)
{
    const field_rule_t *field = control->field;
    char label[FOLD_MAX], help[FOLD_MAX];
    bool same =
        strcmp(fold(bilingual_text(&field->label), label), fold(bilingual_text(&field->help), help)) == 0;
    html_raw(html, "<span class=\"help\" id=\"h-");
    write_full(html, control);
    html_raw(html, "\">");
    if (!same) html_sentence(html, bilingual_text(&field->help));
    html_raw(html, "</span>");
}

// Without the field's name, for its label stands beside it; its label where a sentence needs one and would
// take the first argument in its place.
static const char *fault_words(const field_rule_t *field, const fault_t *fault, char buf[static FAULT_TEXT])
{
    fault_t bare = *fault;
    const char *label = bilingual_text(&field->label);
    bool other = fault->n_args > 1 && strcmp(fault->args[0], field->name) != 0;
    snprintf(bare.field, sizeof bare.field, "%s", other && strlen(label) < sizeof bare.field ? label : "");
    return fault_text(&bare, buf, FAULT_TEXT);
}

static void write_field(html_t *html, const control_t *control, const char *text, const fault_t *fault)
{
    const field_rule_t *field = control->field;
    char words[FAULT_TEXT];
    bool wrong = fault->code[0] != '\0';
    if (wrong)
        html_raw(html, "<div class=\"field wrong\">");
    else
        html_raw(html, "<div class=\"field\">");
    write_label(html, control);
    write_help(html, control);
    write_control(html, control, text, wrong);
    if (is_group(control)) html_raw(html, "</fieldset>");
    if (wrong) {
        html_raw(html, "<p class=\"error\" id=\"e-");
        write_full(html, control);
        html_raw(html, "\">");
        html_text(html, fault_words(field, fault, words));
        html_raw(html, "</p>");
    }
    html_raw(html, "</div>");
}

void fields_write(page_t *page, const fields_t *fields, bool key)
{
    for (size_t i = 0; i < fields->kind->n_fields; i++)
        if (fields_has(fields->kind, i, key)) fields_write_one(page, fields, i);
}

void fields_write_one(page_t *page, const fields_t *fields, size_t i)
{
    const control_t control = {&fields->kind->fields[i], fields->prefix, fields, i};
    write_field(&page->body, &control, fields->texts[i], &fields->faults[i]);
}

void fields_write_faults(page_t *page, const fields_t *fields, const char *heading)
{
    html_t *html = &page->body;
    char words[FAULT_TEXT];
    if (!fields->wrong && fields->fault.code[0] == '\0') return;
    html_raw(html, "<div class=\"note bad\" role=\"alert\">");
    html_element(html, "strong", heading);
    html_raw(html, "<ul>");
    if (fields->fault.code[0] != '\0')
        html_element(html, "li",
                     fault_text_of(&fields->fault, fields->kind, i18n_now(), words, sizeof words));
    for (size_t i = 0; i < fields->kind->n_fields && i < FIELDS_MAX; i++) {
        const field_rule_t *field = &fields->kind->fields[i];
        if (fields->faults[i].code[0] == '\0') continue;
        html_raw(html, "<li><a href=\"#f-");
        write_full(html, &(control_t){field, fields->prefix, fields, i});
        html_raw(html, "\">");
        html_text(html, bilingual_text(&field->label));
        html_raw(html, "</a>: ");
        html_text(html, fault_words(field, &fields->faults[i], words));
        html_raw(html, "</li>");
    }
    html_raw(html, "</ul></div>");
}

void fields_write_origin(page_t *page, const fields_t *fields)
{
    html_t *html = &page->body;
    for (size_t i = 0; i < fields->kind->n_fields; i++) {
        if (!fields_has(fields->kind, i, false) || *fields->texts[i] == '\0') continue;
        html_raw(html, "<input type=\"hidden\" name=\"o.");
        write_full(html, &(control_t){&fields->kind->fields[i], fields->prefix, fields, i});
        html_raw(html, "\"");
        html_attribute(html, "value", fields->texts[i]);
        html_raw(html, ">");
    }
}
