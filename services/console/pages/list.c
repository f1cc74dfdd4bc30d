// SPDX-License-Identifier: Apache-2.0
// A list of records of one kind. Its address says all (../listing.h), so a link is a saved view.
#include "services/console/listing.h"
#include "services/console/pages.h"
#include <stdio.h>

// --- the address again, with one thing changed

// but: what is left out; given (NULL: not) with its value in its place.
static void write_address(html_t *html, const page_t *page, const char *but, const char *given,
                          const char *value)
{
    static const char *const places[] = {"after", "page"}; // of another order or filter
    const form_t *query = &page->request->query;
    html_raw(html, "?");
    for (size_t i = 0; i < query->n; i++) {
        const form_pair_t *pair = &query->pairs[i];
        if (strcmp(pair->name, but) == 0 || strcmp(pair->name, places[0]) == 0 ||
            strcmp(pair->name, places[1]) == 0)
            continue;
        html_segment(html, pair->name);
        html_raw(html, "=");
        html_segment(html, pair->value);
        html_raw(html, "&amp;");
    }
    if (given == NULL) return;
    html_segment(html, given);
    html_raw(html, "=");
    html_segment(html, value);
}

static void write_heading(page_t *page, const listing_t *list, size_t column)
{
    html_t *html = &page->body;
    char sort[FIELD_NAME_MAX + 3];
    bool sorted = list->column == (int)column, down = sorted && !list->down;
    snprintf(sort, sizeof sort, "%s%s", down ? "-" : "", list->table.columns[column].name);
    html_raw(html, "<th scope=\"col\"");
    if (table_is_number(&list->table, column)) html_raw(html, " class=\"number\"");
    if (sorted && list->down) html_raw(html, " aria-sort=\"descending\"");
    if (sorted && !list->down) html_raw(html, " aria-sort=\"ascending\"");
    html_raw(html, "><a href=\"");
    write_address(html, page, "sort", "sort", sort);
    html_raw(html, "\">");
    html_text(html, table_heading(&list->table, column, (view_t){VIEW_WORDS, page->lang}));
    html_raw(html, "</a>");
    if (sorted && list->down) html_raw(html, " ↓");
    if (sorted && !list->down) html_raw(html, " ↑");
    html_raw(html, "</th>");
}

static bool may_change(const page_t *page, const listing_t *list)
{
    return entry_may(page, list->kind, ACCESS_WRITE);
}

static void write_row(page_t *page, const listing_t *list, const listing_row_t *row)
{
    html_t *html = &page->body;
    char value[VIEW_TEXT], ref[KEY_TEXT_MAX];
    table_row_t opened;
    if (!listing_open(list, row, &opened)) return;
    html_raw(html, "<tr>");
    if (may_change(page, list)) {
        html_raw(html, "<td><input type=\"checkbox\" name=\"id\"");
        html_attribute(html, "value", rid_text(&opened.id, ref));
        html_attribute(html, "aria-label", entry_ref(list->kind, opened.bodies[0], &opened.id, ref));
        html_raw(html, "></td>");
    }
    for (size_t i = 0; i < list->table.n_shown; i++) {
        size_t column = list->table.shown[i];
        const char *text = table_cell(&list->table, column, &opened, (view_t){VIEW_WORDS, page->lang}, value);
        if (table_is_number(&list->table, column))
            html_raw(html, "<td class=\"number\">");
        else
            html_raw(html, "<td>");
        if (*text == '\0') text = "—";
        if (i == 0)
            entry_link(html, list->kind, entry_ref(list->kind, opened.bodies[0], &opened.id, ref), text);
        else
            html_text(html, text);
        html_raw(html, "</td>");
    }
    html_raw(html, "</tr>");
}

// --- the page

static void write_hidden(html_t *html, const char *name, const char *value)
{
    if (*value == '\0') return;
    html_raw(html, "<input type=\"hidden\"");
    html_attribute(html, "name", name);
    html_attribute(html, "value", value);
    html_raw(html, ">");
}

