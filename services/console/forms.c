// SPDX-License-Identifier: Apache-2.0
#include "services/console/forms.h"
#include "common/base/i18n.h"
#include "common/forms/words.h"

enum { US_OF_MS = 1000 };

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

void forms_link(page_t *page, const Selenga__LinkRow *link)
{
    html_t *html = &page->body;
    char text[64];
    html_raw(html, "<td>");
    html_text(html, words_link(link->state, page->lang));
    html_raw(html, " ");
    if (link->has_since_s) html_text(html, words_duration(link->since_s, page->lang, text, sizeof text));
    html_raw(html, "</td><td class=\"number\">");
    if (link->has_rtt_us) html_number(html, link->rtt_us / US_OF_MS);
    html_raw(html, "</td><td>");
    html_text(html, link->version);
    html_raw(html, "</td><td>");
    html_text(html, link->key_fingerprint);
    html_raw(html, "</td>");
}
