// SPDX-License-Identifier: Apache-2.0
#include "services/console/inputs.h"
#include "common/schema/fault.h"

static void write_choice(html_t *html, const field_rule_t *field, const char *name, const char *value)
{
    html_raw(html, "<select");
    html_attribute(html, "name", name);
    html_raw(html, "><option value=\"\">—</option>");
    for (size_t i = 0; i < field->n_words; i++) {
        html_raw(html, "<option");
        html_attribute(html, "value", field->words[i].code);
        if (strcmp(value, field->words[i].code) == 0) html_raw(html, " selected");
        html_raw(html, ">");
        html_text(html, bilingual_text(&field->words[i].label));
        html_raw(html, "</option>");
    }
    html_raw(html, "</select></label> ");
}

static bool is_long(const field_rule_t *field)
{
    return field->type == FIELD_TEXT && field->max >= FIELD_MAX;
}

void inputs_field(html_t *html, const kind_rule_t *kind, const char *name, const char *prefix,
                  const char *value)
{
    char full[FORM_NAME_MAX];
    const field_rule_t *field = &kind->fields[kind_field(kind, name)];
    snprintf(full, sizeof full, "%s%s", prefix, name);
    if (is_long(field))
        html_raw(html, "<label class=\"wide\">");
    else
        html_raw(html, "<label>");
    html_text(html, bilingual_text(&field->label));
    if (field->type == FIELD_ENUM && field->n_words > 0) {
        write_choice(html, field, full, value);
        return;
    }
    html_raw(html, "<input type=\"text\" autocomplete=\"off\"");
    html_attribute(html, "name", full);
    html_attribute(html, "value", value);
    if (field->type == FIELD_INT) html_raw(html, " inputmode=\"numeric\"");
    if (field->type == FIELD_DATE) html_raw(html, " size=\"10\"");
    if (field->type == FIELD_INT) html_raw(html, " size=\"4\"");
    html_raw(html, "></label> ");
}

void inputs_line(html_t *html, const char *name, const char *label, const char *value, const char *list)
{
    html_raw(html, "<label>");
    html_text(html, label);
    html_raw(html, "<input type=\"text\" autocomplete=\"off\"");
    html_attribute(html, "name", name);
    html_attribute(html, "value", value);
    if (list != NULL) html_attribute(html, "list", list);
    html_raw(html, "></label> ");
}

const char *inputs_value(const kind_rule_t *kind, const body_t *body, size_t i, lang_t lang,
                         char buf[static VIEW_TEXT])
{
    const field_rule_t *field = &kind->fields[i];
    bool words = field->type == FIELD_DATE || field->type == FIELD_DECIMAL || (field->flags & F_REASON) != 0;
    if (!body_has(kind, body, i)) return "";
    return view_value(kind, body, i, (view_t){words ? VIEW_WORDS : VIEW_CODES, lang}, buf);
}

void inputs_fault(html_t *html, const kind_rule_t *kind, const fault_t *fault)
{
    char text[FAULT_TEXT];
    if (fault->code[0] == '\0') return;
    html_raw(html, "<p class=\"error\">");
    html_text(html, fault_text_of(fault, kind, i18n_now(), text, sizeof text));
    html_raw(html, "</p>");
}

void inputs_saved(page_t *page)
{
    if (form_value(&page->request->query, "saved") == NULL) return;
    html_raw(&page->body, "<p class=\"note ok\" role=\"status\">");
    html_text(&page->body, _("Saved: written on this computer."));
    html_raw(&page->body, "</p>");
}
