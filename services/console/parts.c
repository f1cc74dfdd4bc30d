// SPDX-License-Identifier: Apache-2.0
#include "services/console/parts.h"
#include <stdio.h>

void part_note(html_t *html, part_tone_t tone, const char *text)
{
    if (tone == PART_GOOD)
        html_raw(html, "<p class=\"note ok\" role=\"status\">");
    else if (tone == PART_BAD)
        html_raw(html, "<p class=\"note bad\" role=\"alert\">");
    else
        html_raw(html, "<p class=\"note\">");
    html_sentence(html, text);
    html_raw(html, "</p>");
}

void part_button(page_t *page, const char *action, const char *text, bool main)
{
    html_t *html = &page->body;
    html_raw(html, "<form method=\"post\"");
    if (*action != '\0') html_attribute(html, "action", action);
    html_raw(html, ">");
    page_token(page, html);
    if (main)
        html_raw(html, "<button class=\"main\">");
    else
        html_raw(html, "<button>");
    html_text(html, text);
    html_raw(html, "</button></form>");
}

void part_link(html_t *html, const char *href, const char *text)
{
    html_raw(html, "<a");
    html_attribute(html, "href", href);
    html_raw(html, ">");
    html_text(html, text);
    html_raw(html, "</a>");
}

void part_hidden(html_t *html, const char *name, const char *value)
{
    html_raw(html, "<input type=\"hidden\"");
    html_attribute(html, "name", name);
    html_attribute(html, "value", value);
    html_raw(html, ">");
}

void part_table_of(html_t *html, size_t n, const char *const *heads, uint32_t numbers)
{
    html_raw(html, "<div class=\"scroll\"><table><thead><tr>");
    for (size_t i = 0; i < n; i++) {
        if ((numbers >> i & 1) != 0)
            html_raw(html, "<th scope=\"col\" class=\"number\">");
        else
            html_raw(html, "<th scope=\"col\">");
        html_text(html, heads[i]);
        html_raw(html, "</th>");
    }
    html_raw(html, "</tr></thead><tbody>");
}

void part_table(html_t *html, size_t n, const char *const *heads)
{
    part_table_of(html, n, heads, 0);
}

void part_row(html_t *html)
{
    html_raw(html, "<tr>");
}

void part_cell(html_t *html, const char *text)
{
    html_element(html, "td", *text != '\0' ? text : "—");
}

void part_number(html_t *html, int64_t number)
{
    html_raw(html, "<td class=\"number\">");
    html_number(html, number);
    html_raw(html, "</td>");
}

void part_row_end(html_t *html)
{
    html_raw(html, "</tr>");
}

void part_table_end(html_t *html)
{
    html_raw(html, "</tbody></table></div>");
}

void part_option(html_t *html, const char *value, const char *text, bool chosen)
{
    html_raw(html, "<option");
    html_attribute(html, "value", value);
    if (chosen) html_raw(html, " selected");
    html_raw(html, ">");
    html_text(html, text);
    html_raw(html, "</option>");
}

void part_address(page_t *page, const char *name, const char *value)
{
    html_t *html = &page->body;
    const form_t *query = &page->request->query;
    html_raw(html, "?");
    for (size_t i = 0; i < query->n; i++) {
        if (strcmp(query->pairs[i].name, name) == 0 || *query->pairs[i].value == '\0') continue;
        html_segment(html, query->pairs[i].name);
        html_raw(html, "=");
        html_segment(html, query->pairs[i].value);
        html_raw(html, "&amp;");
    }
    if (value == NULL) return;
    html_segment(html, name);
    html_raw(html, "=");
    html_segment(html, value);
}

size_t part_page(const page_t *page)
{
    int64_t number = 1;
    return int_parse(form_text(&page->request->query, "page"), 1, 1000000, &number) ? (size_t)number : 1;
}

static void page_link(page_t *page, size_t number, const char *text)
{
    html_t *html = &page->body;
    char value[24];
    snprintf(value, sizeof value, "%zu", number);
    html_raw(html, " <a href=\"");
    part_address(page, "page", value);
    html_raw(html, "\">");
    html_text(html, text);
    html_raw(html, "</a>");
}

void part_pages(page_t *page, size_t number, size_t of_page, size_t all)
{
    html_t *html = &page->body;
    size_t from = (number - 1) * of_page, to = all - from > of_page ? from + of_page : all;
    if (all == 0 || from >= all) return;
    html_raw(html, "<p class=\"actions\">");
    html_textf(html, _("%zu to %zu of %zu"), from + 1, to, all);
    if (number > 1) page_link(page, number - 1, _("previous page"));
    if (to < all) page_link(page, number + 1, _("next page"));
    html_raw(html, "</p>");
}
