// SPDX-License-Identifier: Apache-2.0
// What fits in a field that is a reference, while it is typed: a sentence in the first line, the choices
// below it. The form has the names of its own controls, with the prefix.
#include "services/console/choices.h"
#include "services/console/pages.h"
#include "services/console/saving.h"

enum { SENTENCE = 1024 };

void page_pick(page_t *page)
{
    const form_t *query = &page->request->query;
    const char *const *segments = (const char *const *)page->request->segments;
    const kind_rule_t *kind;
    char said[SENTENCE];
    if (!entry_kind(page, segments[1], &kind) || !saving_may(page, kind, ACCESS_WRITE)) return;
    int i = kind_field(kind, segments[2]);
    if (i < 0 || !fields_has(kind, (size_t)i, true) || !picker_has(page, kind, (size_t)i)) {
        page_refuse(page, 404, _("No such page"), _("There is no such address here."));
        return;
    }
    AUTO(fields_destroy) fields_t *fields = fields_new(kind);
    fields->prefix = form_text(query, "prefix");
    fields_of_form(fields, query, "f.");
    if (!picker_seek(page, fields, (size_t)i, form_text(query, "q"))) return;
    html_textf(&page->body, "%s\n", choices_said(fields, (size_t)i, said, sizeof said));
    choices_write(&page->body, fields, (size_t)i);
    page->type = "text/plain; charset=utf-8";
}
