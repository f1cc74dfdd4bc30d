// SPDX-License-Identifier: Apache-2.0
// Where a record is: its home, this node, the node above, those below; since when, and who refused it.
#include "common/forms/trace.h"
#include "common/forms/words.h"
#include "common/schema/fault.h"
#include "proto/message.h"
#include "services/console/entry.h"
#include "services/console/pages.h"
#include "services/console/parts.h"

enum { SENTENCE = 512 };

typedef struct known {
    const Selenga__Queues *queues;
    const Selenga__QuarantineList *refused;
    const Selenga__HistoryReply *history;
    bool asks_refused; // the reader may see what is refused
} known_t;

static const void *ask(page_t *page, const entry_t *entry, client_request_t request)
{
    const asked_t *asked;
    request.service = entry->kind->number / 100;
    request.timeout_ms = PAGE_FACTS_MS;
    return page_try(page, &request, &asked) && asked->status == CLIENT_DONE ? asked->body : NULL;
}

// What does not answer is not known, which is no end of the page. False: it is on its way.
static bool ask_all(page_t *page, const entry_t *entry, known_t *known)
{
    const account_t *account = &page->session->account;
    const access_row_t *row = access_row(MSG_QUARANTINE_LIST);
    ProtobufCBinaryData id = {sizeof entry->id.b, (uint8_t *)(uintptr_t)entry->id.b};
    Selenga__QuarantineQuery query = SELENGA__QUARANTINE_QUERY__INIT;
    Selenga__History history = SELENGA__HISTORY__INIT;
    query.has_id = history.has_id = history.has_kind = 1;
    query.id = history.id = id;
    history.kind = entry->kind->number;
    known->asks_refused =
        row != NULL && (row->roles & account->role) != 0 && strcmp(account->org, page->node->org) == 0;
    known->queues =
        ask(page, entry,
            (client_request_t){
                .type = MSG_QUEUES, .reply = MSG_QUEUES_REPLY, .descriptor = &selenga__queues__descriptor});
    if (known->asks_refused)
        known->refused = ask(page, entry,
                             (client_request_t){.type = MSG_QUARANTINE_LIST,
                                                .body = &query,
                                                .reply = MSG_QUARANTINE_REPLY,
                                                .descriptor = &selenga__quarantine_list__descriptor,
                                                .account = account->name});
    if (entry_is_ours(page, entry))
        known->history = ask(page, entry,
                             (client_request_t){.type = MSG_HISTORY,
                                                .body = &history,
                                                .reply = MSG_HISTORY_REPLY,
                                                .descriptor = &selenga__history_reply__descriptor,
                                                .account = account->name});
    return !page->waiting;
}

static void begin_place(html_t *html, const char *place)
{
    part_row(html);
    html_raw(html, "<th scope=\"row\">");
    html_text(html, place);
    html_raw(html, "</th><td>");
}

static void write_home(page_t *page, const entry_t *entry, const known_t *known, const trace_t *trace)
{
    html_t *html = &page->body;
    char text[SENTENCE];
    bool replaced = known->history != NULL && known->history->n_versions > 0;
    begin_place(html, _("Its home"));
    html_text(html, trace_home_text(trace, text, sizeof text));
    html_raw(html, "</td><td>");
    if (replaced) html_moment(html, known->history->versions[0]->replaced_s);
    html_raw(html, "</td>");
    part_row_end(html);
    begin_place(html, _("This node"));
    html_textf(html, _("version %s is here, written by %s"), entry->version,
               words_author(slice_text(entry->record->author), page->lang, text));
    html_raw(html, "</td><td></td>");
    part_row_end(html);
}

static const char *pill_of(trace_up_t up)
{
    return up == TRACE_UP_DELIVERED ? "pill ok"
           : up == TRACE_UP_WAITING ? "pill wait"
           : up == TRACE_UP_REFUSED ? "pill bad"
                                    : "pill";
}

