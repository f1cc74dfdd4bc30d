// SPDX-License-Identifier: Apache-2.0
#include "services/console/refusals.h"
#include "common/forms/words.h"
#include "common/node/msg.h"
#include "proto/message.h"
#include "services/console/entry.h"
#include <time.h>

bool refusals_ask(page_t *page, uint32_t most, refusals_t *ret_refusals)
{
    Selenga__QuarantineQuery query = SELENGA__QUARANTINE_QUERY__INIT;
    query.has_limit = 1;
    query.limit = most;
    bool all = true;
    *ret_refusals = (refusals_t){0};
    for (uint32_t n = SERVICES_FIRST; n < SERVICES_END; n++) {
        all &= page_ask(page, n, MSG_QUARANTINE_LIST, &query, MSG_QUARANTINE_REPLY,
                        &selenga__quarantine_list__descriptor, &ret_refusals->lists[n]);
        if (!all && !page->waiting) return false;
        if (ret_refusals->lists[n] == NULL) continue;
        ret_refusals->n += ret_refusals->lists[n]->n_items;
        ret_refusals->more |= ret_refusals->lists[n]->has_next;
    }
    return all;
}

void refusals_write_cells(page_t *page, const Selenga__Quarantined *item)
{
    html_t *html = &page->body;
    char text[FAULT_TEXT], id[RID_TEXT];
    fault_t fault;
    rid_t rid;
    const kind_rule_t *kind = kind_by_number(item->kind);
    fault_from_proto(item->fault, &fault);
    html_raw(html, "<td>");
    if (kind != NULL && item->id.len == sizeof rid.b) {
        memcpy(rid.b, item->id.data, sizeof rid.b);
        entry_link(html, kind, rid_text(&rid, id), bilingual_text(&kind->label));
    } else {
        html_text(html, words_id(&item->id, id));
    }
    html_raw(html, "</td><td>");
    html_text(html, item->org);
    html_raw(html, "</td><td>");
    html_text(html, item->at != NULL && strcmp(item->at, "here") == 0 ? _("here") : item->at);
    html_raw(html, "</td><td>");
    html_text(html, fault_text(&fault, text, sizeof text));
    html_raw(html, "</td><td>");
    if (item->has_came_s) html_moment(html, item->came_s);
    html_raw(html, "</td>");
}

static void write_item(page_t *page, const Selenga__Quarantined *item)
{
    html_raw(&page->body, "<tr>");
    refusals_write_cells(page, item);
    html_raw(&page->body, "</tr>");
}

void refusals_write(page_t *page, const refusals_t *refusals)
{
    html_t *html = &page->body;
    const char *const titles[] = {N_("record"), N_("organisation"), N_("refused at"),
                                  N_("why, and what to do"), N_("since when")};
    html_raw(html, "<div class=\"scroll\"><table><thead><tr>");
    for (size_t i = 0; i < ARRAY_SIZE(titles); i++) html_element(html, "th", _(titles[i]));
    html_raw(html, "</tr></thead><tbody>");
    for (uint32_t n = SERVICES_FIRST; n < SERVICES_END; n++)
        for (size_t i = 0; refusals->lists[n] != NULL && i < refusals->lists[n]->n_items; i++)
            write_item(page, refusals->lists[n]->items[i]);
    html_raw(html, "</tbody></table></div>");
    if (!refusals->more) return;
    html_element(html, "p", _("There are more: selenga quarantine list."));
}