static void write_select(page_t *page, const field_rule_t *field)
{
    html_t *html = &page->body;
    const char *now = form_text(&page->request->query, field->name);
    html_raw(html, "<label>");
    html_text(html, bilingual_text(&field->label));
    html_raw(html, "<select");
    html_attribute(html, "name", field->name);
    html_raw(html, "><option value=\"\">");
    html_text(html, _("any"));
    html_raw(html, "</option>");
    for (size_t i = 0; i < field->n_words; i++) {
        html_raw(html, "<option");
        html_attribute(html, "value", field->words[i].code);
        if (strcmp(now, field->words[i].code) == 0) html_raw(html, " selected");
        html_raw(html, ">");
        html_text(html, bilingual_text(&field->words[i].label));
        html_raw(html, "</option>");
    }
    html_raw(html, "</select></label>");
}

static bool is_choice(const table_t *table, size_t column)
{
    const field_rule_t *rule = table->columns[column].rule;
    return rule->type == FIELD_ENUM && rule->n_words > 0;
}

static void write_columns(page_t *page, const listing_t *list)
{
    html_t *html = &page->body;
    html_raw(html, "<details><summary>");
    html_text(html, _("Columns"));
    html_raw(html, "</summary>");
    for (size_t i = 0; i < list->table.n_columns; i++) {
        const char *name = list->table.columns[i].name;
        if (strcmp(name, "review") == 0) continue;
        html_raw(html, "<label><input type=\"checkbox\" name=\"columns\"");
        html_attribute(html, "value", name);
        if (table_shows(&list->table, name)) html_raw(html, " checked");
        html_raw(html, "> ");
        html_text(html, table_heading(&list->table, i, (view_t){VIEW_WORDS, page->lang}));
        html_raw(html, "</label>");
    }
    html_raw(html, "</details>");
}

static void write_filter(page_t *page, const listing_t *list)
{
    html_t *html = &page->body;
    html_raw(html, "<form class=\"filter\" method=\"get\" role=\"search\"><label>");
    html_text(html, _("Find"));
    html_raw(html, "<input type=\"search\" name=\"find\"");
    html_attribute(html, "value", list->find);
    html_raw(html, "></label><label>");
    html_text(html, _("Organisation"));
    html_raw(html, "<input type=\"text\" name=\"org\"");
    html_attribute(html, "value", list->org);
    html_raw(html, "></label>");
    for (size_t i = 0; i < list->table.n_shown; i++)
        if (is_choice(&list->table, list->table.shown[i]))
            write_select(page, list->table.columns[list->table.shown[i]].rule);
    write_hidden(html, "sort", list->sort);
    html_raw(html, "<button>");
    html_text(html, _("Show"));
    html_raw(html, "</button>");
    write_columns(page, list);
    html_raw(html, "</form>");
}

static void write_empty(page_t *page, const listing_t *list)
{
    html_t *html = &page->body;
    bool narrowed = *list->find != '\0' || *list->org != '\0' || list->n_where > 0 || *list->after != '\0';
    html_raw(html, "<p class=\"note\">");
    if (narrowed) {
        html_text(html, _("Nothing fits. "));
        html_raw(html, "<a href=\"?\">");
        html_text(html, _("Show all"));
        html_raw(html, "</a>");
    } else if (entry_may(page, list->kind, ACCESS_WRITE)) {
        html_text(html,
                  _("There are none yet. They come from a list that is imported, are entered one by one, or "
                    "arrive from another node."));
    } else {
        html_text(html, _("There are none yet. The system makes them itself from other records."));
    }
    html_raw(html, "</p>");
}

