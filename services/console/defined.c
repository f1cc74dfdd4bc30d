// SPDX-License-Identifier: Apache-2.0
#include "services/console/defined.h"
#include "common/base/clock.h"
#include "common/base/date.h"
#include <stdlib.h>

void defined_free(defined_t *defined)
{
    holding_free(&defined->holding);
}

static int in_order(const void *a, const void *b)
{
    const Selenga__Indicator *x = (const Selenga__Indicator *)((const held_t *)a)->body,
                             *y = (const Selenga__Indicator *)((const held_t *)b)->body;
    int order = strcmp(x->code, y->code);
    return order != 0 ? order : (x->valid_from > y->valid_from) - (x->valid_from < y->valid_from);
}

bool defined_ask(page_t *page, const char *code, defined_t *ret_defined)
{
    *ret_defined = (defined_t){.today = (int32_t)(wall_s() / 86400)};
    holding_t *holding = &ret_defined->holding;
    if (!holding_list(page, holding, &KIND_INDICATOR, "", code != NULL ? "code" : NULL, code)) return false;
    if (holding->n > 0) qsort(holding->items, holding->n, sizeof *holding->items, in_order);
    return true;
}

const Selenga__Indicator *defined_at(const defined_t *defined, size_t i)
{
    return (const Selenga__Indicator *)defined->holding.items[i].body;
}

const held_t *defined_find(const defined_t *defined, const char *code, int32_t valid_from)
{
    for (size_t i = 0; i < defined->holding.n; i++)
        if (strcmp(defined_at(defined, i)->code, code) == 0 &&
            defined_at(defined, i)->valid_from == valid_from)
            return &defined->holding.items[i];
    return NULL;
}

static bool is_within(const defined_t *defined, const Selenga__Indicator *d)
{
    return d->valid_from <= defined->today && (!d->has_valid_to || d->valid_to >= defined->today);
}

bool defined_in_force(const defined_t *defined, size_t i)
{
    const Selenga__Indicator *d = defined_at(defined, i);
    if (!is_within(defined, d)) return false;
    for (size_t k = i + 1; k < defined->holding.n && strcmp(defined_at(defined, k)->code, d->code) == 0; k++)
        if (is_within(defined, defined_at(defined, k))) return false;
    return true;
}

void defined_write_state(page_t *page, const defined_t *defined, size_t i)
{
    html_t *html = &page->body;
    const Selenga__Indicator *d = defined_at(defined, i);
    if (defined_in_force(defined, i)) {
        html_raw(html, "<span class=\"pill ok\">");
        html_text(html, _("in force"));
        html_raw(html, "</span>");
        return;
    }
    bool later = d->valid_from > defined->today, over = d->has_valid_to && d->valid_to < defined->today;
    html_text(html, later ? _("from later on") : over ? _("over") : _("replaced"));
}

void defined_address(html_t *html, const Selenga__Indicator *definition)
{
    char day[DATE_TEXT];
    html_raw(html, "/definitions/");
    html_segment(html, definition->code);
    html_raw(html, "?from=");
    html_segment(html, date_text(definition->valid_from, day));
}

const char *defined_text(const page_t *page, const body_t *body, const char *field,
                         char buf[static VIEW_TEXT])
{
    size_t i = (size_t)kind_field(&KIND_INDICATOR, field);
    const view_t view = {VIEW_WORDS, page->lang};
    return body_has(&KIND_INDICATOR, body, i) ? view_value(&KIND_INDICATOR, body, i, view, buf) : "";
}
