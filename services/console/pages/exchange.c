// SPDX-License-Identifier: Apache-2.0
// One look in the morning: the neighbours of this node, those that need somebody first. What a state means is
// said here and nowhere else: a neighbour is ready when it is connected and nothing waits for it or from it.
#include "common/base/vec.h"
#include "common/forms/words.h"
#include "common/node/msg.h"
#include "common/schema/fault.h"
#include "proto/message.h"
#include "services/console/forms.h"
#include "services/console/pages.h"
#include <stdlib.h>

enum { ROWS = 60 };

typedef enum standing { READY, WAITS, NO_LINE, ATTENTION, STANDINGS } standing_t;

static const struct {
    const char *pill, *text;
} STANDING[STANDINGS] = {
    [READY] = {"pill ok", N_("ready")},
    [WAITS] = {"pill wait", N_("waits")},
    [NO_LINE] = {"pill off", N_("no line")},
    [ATTENTION] = {"pill warn", N_("attention")},
};

typedef struct neighbour {
    const Selenga__LinkRow *link;
    uint64_t waiting, refused, oldest_s;
    bool stands; // a feed of it does not move
    standing_t standing;
} neighbour_t;

// --- how it stands

static int by_label(const void *a, const void *b)
{
    uint32_t x = ((const neighbour_t *)a)->link->label, y = ((const neighbour_t *)b)->link->label;
    return (x > y) - (x < y);
}

static int worst_first(const void *a, const void *b)
{
    const neighbour_t *x = a, *y = b;
    if (x->standing != y->standing) return x->standing > y->standing ? -1 : 1;
    if (x->oldest_s != y->oldest_s) return x->oldest_s > y->oldest_s ? -1 : 1;
    if (x->link->since_s != y->link->since_s) return x->link->since_s > y->link->since_s ? -1 : 1;
    return by_label(a, b);
}

static int by_sought(const void *item, const void *sought)
{
    uint32_t x = ((const neighbour_t *)item)->link->label, y = *(const uint32_t *)sought;
    return (x > y) - (x < y);
}

static void add_queue(neighbour_t *rows, size_t n, const Selenga__Queue *queue)
{
    size_t at = vec_place(rows, n, sizeof *rows, &queue->peer, by_sought);
    if (at == n || rows[at].link->label != queue->peer || queue->state == NULL) return;
    neighbour_t *row = &rows[at];
    row->waiting += queue->waiting;
    row->refused += queue->quarantined;
    if (queue->waiting > 0 && queue->oldest_s > row->oldest_s) row->oldest_s = queue->oldest_s;
    row->stands |= strcmp(queue->state, "blocked") == 0 || strcmp(queue->state, "stopped") == 0;
}

static standing_t standing_of(const neighbour_t *row)
{
    const char *state = row->link->state != NULL ? row->link->state : "";
    bool said = row->link->reason != NULL && *row->link->reason != '\0';
    bool down = strcmp(state, "down") == 0;
    if (said || row->stands || row->refused > 0 || (strcmp(state, "up") != 0 && !down)) return ATTENTION;
    return down ? NO_LINE : row->waiting > 0 ? WAITS : READY;
}

// --- writing

static void write_sentence(page_t *page, const neighbour_t *row)
{
    html_t *html = &page->body;
    char text[FAULT_TEXT], age[64];
    fault_t fault;
    const Selenga__LinkRow *link = row->link;
    if (link->reason != NULL && *link->reason != '\0') {
        fault_set(&fault, link->reason, NULL, link->words != NULL ? link->words : "");
        html_text(html, fault_text(&fault, text, sizeof text));
    } else if (row->refused > 0) {
        html_raw(html, "<a href=\"/op/quarantine\">");
        html_textf(html, _("refused: %llu"), (unsigned long long)row->refused);
        html_raw(html, "</a>");
    } else if (row->stands) {
        html_raw(html, "<a href=\"/op/queues\">");
        html_text(html, _("Something waits and does not move."));
        html_raw(html, "</a>");
    } else if (row->standing == NO_LINE) {
        html_textf(html, _("Not connected for %s; nothing is lost."),
                   words_duration(link->since_s, page->lang, age, sizeof age));
    } else if (row->standing == WAITS) {
        html_textf(html, _("%llu wait, the oldest for %s."), (unsigned long long)row->waiting,
                   words_duration(row->oldest_s, page->lang, age, sizeof age));
    } else {
        html_text(html, _("Everything was passed on."));
    }
}

