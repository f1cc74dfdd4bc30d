// SPDX-License-Identifier: Apache-2.0
// What waits and why, the worst first.
#include "common/base/vec.h"
#include "common/forms/words.h"
#include "common/node/msg.h"
#include "proto/message.h"
#include "services/console/forms.h"
#include "services/console/pages.h"
#include <stdlib.h>

enum { ROWS = 60, PEER_ROOM = 32 };

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

// The greater is the worse.
static int badness(const Selenga__Queue *queue)
{
    static const char *const states[] = {"live", "catching-up", "offline", "blocked", "stopped"};
    for (int i = 0; i < (int)ARRAY_SIZE(states); i++)
        if (queue->state != NULL && strcmp(queue->state, states[i]) == 0) return i;
    return 0;
}

static int worst_first(const void *a, const void *b)
{
    const Selenga__Queue *x = *(const Selenga__Queue *const *)a, *y = *(const Selenga__Queue *const *)b;
    int left = badness(x), right = badness(y);
    if (left != right) return left > right ? -1 : 1;
    if (x->quarantined != y->quarantined) return x->quarantined > y->quarantined ? -1 : 1;
    if ((x->waiting > 0) != (y->waiting > 0)) return x->waiting > 0 ? -1 : 1;
    if (x->oldest_s != y->oldest_s) return x->oldest_s > y->oldest_s ? -1 : 1;
    if (x->waiting != y->waiting) return x->waiting > y->waiting ? -1 : 1;
    return (x->peer > y->peer) - (x->peer < y->peer);
}

static void write_age(page_t *page, bool known, uint64_t seconds)
{
    char text[64];
    html_raw(&page->body, "<td>");
    html_text(&page->body, known ? words_duration(seconds, page->lang, text, sizeof text) : "—");
    html_raw(&page->body, "</td>");
}

// Why, in words: a code that the consumer told of itself, or why nothing is taken from it.
static void write_reason(page_t *page, const char *code)
{
    char text[FAULT_TEXT];
    fault_t fault;
    if (code == NULL || *code == '\0') return;
    fault_set(&fault, code, NULL, "");
    html_raw(&page->body, "<span class=\"help\">");
    html_text(&page->body, fault_text(&fault, text, sizeof text));
    html_raw(&page->body, "</span>");
}

static void write_queue(page_t *page, const Selenga__Queue *queue)
{
    html_t *html = &page->body;
    char peer[PEER_ROOM];
    const char *state = queue->state != NULL ? queue->state : "";
    bool waits = queue->waiting > 0;
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
    write_reason(page, queue->reason);
    write_reason(page, queue->paused);
    html_raw(html, "</td>");
    write_number(html, queue->waiting);
    write_age(page, waits, queue->oldest_s);
    write_age(page, waits && queue->sent_per_s > 0,
              queue->sent_per_s > 0 ? queue->waiting / queue->sent_per_s : 0);
    write_number(html, queue->sent_per_s);
    write_age(page, queue->has_last_progress_s, queue->last_progress_s);
    html_raw(html, "<td class=\"number\">");
    html_textf(html, "%llu / %llu", (unsigned long long)queue->acked, (unsigned long long)queue->head);
    html_raw(html, "</td>");
    write_number(html, queue->quarantined);
    html_raw(html, "</tr>");
}

static bool ask_queues(page_t *page, const Selenga__Queue ***ret_rows, size_t *ret_n)
{
    const Selenga__Queues *queues[SERVICES_END] = {NULL};
    size_t room = 0;
    *ret_rows = NULL;
    *ret_n = 0;
    for (uint32_t n = SERVICES_FIRST; n < SERVICES_END; n++) {
        bool there =
            page_ask(page, n, MSG_QUEUES, NULL, MSG_QUEUES_REPLY, &selenga__queues__descriptor, &queues[n]);
        if (!there && !page->waiting) return false;
    }
    if (page->waiting) return false;
    for (uint32_t n = SERVICES_FIRST; n < SERVICES_END; n++)
        for (size_t i = 0; i < queues[n]->n_queues; i++)
            *vec_add(*ret_rows, *ret_n, room) = queues[n]->queues[i];
    if (*ret_n > 0) qsort(*ret_rows, *ret_n, sizeof **ret_rows, worst_first);
    return true;
}

void page_queues(page_t *page)
{
    AUTO(xfree) const Selenga__Queue **rows = NULL;
    size_t n, from = (forms_page(page) - 1) * ROWS;
    const char *const titles[] = {N_("service"),       N_("neighbour"),  N_("flow"),     N_("state"),
                                  N_("waiting"),       N_("oldest"),     N_("ready in"), N_("a second"),
                                  N_("last progress"), N_("has / head"), N_("refused")};
    if (!ask_queues(page, &rows, &n)) return;
    page_title(page, "%s", _("Queues"));
    if (n == 0) {
        html_element(&page->body, "p",
                     _("This node has no neighbours yet, so nothing waits. A child is invited by: selenga "
                       "node invite."));
        return;
    }
    forms_heads(page, titles, ARRAY_SIZE(titles));
    for (size_t i = from; i < n && i < from + ROWS; i++) write_queue(page, rows[i]);
    forms_heads_end(page);
    forms_pages(page, "/op/queues", n, ROWS);
}
