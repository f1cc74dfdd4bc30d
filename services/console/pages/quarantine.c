// SPDX-License-Identifier: Apache-2.0
// What was refused: looked through, tried again, given up with a reason, taken out as a file.
#include "common/forms/csv.h"
#include "common/forms/words.h"
#include "common/node/msg.h"
#include "common/schema/access.h"
#include "proto/message.h"
#include "services/console/entry.h"
#include "services/console/forms.h"
#include "services/console/pages.h"
#include "services/console/refusals.h"
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { SHOWN = 60, CHOSEN = 60, KEY_TEXT = RID_TEXT + 8 };

static bool decides(const page_t *page)
{
    return (access_row(MSG_QUARANTINE_RETRY)->roles & page->session->account.role) != 0;
}

// --- the list

// SERVICE:ID, as the form sends it.
static const char *key_of(uint32_t service, const Selenga__Quarantined *item, char buf[static KEY_TEXT])
{
    char id[RID_TEXT];
    snprintf(buf, KEY_TEXT, "%u:%s", service, words_id(&item->id, id));
    return buf;
}

static void write_item(page_t *page, uint32_t service, const Selenga__Quarantined *item)
{
    html_t *html = &page->body;
    char key[KEY_TEXT];
    html_raw(html, "<tr>");
    if (decides(page)) {
        html_raw(html, "<td><input type=\"checkbox\" name=\"item\"");
        html_attribute(html, "aria-label", _("choose"));
        html_attribute(html, "value", key_of(service, item, key));
        html_raw(html, "></td>");
    }
    refusals_write_cells(page, item);
    html_raw(html, "</tr>");
}

static void write_list(page_t *page, const refusals_t *refusals)
{
    html_t *html = &page->body;
    const char *const titles[] = {
        _("choose"),    _("record"), _("organisation"), _("refused at"), _("why, and what to do"),
        _("since when")};
    size_t from = decides(page) ? 0 : 1;
    if (decides(page)) forms_begin(page, "/op/quarantine");
    part_table(&page->body, ARRAY_SIZE(titles) - from, titles + from);
    size_t shown = 0;
    for (uint32_t n = SERVICES_FIRST; n < SERVICES_END; n++)
        for (size_t i = 0; refusals->lists[n] != NULL && i < refusals->lists[n]->n_items; i++)
            if (shown++ < SHOWN) write_item(page, n, refusals->lists[n]->items[i]);
    part_table_end(&page->body);
    if (decides(page)) {
        html_raw(html, "<p class=\"actions\">");
        forms_button_key(page, "act", "retry", _("Try again"), false, "R");
        forms_button_key(page, "act", "discard", _("Give up"), true, "D");
        html_raw(html, "</p>");
        forms_end(page);
    }
    if (shown > SHOWN || refusals->more)
        html_element(html, "p", _("There are more: they follow when these are decided."));
    html_raw(html, "<p class=\"actions\"><a class=\"button\" href=\"/op/quarantine/export.csv\">CSV</a></p>");
}

// --- deciding

typedef struct chosen {
    uint32_t service;
    rid_t id;
} chosen_t;

static bool read_chosen(const char *text, chosen_t *ret)
{
    char *end;
    unsigned long service = strtoul(text, &end, 10);
    ret->service = (uint32_t)service;
    return end != text && *end == ':' && service_keeps((uint32_t)service) && service < SERVICES_END &&
           rid_parse(end + 1, &ret->id);
}

static size_t choose(const form_t *form, chosen_t chosen[static CHOSEN])
{
    size_t n = 0;
    for (size_t i = 0; i < form->n && n < CHOSEN; i++)
        if (strcmp(form->pairs[i].name, "item") == 0 && read_chosen(form->pairs[i].value, &chosen[n])) n++;
    return n;
}

// Asked before anything is given up: how many, and why.
static void write_question(page_t *page, size_t n)
{
    html_t *html = &page->body;
    const form_t *form = &page->request->form;
    page_title(page, "%s", _("Give up what was refused"));
    html_raw(html, "<p>");
    html_textf(html,
               i18n_n("%zu item is given up. A later version of the record is still taken.",
                      "%zu items are given up. Later versions of the records are still taken.", n),
               n);
    html_raw(html, "</p>");
    if (form_value(form, "why") != NULL)
        part_note(&page->body, PART_BAD, _("Say why: it stands in the log of the service."));
    forms_begin(page, "/op/quarantine");
    for (size_t i = 0; i < form->n; i++)
        if (strcmp(form->pairs[i].name, "item") == 0) part_hidden(&page->body, "item", form->pairs[i].value);
    forms_input(page, "why", _("Why"), "");
    forms_button(page, "act", "discard", _("Give up"), true);
    forms_end(page);
}

