// SPDX-License-Identifier: Apache-2.0
// What is kept of a teacher, kind by kind: how much, how far it may go, how much of it was handed over; what
// he agreed to; and all of it as a file.
#include "common/forms/csv.h"
#include "common/node/msg.h"
#include "proto/kinds/registry/consents.pb-c.h"
#include "proto/message.h"
#include "services/console/pages.h"
#include "services/console/parts.h"
#include "services/console/people.h"
#include <stdio.h>
#include <stdlib.h>

enum { KINDS_MOST = 48 }; // that are somebody's own

typedef struct mine {
    holding_t holdings[KINDS_MOST];
    size_t n;
    const asked_t *queues[SERVICES_END];
} mine_t;

static void mine_free(mine_t *mine)
{
    for (size_t i = 0; i < mine->n; i++) holding_free(&mine->holdings[i]);
}

// --- reading

// Kinds whose records are somebody's own: of these the services show a teacher his alone.
static bool is_of_people(const page_t *page, const kind_rule_t *kind)
{
    return *kind->access.own != '\0' && entry_may(page, kind, ACCESS_READ);
}

static bool read_mine(page_t *page, mine_t *mine)
{
    for (size_t i = 0; i < N_KINDS && mine->n < KINDS_MOST; i++)
        if (is_of_people(page, KINDS[i]) &&
            !holding_list(page, &mine->holdings[mine->n++], KINDS[i], "", NULL, NULL))
            return false;
    return true;
}

// Up to which place of the store's order the node above has said that it has all. False: nobody knows.
static bool acknowledged(const mine_t *mine, uint32_t service, uint64_t *ret_seq)
{
    const Selenga__Queues *queues = mine->queues[service] != NULL ? mine->queues[service]->body : NULL;
    for (size_t i = 0; queues != NULL && i < queues->n_queues; i++) {
        const Selenga__Queue *queue = queues->queues[i];
        if (queue->flow == NULL || strcmp(queue->flow, "up") != 0 || !queue->has_acked) continue;
        *ret_seq = queue->acked;
        return true;
    }
    return false;
}

// --- the page

static void write_handed(page_t *page, const mine_t *mine, const holding_t *holding)
{
    html_t *html = &page->body;
    size_t ours = 0, handed = 0;
    uint64_t acked = 0;
    bool leaves = page->node->parent.known && holding->kind->up > page->node->parent.rank;
    bool known = acknowledged(mine, holding->kind->number / 100, &acked);
    for (size_t i = 0; i < holding->n; i++) {
        ours += holding->items[i].ours;
        handed += holding->items[i].ours && holding->items[i].record->seq <= acked;
    }
    html_raw(html, "<td>");
    if (!page->node->parent.known)
        html_text(html, _("there is no node above"));
    else if (!leaves || ours == 0)
        html_text(html, "—");
    else if (!known)
        html_text(html, _("not known now"));
    else
        html_textf(html, _("%zu of %zu"), handed, ours);
    html_raw(html, "</td>");
}

static void write_kind(page_t *page, const mine_t *mine, const holding_t *holding)
{
    html_t *html = &page->body;
    part_row(html);
    html_raw(html, "<td><a href=\"/k/");
    html_segment(html, holding->kind->name);
    html_raw(html, "\">");
    html_text(html, bilingual_text(&holding->kind->label));
    html_raw(html, "</a></td>");
    part_number(html, (int64_t)holding->n);
    html_raw(html, "<td>");
    html_textf(html, "%s; %s", reach_up_text(holding->kind->up), reach_down_text(holding->kind->down));
    html_raw(html, "</td>");
    write_handed(page, mine, holding);
    part_row_end(html);
}

