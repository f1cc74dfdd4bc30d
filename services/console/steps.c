// SPDX-License-Identifier: Apache-2.0
#include "services/console/steps.h"

static const char *const STEPS[] = {N_("The node"), N_("Its recovery phrase"), N_("Its operator"),
                                    N_("The staff"), N_("What goes where")};

void steps_write(page_t *page, step_t at)
{
    html_t *html = &page->body;
    html_raw(html, "<ol class=\"steps\"");
    html_attribute(html, "aria-label", _("First start"));
    html_raw(html, ">");
    for (size_t i = 0; i < ARRAY_SIZE(STEPS); i++) {
        html_raw(html, "<li");
        if (i + 1 == at) html_attribute(html, "aria-current", "step");
        html_raw(html, ">");
        html_text(html, _(STEPS[i]));
        if (i + 1 < at) html_raw(html, " ✓");
        html_raw(html, "</li>");
    }
    html_raw(html, "</ol>");
}

void steps_follow(page_t *page, step_t at)
{
    if (form_value(&page->request->query, "first") != NULL) steps_write(page, at);
}
