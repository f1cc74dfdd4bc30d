// SPDX-License-Identifier: Apache-2.0
#include "services/console/load_view.h"
#include "proto/reporting.pb-c.h"
#include <stdlib.h>

// The regulation's bound on a methodist's load is the target of this indicator, which an analyst may change.
#define BOUND "I-5.3.1b"

enum { BAR = 120 };

void load_view_free_kept(void *view)
{
    load_view_free(view);
}

void load_view_free(load_view_t *view)
{
    holding_free(&view->methodists);
    holding_free(&view->assignments);
    holding_free(&view->organisations);
    holding_free(&view->absences);
    holding_free(&view->indicators);
    people_destroy(&view->people);
    free(view->items);
    free(view->all);
    free(view->all_held);
}

static int by_code(const void *a, const void *b)
{
    return strcmp(((const load_t *)a)->methodist->code, ((const load_t *)b)->methodist->code);
}

static load_t *find(const load_view_t *view, const char *code)
{
    Selenga__Methodist wanted = SELENGA__METHODIST__INIT;
    wanted.code = (char *)(uintptr_t)code;
    const load_t key = {.methodist = &wanted};
    return code != NULL && view->n > 0 ? bsearch(&key, view->items, view->n, sizeof key, by_code) : NULL;
}

const load_t *load_of(const load_view_t *view, const char *code)
{
    return find(view, code);
}

// --- counting

static bool holds(const load_view_t *view, const Selenga__Assignment *a)
{
    return a->from <= view->day && (!a->has_to || a->to >= view->day);
}

static int by_methodist(const void *a, const void *b)
{
    const Selenga__Assignment *one = (const Selenga__Assignment *)(*(const held_t *const *)a)->body;
    const Selenga__Assignment *other = (const Selenga__Assignment *)(*(const held_t *const *)b)->body;
    int order = strcmp(one->methodist, other->methodist);
    return order != 0 ? order : strcmp(one->person, other->person);
}

static void give_out(load_view_t *view)
{
    size_t n = 0;
    view->all = xcalloc(view->assignments.n + 1, sizeof *view->all);
    view->all_held = xcalloc(view->assignments.n + 1, sizeof *view->all_held);
    for (size_t i = 0; i < view->assignments.n; i++)
        if (holds(view, (const Selenga__Assignment *)view->assignments.items[i].body))
            view->all_held[n++] = &view->assignments.items[i];
    if (n > 0) qsort(view->all_held, n, sizeof *view->all_held, by_methodist);
    load_t *load = NULL;
    for (size_t i = 0; i < n; i++) {
        const Selenga__Assignment *a = view->all[i] = (const Selenga__Assignment *)view->all_held[i]->body;
        if (load == NULL || strcmp(load->methodist->code, a->methodist) != 0) {
            load = find(view, a->methodist);
            if (load == NULL) continue;
            load->his = &view->all[i];
            load->held = &view->all_held[i];
        }
        // Twice with one methodist is one teacher; the later assignment stands for him.
        if (load->n > 0 && strcmp(load->his[load->n - 1]->person, a->person) == 0) load->n--;
        load->his[load->n] = a;
        load->held[load->n++] = view->all_held[i];
    }
}

static int64_t bound(const load_view_t *view)
{
    const Selenga__Indicator *best = NULL;
    for (size_t i = 0; i < view->indicators.n; i++) {
        const Selenga__Indicator *one = (const Selenga__Indicator *)view->indicators.items[i].body;
        if (!one->has_target_value || one->valid_from > view->day) continue;
        if (best == NULL || one->valid_from > best->valid_from) best = one;
    }
    return best != NULL ? best->target_value / 100 : 0;
}

static const char *away(const load_view_t *view, const char *person)
{
    for (size_t i = 0; i < view->absences.n; i++) {
        const Selenga__Absence *a = (const Selenga__Absence *)view->absences.items[i].body;
        if (strcmp(a->person, person) == 0 && a->from <= view->day && (!a->has_to || a->to >= view->day))
            return a->kind;
    }
    return NULL;
}

static void make_items(load_view_t *view)
{
    int64_t most = bound(view);
    view->people = people_new();
    view->items = xcalloc(view->methodists.n + 1, sizeof *view->items);
    view->n = view->methodists.n;
    for (size_t i = 0; i < view->n; i++) {
        const Selenga__Methodist *m = (const Selenga__Methodist *)view->methodists.items[i].body;
        view->items[i] = (load_t){
            .methodist = m, .most = m->has_max_load ? m->max_load : most, .away = away(view, m->person)};
        people_want(view->people, m->person);
    }
    if (view->n > 0) qsort(view->items, view->n, sizeof *view->items, by_code);
    give_out(view);
}

bool load_view_read(page_t *page, load_view_t *view, int32_t day)
{
    view->day = day;
    if (!holding_ask(page, &view->assignments, &KIND_ASSIGNMENT, "", NULL, NULL) ||
        !holding_ask(page, &view->methodists, &KIND_METHODIST, "", NULL, NULL) ||
        !holding_ask(page, &view->organisations, &KIND_ORGANISATION, "", NULL, NULL) ||
        !holding_ask(page, &view->absences, &KIND_ABSENCE, "", NULL, NULL) ||
        !holding_ask(page, &view->indicators, &KIND_INDICATOR, "", "code", BOUND))
        return false;
    holding_open(page, &view->assignments);
    holding_open(page, &view->methodists);
    holding_open(page, &view->organisations);
    holding_open(page, &view->absences);
    holding_open(page, &view->indicators);
    if (view->items == NULL) make_items(view);
    holding_free(&view->people->identities);
    return people_read(page, view->people);
}

bool load_is_active(const load_view_t *view, const load_t *load)
{
    const Selenga__Methodist *m = load->methodist;
    return m->from <= view->day && (!m->has_to || m->to >= view->day);
}

// --- words

const char *load_district(const load_view_t *view, const char *person)
{
    char org[CODE_MAX + 1];
    snprintf(org, sizeof org, "%.*s", (int)strcspn(person, ":"), person);
    const held_t *held = holding_key(&view->organisations, org);
    if (held == NULL) return "";
    const Selenga__Organisation *o = (const Selenga__Organisation *)held->body;
    return o->parent != NULL ? o->parent : o->code;
}

const char *load_org_name(const load_view_t *view, const char *code)
{
    const held_t *held = holding_key(&view->organisations, code);
    return held != NULL ? ((const Selenga__Organisation *)held->body)->name : code;
}

void load_write_bar(page_t *page, size_t n, int64_t most)
{
    html_t *html = &page->body;
    int64_t width = most > 0 ? (int64_t)n * BAR / most : 0;
    html_number(html, (int64_t)n);
    if (most == 0) return;
    html_raw(html, " / ");
    html_number(html, most);
    html_raw(html,
             " <svg width=\"122\" height=\"12\" viewBox=\"0 0 122 12\" aria-hidden=\"true\"><rect x=\"0.5\" "
             "y=\"0.5\" width=\"121\" height=\"11\" fill=\"#fff\" stroke=\"#6f7d86\"/><rect x=\"1\" y=\"1\" "
             "height=\"10\" width=\"");
    html_number(html, width > BAR ? BAR : width);
    if ((int64_t)n > most)
        html_raw(html, "\" fill=\"#a61b1b\"/></svg> <span class=\"pill bad\">");
    else
        html_raw(html, "\" fill=\"#0b5394\"/></svg>");
    if ((int64_t)n <= most) return;
    html_text(html, _("too many"));
    html_raw(html, "</span>");
}
