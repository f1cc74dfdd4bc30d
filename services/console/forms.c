// SPDX-License-Identifier: Apache-2.0
#include "services/console/forms.h"

void forms_button(page_t *page, const char *name, const char *value, const char *text, bool danger)
{
    forms_button_key(page, name, value, text, danger, NULL);
}

void forms_button_key(page_t *page, const char *name, const char *value, const char *text, bool danger,
                      const char *key)
{
    html_t *html = &page->body;
    html_raw(html, "<button");
    if (key != NULL) html_attribute(html, "aria-keyshortcuts", key);
    if (danger) html_raw(html, " class=\"danger\"");
    html_attribute(html, "name", name);
    html_attribute(html, "value", value);
    html_raw(html, ">");
    html_text(html, text);
    html_raw(html, "</button> ");
}

void forms_input(page_t *page, const char *name, const char *label, const char *value)
{
    html_t *html = &page->body;
    html_raw(html, "<div class=\"field\"><label>");
    html_text(html, label);
    html_raw(html, "<input");
    html_attribute(html, "name", name);
    html_attribute(html, "value", value);
    html_raw(html, "></label></div>");
}
