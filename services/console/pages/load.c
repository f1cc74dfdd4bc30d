// SPDX-License-Identifier: Apache-2.0
// Methodists and how many teachers each has; the fullest first.
#include "common/base/clock.h"
#include "services/console/inputs.h"
#include "services/console/load_view.h"
#include "services/console/pages.h"
#include <stdlib.h>

enum { DISTRICTS = 3 };

static void write_districts(page_t *page, const load_view_t *view, const load_t *load)
{
    html_t *html = &page->body;
    const char *seen[DISTRICTS];
    size_t n = 0, others = 0;
    for (size_t i = 0; i < load->n; i++) {
        const char *district = load_district(view, load->his[i]->person);
        bool known = *district == '\0';
        for (size_t k = 0; k < n; k++) known |= strcmp(seen[k], district) == 0;
        if (known) continue;
        if (n < DISTRICTS)
            seen[n++] = district;
        else
            others++; // perhaps one district several times: it is only said that there are more
    }
    for (size_t k = 0; k < n; k++) {
        html_raw(html, "<div>");
        html_text(html, load_org_name(view, seen[k]));
        html_raw(html, "</div>");
    }
    if (others > 0) html_element(html, "div", _("and others"));
}

static void write_day(page_t *page, bool has, int32_t day, int32_t today)
{
    char text[VIEW_TEXT];
    html_t *html = &page->body;
    if (!has) {
        html_raw(html, "—");
    } else if (day >= today) {
        html_text(html, view_day(day, page->lang, text));
    } else {
        html_raw(html, "<span class=\"pill warn\">");
        html_text(html, view_day(day, page->lang, text));
        html_raw(html, "</span>");
    }
}

static void write_state(page_t *page, const load_view_t *view, const load_t *load)
{
    html_t *html = &page->body;
    const field_rule_t *kinds = &KIND_ABSENCE.fields[kind_field(&KIND_ABSENCE, "kind")];
    const field_word_t *word = load->away != NULL ? field_word(kinds, slice_text(load->away)) : NULL;
    if (word != NULL) {
        html_raw(html, "<span class=\"pill warn\">");
        html_text(html, bilingual_text(&word->label));
        html_raw(html, "</span> ");
    }
    if (load_is_active(view, load)) return;
    html_raw(html, "<span class=\"pill off\">");
    html_text(html, _("not appointed now"));
    html_raw(html, "</span>");
}

static void write_methodist(page_t *page, const load_view_t *view, const load_t *load)
{
    html_t *html = &page->body;
    char name[VIEW_TEXT];
    const Selenga__Methodist *m = load->methodist;
    html_raw(html, "<tr><td><a href=\"/load/");
    html_segment(html, m->code);
    html_raw(html, "\">");
    html_text(html, m->code);
    html_raw(html, "</a> ");
    html_text(html, people_name(view->people, m->person, name));
    html_raw(html, "</td><td>");
    load_write_bar(page, load->n, load->most);
    html_raw(html, "</td><td>");
    html_text(html, m->subjects);
    html_raw(html, "</td><td>");
    write_districts(page, view, load);
    html_raw(html, "</td><td>");
    write_day(page, m->has_tutor_until, m->tutor_until, view->day);
    html_raw(html, "</td><td>");
    write_state(page, view, load);
    html_raw(html, "</td></tr>");
}

static int fullest_first(const void *a, const void *b)
{
    const load_t *one = *(const load_t *const *)a, *other = *(const load_t *const *)b;
    if (one->n != other->n) return one->n > other->n ? -1 : 1;
    return strcmp(one->methodist->code, other->methodist->code);
}

static void write_board(page_t *page, const load_view_t *view)
{
    const char *const heads[] = {N_("Methodist"), N_("Load"),        N_("Subjects"),
                                 N_("Districts"), N_("Tutor until"), N_("Leave")};
    html_t *html = &page->body;
    AUTO(xfree) const load_t **order = xcalloc(view->n + 1, sizeof *order);
    for (size_t i = 0; i < view->n; i++) order[i] = &view->items[i];
    if (view->n > 0) qsort(order, view->n, sizeof *order, fullest_first);
    html_raw(html, "<div class=\"scroll\"><table><thead><tr>");
    for (size_t i = 0; i < ARRAY_SIZE(heads); i++) html_element(html, "th", _(heads[i]));
    html_raw(html, "</tr></thead><tbody>");
    for (size_t i = 0; i < view->n; i++) write_methodist(page, view, order[i]);
    html_raw(html, "</tbody></table></div>");
}

void page_load(page_t *page)
{
    load_view_t *view = page_keep(page, sizeof *view, load_view_free_kept);
    html_t *html = &page->body;
    if (!load_view_read(page, view, wall_day())) return;
    page_title(page, "%s", _("Methodists: load"));
    if (view->n == 0) {
        html_element(html, "p", _("There are no methodists yet: the region appoints them."));
        return;
    }
    html_element(html, "p", _("Teachers who are assigned today, each counted once with a methodist."));
    if (view->assignments.more) html_element(html, "p", _("There are more assignments than fit here."));
    write_board(page, view);
}
