// SPDX-License-Identifier: Apache-2.0
// What waits and why, the worst first.
#include "common/base/vec.h"
#include "common/forms/words.h"
#include "common/node/msg.h"
#include "common/service/queue_state.h"
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

static int worst_first(const void *a, const void *b)
{
    return queue_worse(*(const Selenga__Queue *const *)a, *(const Selenga__Queue *const *)b);
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

typedef struct shown {
    const Selenga__Queue **rows;
    size_t n, room;
    size_t all; // how many there are, those that were not asked for included
} shown_t;

// The worst of each service: who stands on this page or one before is among them. A service that knows no
// such question answers with all.
static bool ask_queues(page_t *page, size_t most, shown_t *ret)
{
    const Selenga__Queues *queues[SERVICES_END] = {NULL};
    Selenga__QueuesQuery query = SELENGA__QUEUES_QUERY__INIT;
    query.has_worst = true;
    query.worst = most < UINT32_MAX ? (uint32_t)most : UINT32_MAX;
    for (uint32_t n = SERVICES_FIRST; n < SERVICES_END; n++) {
        bool there =
            page_ask(page, n, MSG_QUEUES, &query, MSG_QUEUES_REPLY, &selenga__queues__descriptor, &queues[n]);
        if (!there && !page->waiting) return false;
    }
    if (page->waiting) return false;
    for (uint32_t n = SERVICES_FIRST; n < SERVICES_END; n++) {
        ret->all += queues[n]->has_all ? queues[n]->all : queues[n]->n_queues;
        for (size_t i = 0; i < queues[n]->n_queues; i++)
            *vec_add(ret->rows, ret->n, ret->room) = queues[n]->queues[i];
    }
    if (ret->n > 0) qsort(ret->rows, ret->n, sizeof *ret->rows, worst_first);
    return true;
}

static void write_rows(page_t *page, const shown_t *shown, size_t from)
{
    const char *const titles[] = {_("service"),       _("neighbour"),  _("flow"),     _("state"),
                                  _("waiting"),       _("oldest"),     _("ready in"), _("a second"),
                                  _("last progress"), _("has / head"), _("refused")};
    part_table(&page->body, ARRAY_SIZE(titles), titles);
    for (size_t i = from; i < shown->n && i < from + ROWS; i++) write_queue(page, shown->rows[i]);
    part_table_end(&page->body);
    part_pages(page, part_page(page), ROWS, shown->all);
}

void page_queues(page_t *page)
{
    shown_t shown = {0};
    size_t from = (part_page(page) - 1) * ROWS;
    if (!ask_queues(page, from + ROWS, &shown)) return;
    page_title(page, "%s", _("Queues"));
    if (shown.all == 0)
        html_element(&page->body, "p",
                     _("This node has no neighbours yet, so nothing waits. A child is invited by: selenga "
                       "node invite."));
    else
        write_rows(page, &shown, from);
    free(shown.rows);
}
