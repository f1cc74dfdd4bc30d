// SPDX-License-Identifier: Apache-2.0
#include "services/console/person_more.h"
#include "common/base/clock.h"
#include "proto/kinds/registry/mentoring.pb-c.h"
#include "proto/kinds/routing/routes.pb-c.h"
#include "services/console/parts.h"
#include <stdlib.h>

enum { ROWS = 10, COLUMNS = 5 };

typedef struct related {
    const char *section; // NULL: as the one before
    const kind_rule_t *kind;
    const char *field; // that names the person
    const char *date;  // field of the day by which the latest stand first; NULL: as stored
} related_t;

static const related_t RELATED[PERSON_MORE] = {
    {N_("Development"), &KIND_DEFICIT, "person", NULL},
    {NULL, &KIND_RESULT, "person", NULL},
    {NULL, &KIND_ROUTE, "person", "from"},
    {N_("Learning"), &KIND_ENROLMENT, "person", NULL},
    {NULL, &KIND_CERTIFICATE, "person", "issued_on"},
    {N_("Mentoring"), &KIND_MENTORING_PAIR, "mentee", "from"},
    {NULL, &KIND_MENTORING_PAIR, "mentor", "from"},
    {NULL, &KIND_MENTORING_MEETING, "mentee", "date"},
    {NULL, &KIND_MENTORING_MEETING, "mentor", "date"},
};

void person_more_free(person_more_t *more)
{
    for (size_t i = 0; i < PERSON_MORE; i++) holding_free(&more->holdings[i]);
    people_destroy(&more->people);
}

static bool is_person(const kind_rule_t *kind, const body_t *body, size_t i)
{
    slice_t named;
    return kind->fields[i].type == FIELD_REF && body_has(kind, body, i) &&
           ref_target(&kind->fields[i], slice_text(body_str(kind, body, i)), &named) == &KIND_PERSON;
}

static void want(const holding_t *holding, people_t *people)
{
    const kind_rule_t *kind = holding->kind;
    for (size_t k = 0; k < holding->n; k++)
        for (size_t i = 0; i < kind->n_fields; i++)
            if (is_person(kind, holding->items[k].body, i))
                people_want(people, body_str(kind, holding->items[k].body, i));
}

typedef struct dated {
    int64_t day;
    held_t held;
} dated_t;

static int latest_first(const void *a, const void *b)
{
    int64_t one = ((const dated_t *)a)->day, other = ((const dated_t *)b)->day;
    return (one < other) - (one > other);
}

static void order(const related_t *related, holding_t *holding)
{
    int i = related->date != NULL ? kind_field(related->kind, related->date) : -1;
    if (i < 0 || holding->n < 2) return;
    AUTO(xfree) dated_t *dated = xcalloc(holding->n, sizeof *dated);
    for (size_t k = 0; k < holding->n; k++)
        dated[k] = (dated_t){body_int(holding->kind, holding->items[k].body, (size_t)i), holding->items[k]};
    qsort(dated, holding->n, sizeof *dated, latest_first);
    for (size_t k = 0; k < holding->n; k++) holding->items[k] = dated[k].held;
}

bool person_more_read(page_t *page, const char *ref, person_more_t *more)
{
    more->people = people_new();
    for (size_t i = 0; i < PERSON_MORE; i++) {
        if (!holding_list(page, &more->holdings[i], RELATED[i].kind, "", RELATED[i].field, ref)) return false;
        order(&RELATED[i], &more->holdings[i]);
        want(&more->holdings[i], more->people);
    }
    return people_read(page, more->people);
}

// --- as tables

static size_t columns(const related_t *related, size_t ret[static COLUMNS])
{
    size_t n = 0;
    for (size_t i = 0; i < related->kind->n_fields && n < COLUMNS; i++) {
        const field_rule_t *field = &related->kind->fields[i];
        if ((field->flags & F_LIST) != 0 && field->type != FIELD_BYTES &&
            strcmp(field->name, related->field) != 0)
            ret[n++] = i;
    }
    return n;
}

static void write_link(page_t *page, const related_t *related, const held_t *held, const char *text)
{
    html_t *html = &page->body;
    char ref[KEY_TEXT_MAX];
    entry_ref(related->kind, held->body, &held->id, ref);
    if (related->kind != &KIND_ROUTE) {
        entry_link(html, related->kind, ref, text);
        return;
    }
    html_raw(html, "<a href=\"/routes/");
    html_segment(html, ref);
    html_raw(html, "\">");
    html_text(html, text);
    html_raw(html, "</a>");
}

static void write_cell(page_t *page, const related_t *related, const held_t *held, size_t i, bool leads)
{
    html_t *html = &page->body;
    char value[VIEW_TEXT];
    const char *text = view_value(related->kind, held->body, i, (view_t){VIEW_WORDS, page->lang}, value);
    if (!leads) {
        part_cell(html, text);
        return;
    }
    html_raw(html, "<td>");
    write_link(page, related, held, *text != '\0' ? text : "—");
    html_raw(html, "</td>");
}

// People lead to their cards, the first of all else to the record.
static void write_row(page_t *page, const related_t *related, const held_t *held, const people_t *people)
{
    html_t *html = &page->body;
    size_t shown[COLUMNS], n = columns(related, shown);
    bool led = false;
    part_row(html);
    for (size_t k = 0; k < n; k++) {
        if (is_person(related->kind, held->body, shown[k])) {
            html_raw(html, "<td>");
            people_write(page, people, body_str(related->kind, held->body, shown[k]));
            html_raw(html, "</td>");
        } else {
            write_cell(page, related, held, shown[k], !led);
            led = true;
        }
    }
    part_row_end(html);
}

static void write_all(html_t *html, const related_t *related, const char *ref)
{
    html_raw(html, "<p><a href=\"/k/");
    html_segment(html, related->kind->name);
    html_raw(html, "?");
    html_segment(html, related->field);
    html_raw(html, "=");
    html_segment(html, ref);
    html_raw(html, "\">");
    html_text(html, _("All of them"));
    html_raw(html, "</a></p>");
}

static void write_table(page_t *page, const char *ref, const related_t *related, const holding_t *holding,
                        const people_t *people)
{
    html_t *html = &page->body;
    const char *heads[COLUMNS];
    size_t shown[COLUMNS], n = columns(related, shown);
    for (size_t k = 0; k < n; k++) heads[k] = bilingual_text(&related->kind->fields[shown[k]].label);
    html_element(html, "h3", bilingual_text(&related->kind->label));
    part_table(html, n, heads);
    for (size_t k = 0; k < holding->n && k < ROWS; k++) write_row(page, related, &holding->items[k], people);
    part_table_end(html);
    if (holding->n > ROWS) write_all(html, related, ref);
}

void person_more_write(page_t *page, const char *ref, const person_more_t *more)
{
    html_t *html = &page->body;
    for (size_t i = 0; i < PERSON_MORE; i++) {
        size_t end = i + 1, n = more->holdings[i].n;
        if (RELATED[i].section != NULL) {
            for (; end < PERSON_MORE && RELATED[end].section == NULL; end++) n += more->holdings[end].n;
            html_element(html, "h2", _(RELATED[i].section));
            if (n == 0) part_note(html, PART_PLAIN, _("Nothing is known here yet."));
        }
        if (more->holdings[i].n > 0) write_table(page, ref, &RELATED[i], &more->holdings[i], more->people);
    }
}