static void write_pages(page_t *page, const listing_t *list, size_t from, size_t to)
{
    html_t *html = &page->body;
    char text[2 * LISTING_MARK + 1];
    html_raw(html, "<p class=\"actions\">");
    if (list->column >= 0) html_textf(html, _("%zu to %zu of %zu"), from + 1, to, list->n);
    if (*list->after != '\0' || list->number > 1) {
        html_raw(html, " <a href=\"");
        write_address(html, page, "", NULL, NULL);
        html_raw(html, "\">");
        html_text(html, _("first page"));
        html_raw(html, "</a>");
    }
    bool marked = list->next != NULL && list->next->len <= LISTING_MARK;
    if (marked)
        hex_text(slice(list->next->data, list->next->len), text);
    else
        snprintf(text, sizeof text, "%lld", (long long)list->number + 1);
    if (marked || to < list->n) {
        html_raw(html, " <a href=\"");
        write_address(html, page, "", marked ? "after" : "page", text);
        html_raw(html, "\" rel=\"next\">");
        html_text(html, _("next page"));
        html_raw(html, "</a>");
    }
    html_raw(html, "</p>");
}

#define EXPORT_LINK(file, text)                                                                              \
    (html_raw(html, "<a href=\"/k/"), html_segment(html, list->kind->name), html_raw(html, "/" file),        \
     write_address(html, page, "", NULL, NULL), html_raw(html, "\" download>"), html_text(html, text),       \
     html_raw(html, "</a> "))

// All that fits, not only this page of it.
static void write_export(page_t *page, const listing_t *list)
{
    html_t *html = &page->body;
    html_raw(html, "<p class=\"actions\">");
    EXPORT_LINK("export.xlsx", _("Take this list out as a workbook (XLSX)"));
    EXPORT_LINK("export.csv", _("Take this list out as CSV"));
    html_raw(html, "</p>");
}

static void begin_ticks(page_t *page, const listing_t *list)
{
    html_t *html = &page->body;
    html_raw(html, "<form class=\"ticks\" method=\"post\" action=\"/many/");
    html_segment(html, list->kind->name);
    write_address(html, page, "", NULL, NULL);
    html_raw(html, "\">");
    page_token(page, html);
}

static void end_ticks(page_t *page)
{
    html_t *html = &page->body;
    html_raw(html, "<p class=\"actions\"><label><input type=\"checkbox\" name=\"all\" value=\"yes\"> ");
    html_text(html, _("all that fit, also those of other pages"));
    html_raw(html, "</label><button>");
    html_text(html, _("Change or delete what is ticked"));
    html_raw(html, "</button></p></form>");
}

static void write_table(page_t *page, const listing_t *list)
{
    html_t *html = &page->body;
    size_t from = list->column >= 0 ? (size_t)(list->number - 1) * LISTING_ROWS : 0;
    if (from > list->n) from = list->n;
    size_t to = list->n - from > LISTING_ROWS ? from + LISTING_ROWS : list->n;
    if (may_change(page, list)) begin_ticks(page, list);
    html_raw(html, "<div class=\"scroll\"><table><thead><tr>");
    if (may_change(page, list)) html_raw(html, "<td></td>");
    for (size_t i = 0; i < list->table.n_shown; i++) write_heading(page, list, list->table.shown[i]);
    html_raw(html, "</tr></thead><tbody>");
    for (size_t i = from; i < to; i++) write_row(page, list, &list->rows[i]);
    html_raw(html, "</tbody></table></div>");
    if (may_change(page, list)) end_ticks(page);
    write_pages(page, list, from, to);
    write_export(page, list);
}

static void write_list(page_t *page, const listing_t *list)
{
    html_t *html = &page->body;
    page_title(page, "%s", bilingual_text(&list->kind->label));
    html_raw(html, "<p class=\"help\">");
    html_sentence(html, bilingual_text(&list->kind->help));
    html_raw(html, "</p>");
    if (entry_may(page, list->kind, ACCESS_WRITE)) {
        html_raw(html, "<p class=\"actions\"><a class=\"button main\" href=\"/k/");
        html_segment(html, list->kind->name);
        html_raw(html, "/new\">");
        html_text(html, _("Add"));
        html_raw(html, "</a></p>");
    }
    write_filter(page, list);
    if (list->n == 0)
        write_empty(page, list);
    else
        write_table(page, list);
}

void page_list(page_t *page)
{
    AUTO(listing_free) listing_t list = {0};
    if (listing_begin(page, &list) && listing_read(page, &list)) write_list(page, &list);
}
