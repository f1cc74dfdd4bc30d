// SPDX-License-Identifier: Apache-2.0
#include "services/console/proposals.h"
#include "services/console/inputs.h"
#include <stdio.h>

#define ARROW " → "

const char *const PROPOSABLE[] = {"title", "planned_from", "planned_to", "hours"};

static const Selenga__Activity *step_called(const route_view_t *view, slice_t code)
{
    for (size_t i = 0; i < view->n_steps; i++)
        if (slice_equal(slice_text(route_view_step(view, i)->code), code)) return route_view_step(view, i);
    return NULL;
}

static int field_called(slice_t label)
{
    for (size_t i = 0; i < PROPOSABLE_N; i++) {
        int field = kind_field(&KIND_ACTIVITY, PROPOSABLE[i]);
        const bilingual_t *words = &KIND_ACTIVITY.fields[field].label;
        if (slice_equal(slice_text(words->en), label) || slice_equal(slice_text(words->ru), label))
            return field;
    }
    return -1;
}

static bool read_piece(const route_view_t *view, slice_t piece, proposal_t *ret)
{
    char text[2 * PROPOSAL_VALUE];
    if (piece.size >= sizeof text) return false;
    memcpy(text, piece.data, piece.size);
    text[piece.size] = '\0';
    char *dot = strstr(text, ". "), *arrow = strstr(text, ARROW);
    if (dot == NULL || arrow == NULL || arrow < dot) return false;
    const char *label = dot + 2, *value = arrow + sizeof ARROW - 1;
    int field = field_called(slice(label, (size_t)(arrow - label)));
    ret->step = step_called(view, slice(text, (size_t)(dot - text)));
    if (field < 0 || ret->step == NULL || strlen(value) >= sizeof ret->value) return false;
    ret->field = (size_t)field;
    snprintf(ret->value, sizeof ret->value, "%s", value);
    return true;
}

bool proposal_next(const route_view_t *view, const char **remarks, proposal_t *ret)
{
    while (*remarks != NULL && **remarks != '\0') {
        const char *end = strstr(*remarks, "; ");
        size_t size = end != NULL ? (size_t)(end - *remarks) : strlen(*remarks);
        slice_t piece = slice(*remarks, size);
        *remarks += size + (end != NULL ? 2 : 0);
        if (read_piece(view, piece, ret)) return true;
    }
    return false;
}

bool proposal_is_met(const proposal_t *proposal)
{
    char text[VIEW_TEXT];
    for (int lang = 0; lang < 2; lang++)
        if (strcmp(inputs_value(&KIND_ACTIVITY, &proposal->step->base, proposal->field,
                                lang == 0 ? LANG_RU : LANG_EN, text),
                   proposal->value) == 0)
            return true;
    return false;
}

bool proposal_add(char *buf, size_t size, const Selenga__Activity *step, size_t field, const char *value)
{
    size_t used = strlen(buf);
    int n = snprintf(buf + used, size - used, "%s%s. %s" ARROW "%s", used > 0 ? "; " : "", step->code,
                     bilingual_text(&KIND_ACTIVITY.fields[field].label), value);
    if (n < 0 || (size_t)n >= size - used) return false;
    for (char *at = strstr(buf + used, ARROW) + sizeof ARROW - 1; *at != '\0'; at++)
        if (*at == ';') *at = ','; // it parts the pieces
    return true;
}

static void write_one(page_t *page, const proposal_t *one)
{
    html_t *html = &page->body;
    char now[VIEW_TEXT];
    bool met = proposal_is_met(one);
    if (met)
        html_raw(html, "<tr><td>");
    else
        html_raw(html, "<tr class=\"differs\"><td>");
    route_view_name(page, one->step);
    html_raw(html, "</td>");
    html_element(html, "td", bilingual_text(&KIND_ACTIVITY.fields[one->field].label));
    html_element(html, "td", inputs_value(&KIND_ACTIVITY, &one->step->base, one->field, page->lang, now));
    html_element(html, "td", one->value);
    html_element(html, "td", met ? _("taken over") : _("differs"));
    html_raw(html, "</tr>");
}

void proposals_write(page_t *page, const route_view_t *view, const char *remarks)
{
    const char *const heads[] = {N_("Step"), N_("Field"), N_("The organisation has"), N_("Proposed"),
                                 N_("Difference")};
    html_t *html = &page->body;
    proposal_t one;
    bool any = false;
    while (proposal_next(view, &remarks, &one)) {
        if (!any) {
            html_raw(html, "<div class=\"scroll\"><table><thead><tr>");
            for (size_t i = 0; i < ARRAY_SIZE(heads); i++) html_element(html, "th", _(heads[i]));
            html_raw(html, "</tr></thead><tbody>");
        }
        any = true;
        write_one(page, &one);
    }
    if (any) html_raw(html, "</tbody></table></div>");
}