static void write_up(page_t *page, const known_t *known, const trace_t *trace)
{
    html_t *html = &page->body;
    char text[64];
    begin_place(html, _("The node above"));
    if (trace->up_org != NULL) {
        html_text(html, trace->up_org);
        html_raw(html, ": ");
    }
    html_raw(html, "<span");
    html_attribute(html, "class", pill_of(trace->up));
    html_raw(html, ">");
    html_text(html, trace_up_text(trace->up));
    html_raw(html, "</span>");
    if (trace->up == TRACE_UP_DELIVERED && !known->asks_refused) {
        html_raw(html, " ");
        html_text(html, _("Whether it was refused there, an operator sees."));
    }
    if (trace->has_state && trace->waiting > 0 && trace->up >= TRACE_UP_UNKNOWN) {
        html_raw(html, "<span class=\"help\">");
        html_textf(html, _("Line: %s. Records that wait: %llu."), words_state(trace->state, page->lang),
                   (unsigned long long)trace->waiting);
        html_raw(html, "</span>");
    }
    html_raw(html, "</td><td>");
    if (trace->has_state && trace->up >= TRACE_UP_UNKNOWN)
        html_textf(html, _("it took something %s ago"),
                   words_duration(trace->progress_s, page->lang, text, sizeof text));
    html_raw(html, "</td>");
    part_row_end(html);
}

static void write_down(page_t *page, const trace_t *trace)
{
    html_t *html = &page->body;
    if (!trace->goes_down || trace->home != TRACE_HERE) return;
    begin_place(html, _("Nodes below"));
    if (trace->below == 0)
        html_text(html, _("there are none"));
    else
        html_textf(html, _("%zu of %zu have it"), trace->have, trace->below);
    html_raw(html, "</td><td></td>");
    part_row_end(html);
}

static void write_refused(page_t *page, const entry_t *entry, const trace_t *trace)
{
    html_t *html = &page->body;
    const char *const heads[] = {_("Refused at"), _("Version"), _("Why"), _("Since when")};
    if (trace->n_refused == 0) return;
    html_element(html, "h2", _("Refusals"));
    part_table(html, ARRAY_SIZE(heads), heads);
    for (size_t i = 0; i < trace->n_refused; i++) {
        const Selenga__Quarantined *item = trace->refused[i];
        char text[FAULT_TEXT];
        fault_t fault;
        fault_from_proto(item->fault, &fault);
        part_row(html);
        part_cell(html, item->at != NULL && strcmp(item->at, "here") == 0 ? _("here") : item->at);
        part_cell(html, item->version);
        part_cell(html, fault_text_of(&fault, entry->kind, page->lang, text, sizeof text));
        html_raw(html, "<td>");
        if (item->has_came_s) html_moment(html, item->came_s);
        html_raw(html, "</td>");
        part_row_end(html);
    }
    part_table_end(html);
}

static void write_trace(page_t *page, const entry_t *entry)
{
    html_t *html = &page->body;
    const char *const heads[] = {_("Where"), _("What is known"), _("When")};
    char ref[KEY_TEXT_MAX];
    known_t known = {0};
    trace_t trace;
    if (!ask_all(page, entry, &known)) return;
    trace_of(entry->record, page->node, known.queues, known.refused, &trace);
    entry_ref(entry->kind, entry->body, &entry->id, ref);
    page_title(page, _("Where it is: %s %s"), bilingual_text(&entry->kind->label), ref);
    html_raw(html, "<p><a aria-keyshortcuts=\"Escape\" href=\"");
    entry_address(html, entry->kind, ref);
    html_raw(html, "\">← ");
    html_text(html, _("The record"));
    html_raw(html, "</a></p>");
    part_table(html, ARRAY_SIZE(heads), heads);
    write_home(page, entry, &known, &trace);
    write_up(page, &known, &trace);
    write_down(page, &trace);
    part_table_end(html);
    write_refused(page, entry, &trace);
    html_raw(html, "<p class=\"help\">");
    html_textf(html, _("Seen: %s; %s."), reach_up_text(entry->kind->up), reach_down_text(entry->kind->down));
    html_raw(html, " ");
    html_text(html, _("A node knows its neighbours only: what happens beyond them is known there."));
    html_raw(html, "</p>");
}

void page_trace(page_t *page)
{
    entry_t entry;
    if (!entry_get(page, &entry)) return;
    write_trace(page, &entry);
    entry_clear(&entry);
}
