// SPDX-License-Identifier: Apache-2.0
#include "services/console/three.h"

static bool differ(const fields_t *a, const fields_t *b, size_t i)
{
    return strcmp(a->texts[i], b->texts[i]) != 0;
}

void three_write(page_t *page, const fields_t *was, const fields_t *mine, const fields_t *now)
{
    html_t *html = &page->body;
    html_raw(html, "<p class=\"note bad\" role=\"alert\">");
    html_text(html,
              _("Somebody has changed this record since you opened it. Nothing was saved. Below stands what "
                "differs; put right what you want to keep, and save again."));
    html_raw(html, "</p><div class=\"scroll\"><table class=\"changed\"><thead><tr><th></th>");
    html_element(html, "th", _("was"));
    html_element(html, "th", _("mine"));
    html_element(html, "th", _("now"));
    html_raw(html, "</tr></thead><tbody>");
    for (size_t i = 0; i < mine->kind->n_fields; i++) {
        if (!fields_has(mine->kind, i, false) || (!differ(mine, now, i) && !differ(was, now, i))) continue;
        html_raw(html, "<tr><th scope=\"row\">");
        html_text(html, bilingual_text(&mine->kind->fields[i].label));
        html_raw(html, "</th>");
        html_element(html, "td", was->texts[i]);
        html_element(html, "td", mine->texts[i]);
        html_element(html, "td", now->texts[i]);
        html_raw(html, "</tr>");
    }
    html_raw(html, "</tbody></table></div>");
}

void three_keep_mine(const fields_t *was, fields_t *mine, const fields_t *now)
{
    for (size_t i = 0; i < mine->kind->n_fields && i < FIELDS_MAX; i++)
        if (!differ(was, mine, i)) mine->texts[i] = now->texts[i];
}
