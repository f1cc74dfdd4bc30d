// SPDX-License-Identifier: Apache-2.0
// The neighbours of this node: who is connected, since when, and what somebody should look at.
#include "common/forms/words.h"
#include "common/node/msg.h"
#include "common/schema/fault.h"
#include "proto/message.h"
#include "services/console/pages.h"

static const char *pill_of(const char *state)
{
    return strcmp(state, "up") == 0 ? "pill ok" : strcmp(state, "down") == 0 ? "pill off" : "pill bad";
}

static void write_reason(page_t *page, const Selenga__LinkRow *row)
{
    char text[FAULT_TEXT];
    fault_t fault;
    if (row->reason == NULL || *row->reason == '\0') return;
    fault_set(&fault, row->reason, NULL, row->words != NULL ? row->words : "");
    html_text(&page->body, fault_text(&fault, text, sizeof text));
}

static void write_link(page_t *page, const Selenga__LinkRow *row)
{
    html_t *html = &page->body;
    char text[64];
    const char *state = row->state != NULL ? row->state : "";
    html_raw(html, "<tr><td>");
    html_text(html, row->org != NULL && *row->org != '\0' ? row->org : row->peer);
    html_raw(html, "</td><td>");
    html_text(html, words_role(row->role, page->lang));
    html_raw(html, "</td><td><span");
    html_attribute(html, "class", pill_of(state));
    html_raw(html, ">");
    html_text(html, words_link(state, page->lang));
    html_raw(html, "</span></td><td>");
    if (row->has_since_s) html_text(html, words_duration(row->since_s, page->lang, text, sizeof text));
    html_raw(html, "</td><td>");
    html_text(html, row->version);
    html_raw(html, "</td><td>");
    html_text(html, row->key_fingerprint);
    html_raw(html, "</td><td>");
    write_reason(page, row);
    html_raw(html, "</td></tr>");
}

void page_exchange(page_t *page)
{
    html_t *html = &page->body;
    const Selenga__Links *links;
    const char *const titles[] = {N_("neighbour"), N_("role"),    N_("state"),
                                  N_("since"),     N_("version"), N_("key fingerprint"),
                                  N_("what to do")};
    if (!page_ask(page, SERVICE_GATE, MSG_LINKS, NULL, MSG_LINKS_REPLY, &selenga__links__descriptor, &links))
        return;
    page_title(page, "%s", _("Exchange"));
    if (links->n_links == 0) {
        html_element(html, "p", _("no parent and no children"));
        return;
    }
    html_raw(html, "<div class=\"scroll\"><table><thead><tr>");
    for (size_t i = 0; i < ARRAY_SIZE(titles); i++) html_element(html, "th", _(titles[i]));
    html_raw(html, "</tr></thead><tbody>");
    for (size_t i = 0; i < links->n_links; i++) write_link(page, links->links[i]);
    html_raw(html, "</tbody></table></div>");
}
