// SPDX-License-Identifier: Apache-2.0
#include "services/console/staff_list.h"
#include "common/base/clock.h"
#include "proto/registry.pb-c.h"
#include <stdlib.h>

void staff_list_free(staff_list_t *list)
{
    holding_free(&list->employments);
    people_destroy(&list->people);
    free(list->memory);
}

typedef struct named {
    char ref[REF_MAX + 1];
    const char *name;
} named_t;

static int by_name(const void *a, const void *b)
{
    int order = strcmp(((const named_t *)a)->name, ((const named_t *)b)->name);
    return order != 0 ? order : strcmp(((const named_t *)a)->ref, ((const named_t *)b)->ref);
}

static size_t take(staff_list_t *list, named_t *all)
{
    size_t n = 0;
    int32_t today = wall_day();
    for (size_t i = 0; i < list->employments.n && n < PEOPLE_MOST; i++) {
        const Selenga__Employment *e = (const Selenga__Employment *)list->employments.items[i].body;
        if (e->has_to && e->to < today) continue;
        int size = snprintf(all[n].ref, sizeof all[n].ref, "%s:%s", e->org, e->number);
        if (size > 0 && size < (int)sizeof all[n].ref) people_want(list->people, all[n++].ref);
    }
    return n;
}

static void take_page(staff_list_t *list, named_t *all, size_t n, const char *number)
{
    int64_t page;
    char *at = list->memory = xcalloc(list->per_page + 1, REF_MAX + 1);
    if (!int_parse(number, 1, 1000, &page)) page = 1;
    list->page = (size_t)page;
    list->all = n;
    for (size_t i = (list->page - 1) * list->per_page; i < n && list->n < list->per_page; i++) {
        list->refs[list->n++] = strcpy(at, all[i].ref);
        at += REF_MAX + 1;
    }
}

bool staff_list_read(page_t *page, staff_list_t *list, const char *org, const char *number, size_t per_page)
{
    list->people = people_new();
    list->per_page = per_page < PEOPLE_MOST ? per_page : PEOPLE_MOST;
    const char *whose = *org != '\0' ? org : page->session->account.org;
    if (!holding_list(page, &list->employments, &KIND_EMPLOYMENT, whose, NULL, NULL)) return false;
    AUTO(xfree) named_t *all = xcalloc(PEOPLE_MOST, sizeof *all);
    AUTO(xfree) char *names = xcalloc(PEOPLE_MOST, REF_MAX + 1);
    size_t n = take(list, all);
    if (!people_read(page, list->people)) return false;
    for (size_t i = 0; i < n; i++) {
        char name[VIEW_TEXT];
        all[i].name = names + i * (REF_MAX + 1);
        snprintf(names + i * (REF_MAX + 1), REF_MAX + 1, "%.200s",
                 people_name(list->people, all[i].ref, name));
    }
    if (n > 0) qsort(all, n, sizeof *all, by_name);
    take_page(list, all, n, number);
    return true;
}

const char *staff_list_post(const staff_list_t *list, const char *ref)
{
    const held_t *held = holding_key(&list->employments, ref);
    return held != NULL ? ((const Selenga__Employment *)held->body)->post : "";
}

static void write_link(page_t *page, const char *base, size_t size, const char *value, size_t number,
                       const char *text)
{
    html_t *html = &page->body;
    const char *org = form_text(&page->request->query, "org");
    html_raw(html, " <a href=\"");
    html_literal(html, base, size);
    html_segment(html, value);
    html_raw(html, "&amp;org=");
    html_segment(html, org);
    html_raw(html, "&amp;page=");
    html_number(html, (int64_t)number);
    html_raw(html, "\">");
    html_text(html, text);
    html_raw(html, "</a>");
}

void staff_list_links(page_t *page, const staff_list_t *list, const char *base, size_t size,
                      const char *value)
{
    size_t from = (list->page - 1) * list->per_page;
    if (list->all <= list->per_page) return;
    html_raw(&page->body, "<p class=\"actions\">");
    html_textf(&page->body, _("%zu to %zu of %zu"), from + 1, from + list->n, list->all);
    if (list->page > 1) write_link(page, base, size, value, list->page - 1, _("previous page"));
    if (from + list->n < list->all) write_link(page, base, size, value, list->page + 1, _("next page"));
    html_raw(&page->body, "</p>");
}
