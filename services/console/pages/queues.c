// SPDX-License-Identifier: Apache-2.0
// What waits and why, and what was refused.
#include "common/forms/words.h"
#include "common/node/msg.h"
#include "proto/message.h"
#include "services/console/pages.h"
#include "services/console/refusals.h"
#include <stdio.h>

enum { REFUSALS_SHOWN = 200, PEER_ROOM = 32 };

static const char *pill_of(const char *state)
{
    return strcmp(state, "live") == 0      ? "pill ok"
           : strcmp(state, "offline") == 0 ? "pill off"
           : strcmp(state, "blocked") == 0 ? "pill bad"
           : strcmp(state, "stopped") == 0 ? "pill bad"
                                           : "pill wait";
}

static void write_number(html_t *html, uint64_t number)
{
    html_raw(html, "<td class=\"number\">");
    html_number(html, (int64_t)number);
    html_raw(html, "</td>");
}

static void write_queue(page_t *page, const Selenga__Queue *queue)
{
    html_t *html = &page->body;
    char peer[PEER_ROOM], text[64];
    const char *state = queue->state != NULL ? queue->state : "";
    html_raw(html, "<tr><td>");
    html_text(html, words_service(queue->service));
    html_raw(html, "</td><td>");
    html_text(html, queue->peer_name != NULL && *queue->peer_name != '\0'
                        ? queue->peer_name
                        : words_peer(queue->peer, peer, sizeof peer));
    html_raw(html, "</td><td>");
    html_text(html, words_flow(queue->flow, page->lang));
    html_raw(html, "</td><td><span");
    html_attribute(html, "class", pill_of(state));
    html_raw(html, ">");
    html_text(html, words_state(state, page->lang));
    html_raw(html, "</span> ");
    html_text(html, queue->reason);
    html_raw(html, "</td>");
    write_number(html, queue->waiting);
    html_raw(html, "<td>");
    html_text(html,
              queue->waiting > 0 ? words_duration(queue->oldest_s, page->lang, text, sizeof text) : "—");
    html_raw(html, "</td>");
    write_number(html, queue->quarantined);
    html_raw(html, "</tr>");
}

void page_queues(page_t *page)
{
    html_t *html = &page->body;
    const Selenga__Queues *queues[SERVICES_END] = {NULL};
    size_t rows = 0;
    for (uint32_t n = SERVICES_FIRST; n < SERVICES_END; n++) {
        bool there =
            page_ask(page, n, MSG_QUEUES, NULL, MSG_QUEUES_REPLY, &selenga__queues__descriptor, &queues[n]);
        if (!there && !page->waiting) return;
        if (there) rows += queues[n]->n_queues;
    }
    if (page->waiting) return;
    page_title(page, "%s", _("Queues"));
    if (rows == 0) {
        html_element(html, "p",
                     _("This node has no neighbours yet, so nothing waits. A child is invited by: selenga "
                       "node invite."));
        return;
    }
    const char *const titles[] = {N_("service"), N_("neighbour"), N_("flow"),   N_("state"),
                                  N_("waiting"), N_("oldest"),    N_("refused")};
    html_raw(html, "<div class=\"scroll\"><table><thead><tr>");
    for (size_t i = 0; i < ARRAY_SIZE(titles); i++) html_element(html, "th", _(titles[i]));
    html_raw(html, "</tr></thead><tbody>");
    for (uint32_t n = SERVICES_FIRST; n < SERVICES_END; n++)
        for (size_t i = 0; i < queues[n]->n_queues; i++) write_queue(page, queues[n]->queues[i]);
    html_raw(html, "</tbody></table></div>");
}

void page_quarantine(page_t *page)
{
    refusals_t refusals;
    if (!refusals_ask(page, REFUSALS_SHOWN, &refusals)) return;
    page_title(page, "%s", _("Refusals"));
    if (refusals.n == 0)
        html_element(&page->body, "p",
                     _("Nothing is refused: all that came is kept, and all that went was taken."));
    else
        refusals_write(page, &refusals);
}