static bool act(page_t *page, uint32_t type, const chosen_t *chosen, const asked_t **ret_asked)
{
    Selenga__QuarantineAct body = SELENGA__QUARANTINE_ACT__INIT;
    body.has_id = true;
    body.id = (ProtobufCBinaryData){sizeof chosen->id.b, (uint8_t *)(uintptr_t)chosen->id.b};
    if (type == MSG_QUARANTINE_DISCARD) body.why = (char *)(uintptr_t)form_text(&page->request->form, "why");
    const client_request_t request = {.service = chosen->service,
                                      .type = type,
                                      .body = &body,
                                      .reply = MSG_DONE,
                                      .timeout_ms = PAGE_ASK_MS,
                                      .account = page->session->account.name};
    return page_try(page, &request, ret_asked);
}

static void write_outcome(page_t *page, uint32_t type, const asked_t *const *asked, size_t n)
{
    char text[CLIENT_WHY_TEXT];
    size_t done = 0;
    for (size_t i = 0; i < n; i++) done += asked[i] != NULL && asked[i]->status == CLIENT_DONE;
    if (type == MSG_QUARANTINE_RETRY)
        snprintf(text, sizeof text, i18n_n("%zu of %zu was let in", "%zu of %zu were let in", done), done, n);
    else
        snprintf(text, sizeof text, i18n_n("%zu of %zu was given up", "%zu of %zu were given up", done), done,
                 n);
    part_note(&page->body, done == n ? PART_GOOD : PART_BAD, text);
    for (size_t i = 0; i < n; i++)
        if (asked[i] != NULL && asked[i]->status != CLIENT_DONE) {
            client_why_text(&asked[i]->why, ".", page->lang, text, sizeof text);
            html_element(&page->body, "p", text);
        }
}

// What could not be done to one is said, and the others are gone on with. False: return.
static bool decide(page_t *page)
{
    chosen_t chosen[CHOSEN];
    const asked_t *asked[CHOSEN] = {NULL};
    const form_t *form = &page->request->form;
    size_t n = choose(form, chosen);
    bool gives_up = strcmp(form_text(form, "act"), "discard") == 0;
    uint32_t type = gives_up ? MSG_QUARANTINE_DISCARD : MSG_QUARANTINE_RETRY;
    if (!decides(page)) {
        page_refuse(page, 403, _("Not for you"),
                    _("Your account may not see this. Ask the operator of the node."));
        return false;
    }
    if (n > 0 && gives_up && *form_text(form, "why") == '\0') {
        write_question(page, n);
        return false;
    }
    for (size_t i = 0; i < n; i++) (void)act(page, type, &chosen[i], &asked[i]);
    if (page->waiting) return false;
    if (n == 0)
        part_note(&page->body, PART_BAD, _("Nothing was chosen."));
    else
        write_outcome(page, type, asked, n);
    return true;
}

void page_quarantine(page_t *page)
{
    refusals_t refusals;
    if (page->request->post && !decide(page)) return;
    if (!refusals_ask(page, SHOWN, &refusals)) return;
    page_title(page, "%s", _("Refusals"));
    if (refusals.n == 0)
        html_element(&page->body, "p",
                     _("Nothing is refused: all that came is kept, and all that went was taken."));
    else
        write_list(page, &refusals);
}

// --- as a file

void page_quarantine_csv(page_t *page)
{
    refusals_t refusals;
    char *bytes = NULL;
    size_t size = 0;
    if (!refusals_ask(page, 1000, &refusals)) return;
    FILE *out = open_memstream(&bytes, &size);
    if (out == NULL) out_of_memory();
    const char separator = page->lang == LANG_RU ? ';' : ',';
    const char *const heads[] = {"id", "service", "kind", "org", "at", "code", "reason", "since"};
    fputs("\xef\xbb\xbf", out);
    csv_write_plain(out, separator, heads, ARRAY_SIZE(heads));
    for (uint32_t n = SERVICES_FIRST; n < SERVICES_END; n++)
        for (size_t i = 0; i < refusals.lists[n]->n_items; i++) {
            const Selenga__Quarantined *item = refusals.lists[n]->items[i];
            char id[RID_TEXT], kind[WORDS_KIND], reason[FAULT_TEXT], since[32] = "";
            fault_t fault;
            struct tm at;
            time_t came = (time_t)item->came_s;
            fault_from_proto(item->fault, &fault);
            if (item->has_came_s && gmtime_r(&came, &at) != NULL)
                strftime(since, sizeof since, "%Y-%m-%dT%H:%M:%SZ", &at);
            const char *const cells[] = {
                words_id(&item->id, id),
                words_service(n),
                words_kind(item->kind, kind),
                item->org != NULL ? item->org : "",
                item->at != NULL ? item->at : "",
                fault.code,
                fault_text_of(&fault, kind_by_number(item->kind), page->lang, reason, sizeof reason),
                since};
            csv_write_plain(out, separator, cells, ARRAY_SIZE(cells));
        }
    fclose(out);
    html_literal(&page->body, bytes, size);
    page->type = "text/csv; charset=utf-8";
    free(bytes);
}