static void write_consents(page_t *page, const holding_t *holding)
{
    html_t *html = &page->body;
    char text[VIEW_TEXT];
    const view_t view = {VIEW_WORDS, page->lang};
    const char *const heads[] = {_("For what"), _("Given on"), _("Taken back on")};
    html_element(html, "h2", _("What I agreed to"));
    if (holding->n == 0) {
        part_note(html, PART_PLAIN, _("No consent of yours is noted here."));
        return;
    }
    part_table(html, ARRAY_SIZE(heads), heads);
    for (size_t i = 0; i < holding->n; i++) {
        const body_t *body = holding->items[i].body;
        part_row(html);
        part_cell(html,
                  view_value(&KIND_CONSENT, body, (size_t)kind_field(&KIND_CONSENT, "purpose"), view, text));
        part_cell(html,
                  view_value(&KIND_CONSENT, body, (size_t)kind_field(&KIND_CONSENT, "given_on"), view, text));
        part_cell(html, view_value(&KIND_CONSENT, body, (size_t)kind_field(&KIND_CONSENT, "revoked_on"), view,
                                   text));
        part_row_end(html);
    }
    part_table_end(html);
    html_element(html, "p", _("To take one back, tell who keeps personal data in your organisation."));
}

void page_my_data(page_t *page)
{
    html_t *html = &page->body;
    AUTO(mine_free) mine_t mine = {0};
    const char *const heads[] = {_("What"), _("Records"), _("How far it may go"),
                                 _("Handed to the node above")};
    bool any = false;
    if (!read_mine(page, &mine)) return;
    frame_ask_queues(page, mine.queues);
    if (page->waiting) return;
    page_title(page, "%s", _("My data"));
    html_element(html, "p",
                 _("All that this node keeps of you. What is wrong is corrected by the coordinator of your "
                   "organisation."));
    part_table(html, ARRAY_SIZE(heads), heads);
    for (size_t i = 0; i < mine.n; i++) {
        if (mine.holdings[i].n == 0) continue;
        write_kind(page, &mine, &mine.holdings[i]);
        any = true;
    }
    part_table_end(html);
    if (!any) part_note(html, PART_PLAIN, _("Nothing is kept of you here."));
    html_raw(html, "<p class=\"actions\"><a class=\"button main\" href=\"/my/data/extract.csv\">");
    html_text(html, _("All of it as a table"));
    html_raw(html, "</a></p>");
    for (size_t i = 0; i < mine.n; i++)
        if (mine.holdings[i].kind == &KIND_CONSENT) write_consents(page, &mine.holdings[i]);
}

// --- as a file

static void write_record(page_t *page, FILE *out, const kind_rule_t *kind, size_t number, const body_t *body)
{
    char value[VIEW_TEXT], row[24];
    snprintf(row, sizeof row, "%zu", number);
    for (size_t i = 0; i < kind->n_fields; i++) {
        if (!body_has(kind, body, i)) continue;
        const char *const cells[] = {bilingual_text(&kind->label),
                                     row,
                                     bilingual_text(&kind->fields[i].label),
                                     view_value(kind, body, i, (view_t){VIEW_WORDS, page->lang}, value),
                                     pd_class_in(kind->fields[i].pd, page->lang),
                                     reach_up_text(kind->up)};
        csv_write_plain(out, page->lang == LANG_RU ? ';' : ',', cells, ARRAY_SIZE(cells));
    }
}

void page_my_extract(page_t *page)
{
    AUTO(mine_free) mine_t mine = {0};
    char *bytes = NULL;
    size_t size = 0;
    if (!read_mine(page, &mine)) return;
    FILE *out = open_memstream(&bytes, &size);
    if (out == NULL) out_of_memory();
    const char *const heads[] = {_("What"),  _("Record"),        _("Field"),
                                 _("Value"), _("Class of data"), _("How far it may go")};
    fputs("\xef\xbb\xbf", out);
    csv_write_plain(out, page->lang == LANG_RU ? ';' : ',', heads, ARRAY_SIZE(heads));
    for (size_t i = 0; i < mine.n; i++)
        for (size_t k = 0; k < mine.holdings[i].n; k++)
            write_record(page, out, mine.holdings[i].kind, k + 1, mine.holdings[i].items[k].body);
    fclose(out);
    html_literal(&page->body, bytes, size);
    free(bytes);
    page->type = "text/csv; charset=utf-8";
    snprintf(page->attachment, sizeof page->attachment, "attachment; filename=\"my-data.csv\"");
}