static void write_neighbour(page_t *page, const neighbour_t *row)
{
    html_t *html = &page->body;
    const Selenga__LinkRow *link = row->link;
    html_raw(html, "<tr><td>");
    html_text(html, link->org != NULL && *link->org != '\0' ? link->org : link->peer);
    html_raw(html, "</td><td>");
    html_text(html, words_role(link->role, page->lang));
    html_raw(html, "</td><td><span");
    html_attribute(html, "class", STANDING[row->standing].pill);
    html_raw(html, ">");
    html_text(html, _(STANDING[row->standing].text));
    html_raw(html, "</span></td><td>");
    write_sentence(page, row);
    html_raw(html, "</td>");
    forms_link(page, link);
    html_raw(html, "</tr>");
}

static void write_counts(page_t *page, const neighbour_t *rows, size_t n)
{
    html_t *html = &page->body;
    size_t counts[STANDINGS] = {0};
    for (size_t i = 0; i < n; i++) counts[rows[i].standing]++;
    html_raw(html, "<p class=\"actions\">");
    for (size_t k = STANDINGS; k-- > 0;) {
        if (counts[k] == 0) continue;
        html_raw(html, "<span");
        html_attribute(html, "class", STANDING[k].pill);
        html_raw(html, ">");
        html_textf(html, "%s: %zu", _(STANDING[k].text), counts[k]);
        html_raw(html, "</span> ");
    }
    html_raw(html, "</p>");
}

// --- asking

static bool ask_all(page_t *page, const Selenga__Links **ret_links,
                    const Selenga__Queues *queues[static SERVICES_END])
{
    bool all = page_ask(page, SERVICE_GATE, MSG_LINKS, NULL, MSG_LINKS_REPLY, &selenga__links__descriptor,
                        ret_links);
    if (!all && !page->waiting) return false;
    for (uint32_t n = SERVICES_FIRST; n < SERVICES_END; n++) {
        all &=
            page_ask(page, n, MSG_QUEUES, NULL, MSG_QUEUES_REPLY, &selenga__queues__descriptor, &queues[n]);
        if (!all && !page->waiting) return false;
    }
    return all;
}

static void judge(neighbour_t *rows, const Selenga__Links *links,
                  const Selenga__Queues *const queues[static SERVICES_END])
{
    size_t n = links->n_links;
    for (size_t i = 0; i < n; i++) rows[i] = (neighbour_t){.link = links->links[i]};
    qsort(rows, n, sizeof *rows, by_label);
    for (uint32_t s = SERVICES_FIRST; s < SERVICES_END; s++)
        for (size_t i = 0; i < queues[s]->n_queues; i++) add_queue(rows, n, queues[s]->queues[i]);
    for (size_t i = 0; i < n; i++) rows[i].standing = standing_of(&rows[i]);
    qsort(rows, n, sizeof *rows, worst_first);
}

void page_exchange(page_t *page)
{
    const Selenga__Links *links;
    const Selenga__Queues *queues[SERVICES_END] = {NULL};
    const char *const titles[] = {_("neighbour"), _("role"),    _("state"),   _("what to do"),
                                  _("line"),      _("RTT, ms"), _("version"), _("key fingerprint")};
    size_t from = (part_page(page) - 1) * ROWS;
    if (!ask_all(page, &links, queues)) return;
    page_title(page, "%s", _("Exchange"));
    if (links->n_links == 0) {
        html_element(&page->body, "p", _("no parent and no children"));
        return;
    }
    AUTO(xfree) neighbour_t *rows = xcalloc(links->n_links, sizeof *rows);
    judge(rows, links, queues);
    write_counts(page, rows, links->n_links);
    part_table(&page->body, ARRAY_SIZE(titles), titles);
    for (size_t i = from; i < links->n_links && i < from + ROWS; i++) write_neighbour(page, &rows[i]);
    part_table_end(&page->body);
    part_pages(page, part_page(page), ROWS, links->n_links);
}
