// SPDX-License-Identifier: Apache-2.0
// The people of an organisation, as whoever works with them needs them in one list. Its address says all.
#include "services/console/people.h"
#include "common/base/vec.h"
#include "common/forms/fold.h"
#include "services/console/pages.h"
#include "services/console/parts.h"
#include "services/console/staffing.h"
#include <stdio.h>
#include <stdlib.h>

enum { ROWS = 50, NAME = 400, SOUGHT = 8 };

typedef struct asked_for {
    const char *org, *find, *route, *mentor, *sort;
    bool young, gone;
    int64_t number; // of the page
} asked_for_t;

typedef struct shown {
    const staffer_t *row;
    char *name; // folded, to sort by; owned
} shown_t;

static bool is_on(const page_t *page, const char *name)
{
    return strcmp(form_text(&page->request->query, name), "yes") == 0;
}

static asked_for_t read_address(const page_t *page)
{
    const form_t *query = &page->request->query;
    asked_for_t asked = {.org = form_text(query, "org"),
                         .find = form_text(query, "find"),
                         .route = form_text(query, "route"),
                         .mentor = form_text(query, "mentor"),
                         .sort = form_text(query, "sort"),
                         .young = is_on(page, "young"),
                         .gone = is_on(page, "gone")};
    if (!int_parse(form_text(query, "page"), 1, 1000000, &asked.number)) asked.number = 1;
    return asked;
}

// --- who fits

static const char *text(const char *text_or_none)
{
    return text_or_none != NULL ? text_or_none : "";
}

// Each word that is sought stands in his name, number, post or subject.
static bool is_found(const staffing_t *staffing, const staffer_t *row, const char *sought)
{
    char name[NAME], all[3 * NAME], have[FOLD_MAX], want[FOLD_MAX];
    snprintf(all, sizeof all, "%s %s %s %s", staffing_name(staffing, row->ref, name, sizeof name), row->ref,
             row->work != NULL ? text(row->work->post) : "",
             row->work != NULL ? text(row->work->subject) : "");
    fold(all, have);
    fold(sought, want);
    char *rest = want;
    for (char *word; (word = strsep(&rest, " ")) != NULL;)
        if (*word != '\0' && strstr(have, word) == NULL) return false;
    return true;
}

static bool fits(const staffing_t *staffing, const staffer_t *row, const asked_for_t *asked)
{
    const char *state = row->route != NULL ? ((const Selenga__Route *)row->route->body)->state : "none";
    if (row->here == asked->gone) return false;
    if (asked->young && !row->young) return false;
    if (*asked->route != '\0' && strcmp(asked->route, state) != 0) return false;
    if (strcmp(asked->mentor, "none") == 0 && row->pair != NULL) return false;
    if (strcmp(asked->mentor, "yes") == 0 && row->pair == NULL) return false;
    return *asked->find == '\0' || is_found(staffing, row, asked->find);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const shown_t *)a)->name, ((const shown_t *)b)->name);
}

static int by_years(const void *a, const void *b)
{
    const shown_t *one = a, *other = b;
    int order = one->row->years - other->row->years;
    return order != 0 ? order : by_name(a, b);
}

// --- the page

static void write_choice(page_t *page, const char *name, const char *label, size_t n,
                         const char *const (*options)[2])
{
    html_t *html = &page->body;
    const char *now = form_text(&page->request->query, name);
    html_raw(html, "<label>");
    html_text(html, label);
    html_raw(html, "<select");
    html_attribute(html, "name", name);
    html_raw(html, ">");
    for (size_t i = 0; i < n; i++)
        part_option(html, options[i][0], options[i][1], strcmp(now, options[i][0]) == 0);
    html_raw(html, "</select></label>");
}

static void write_routes_choice(page_t *page)
{
    const field_rule_t *field = &KIND_ROUTE.fields[kind_field(&KIND_ROUTE, "state")];
    const char *options[2 + 16][2] = {{"", _("any")}, {"none", _("none")}};
    size_t n = 2;
    for (size_t i = 0; i < field->n_words && n < ARRAY_SIZE(options); i++, n++) {
        options[n][0] = field->words[i].code;
        options[n][1] = bilingual_text(&field->words[i].label);
    }
    write_choice(page, "route", _("Route"), n, options);
}

static void write_tick(page_t *page, const char *name, const char *label, bool on)
{
    html_t *html = &page->body;
    html_raw(html, "<label><input type=\"checkbox\" value=\"yes\"");
    html_attribute(html, "name", name);
    if (on) html_raw(html, " checked");
    html_raw(html, "> ");
    html_text(html, label);
    html_raw(html, "</label>");
}

static void write_text(page_t *page, const char *name, const char *label, const char *value)
{
    html_t *html = &page->body;
    html_raw(html, "<label>");
    html_text(html, label);
    html_raw(html, "<input type=\"text\"");
    html_attribute(html, "name", name);
    html_attribute(html, "value", value);
    html_raw(html, "></label>");
}

static void write_filter(page_t *page, const asked_for_t *asked)
{
    html_t *html = &page->body;
    const char *const mentors[][2] = {{"", _("any")}, {"yes", _("has one")}, {"none", _("none")}};
    const char *const orders[][2] = {{"", _("by name")}, {"years", _("by experience")}};
    html_raw(html, "<form class=\"filter\" method=\"get\" role=\"search\">");
    write_text(page, "find", _("Find"), asked->find);
    write_text(page, "org", _("Organisation"), asked->org);
    write_routes_choice(page);
    write_choice(page, "mentor", _("Mentor"), ARRAY_SIZE(mentors), mentors);
    write_choice(page, "sort", _("Order"), ARRAY_SIZE(orders), orders);
    write_tick(page, "young", _("young specialists"), asked->young);
    write_tick(page, "gone", _("who has left"), asked->gone);
    html_raw(html, "<button>");
    html_text(html, _("Show"));
    html_raw(html, "</button></form>");
}

static void write_years(html_t *html, const staffer_t *row)
{
    if (row->years < 0)
        html_raw(html, "<td class=\"number\">—</td>");
    else
        part_number(html, row->years);
}

static void write_row(page_t *page, const staffing_t *staffing, const staffer_t *row)
{
    html_t *html = &page->body;
    char name[NAME], value[VIEW_TEXT];
    const Selenga__Employment *work = row->work;
    part_row(html);
    html_raw(html, "<td>");
    people_link(html, row->ref, staffing_name(staffing, row->ref, name, sizeof name));
    html_raw(html, "</td>");
    part_cell(html, row->ref);
    part_cell(html, work != NULL ? text(work->post) : "");
    part_cell(html, work != NULL ? text(work->subject) : "");
    write_years(html, row);
    part_cell(html, work != NULL ? text(work->category) : "");
    html_raw(html, "<td>");
    if (row->route != NULL) {
        const Selenga__Route *route = (const Selenga__Route *)row->route->body;
        html_raw(html, "<a href=\"/routes/");
        html_segment(html, route->code);
        html_raw(html, "\">");
        html_text(html, view_value(&KIND_ROUTE, row->route->body, (size_t)kind_field(&KIND_ROUTE, "state"),
                                   (view_t){VIEW_WORDS, page->lang}, value));
        html_raw(html, "</a>");
    } else {
        html_raw(html, "—");
    }
    html_raw(html, "</td>");
    part_cell(html, row->pair != NULL ? staffing_name(staffing, row->pair->mentor, name, sizeof name) : "");
    part_row_end(html);
}

static void write_table(page_t *page, const staffing_t *staffing, const shown_t *shown, size_t n,
                        size_t number)
{
    html_t *html = &page->body;
    const char *const heads[] = {_("Name"),       _("Staff number"), _("Post"),  _("Subject"),
                                 _("Experience"), _("Category"),     _("Route"), _("Mentor")};
    size_t from = (number - 1) * ROWS;
    part_table_of(html, ARRAY_SIZE(heads), heads, 1u << 4);
    for (size_t i = from; i < n && i < from + ROWS; i++) write_row(page, staffing, shown[i].row);
    part_table_end(html);
    part_pages(page, number, ROWS, n);
}

static void write_people(page_t *page, const staffing_t *staffing, const asked_for_t *asked)
{
    html_t *html = &page->body;
    shown_t *shown = NULL;
    size_t n = 0, room = 0;
    char name[NAME], folded[FOLD_MAX];
    for (size_t i = 0; i < staffing->n; i++)
        if (fits(staffing, &staffing->rows[i], asked))
            *vec_add(shown, n, room) = (shown_t){
                &staffing->rows[i],
                xstrdup(fold(staffing_name(staffing, staffing->rows[i].ref, name, sizeof name), folded))};
    if (n > 0) qsort(shown, n, sizeof *shown, strcmp(asked->sort, "years") == 0 ? by_years : by_name);
    write_filter(page, asked);
    if (staffing->works.more || staffing->identities.more)
        part_note(html, PART_PLAIN, _("There are more people than fit into one list. Name an organisation."));
    if (staffing->n == 0) {
        part_note(html, PART_PLAIN, _("Nobody is here yet. People come from a staff list that is imported."));
        part_link(html, "/import", _("Import a staff list"));
    } else if (n == 0) {
        part_note(html, PART_PLAIN, _("Nothing fits. "));
    } else {
        write_table(page, staffing, shown, n, (size_t)asked->number);
    }
    for (size_t i = 0; i < n; i++) free(shown[i].name);
    free(shown);
}

void page_people(page_t *page)
{
    AUTO(staffing_free) staffing_t staffing;
    asked_for_t asked = read_address(page);
    page_title(page, "%s", _("People"));
    if (!staffing_read(page, asked.org, &staffing)) return;
    html_raw(&page->body, "<p class=\"actions\">");
    part_link(&page->body, "/p", _("Take a person on"));
    html_raw(&page->body, "</p>");
    write_people(page, &staffing, &asked);
}
