// SPDX-License-Identifier: Apache-2.0
// Two versions of one record, after a store was put back: both bodies side by side, and which of them holds.
#include "common/forms/words.h"
#include "common/node/msg.h"
#include "common/schema/access.h"
#include "proto/message.h"
#include "services/console/entry.h"
#include "services/console/forms.h"
#include "services/console/pages.h"
#include <stdio.h>
#include <stdlib.h>

enum { PAIRS = 20, KEY_TEXT = RID_TEXT + 8 };

typedef struct side {
    arena_t *arena;
    Selenga__Record *record;
    body_t *body; // NULL: deleted, or it cannot be read
} side_t;

static void free_side(side_t *side)
{
    msg_body_free(&side->record);
    arena_destroy(&side->arena);
}

static void read_side(slice_t wire, side_t *ret)
{
    ret->record = msg_body_unpack(&selenga__record__descriptor, wire);
    const kind_rule_t *kind = ret->record != NULL ? kind_by_number(ret->record->kind) : NULL;
    if (kind == NULL || ret->record->deleted) return;
    ret->arena = arena_new(ret->record->body.len);
    (void)body_unpack(kind, slice(ret->record->body.data, ret->record->body.len), ret->arena, &ret->body,
                      NULL);
}

static const char *value(const kind_rule_t *kind, const side_t *side, size_t field, lang_t lang,
                         char buf[static VIEW_TEXT])
{
    return side->body != NULL ? view_value(kind, side->body, field, (view_t){VIEW_WORDS, lang}, buf) : "";
}

static void write_field(page_t *page, const kind_rule_t *kind, size_t i, const side_t *here,
                        const side_t *other)
{
    html_t *html = &page->body;
    char left[VIEW_TEXT], right[VIEW_TEXT];
    const char *a = value(kind, here, i, page->lang, left), *b = value(kind, other, i, page->lang, right);
    if (*a == '\0' && *b == '\0') return;
    html_raw(html, "<tr");
    if (strcmp(a, b) != 0) html_raw(html, " class=\"differs\"");
    html_raw(html, "><td>");
    html_text(html, view_name(&kind->fields[i], (view_t){VIEW_WORDS, page->lang}));
    html_raw(html, "</td>");
    html_element(html, "td", a);
    html_element(html, "td", b);
    html_raw(html, "</tr>");
}

static void write_choice(page_t *page, uint32_t service, const Selenga__Quarantined *item)
{
    html_t *html = &page->body;
    char key[KEY_TEXT], id[RID_TEXT];
    unsigned role = page->session->account.role;
    snprintf(key, sizeof key, "%u:%s", service, words_id(&item->id, id));
    html_raw(html, "<div class=\"actions\">");
    if ((access_row(MSG_QUARANTINE_TAKE)->roles & role) != 0) {
        forms_begin(page, "/op/versions");
        part_hidden(&page->body, "item", key);
        forms_button(page, "act", "take", _("The version that was kept aside is to hold"), true);
        forms_end(page);
    }
    if ((access_row(MSG_QUARANTINE_DISCARD)->roles & role) != 0) {
        forms_begin(page, "/op/quarantine");
        part_hidden(&page->body, "item", key);
        forms_button(page, "act", "discard", _("The present version stays"), false);
        forms_end(page);
    }
    html_raw(html, "</div>");
}

// What the reader may not see of the record is not shown: then only that there are two.
static void write_pair(page_t *page, uint32_t service, const Selenga__Quarantined *item,
                       const Selenga__Records *now)
{
    html_t *html = &page->body;
    const char *const titles[] = {_("field"), _("present version"), _("kept aside")};
    AUTO(free_side) side_t here = {0}, other = {0};
    const kind_rule_t *kind = kind_by_number(item->kind);
    if (item->has_record) read_side(slice(item->record.data, item->record.len), &other);
    if (now != NULL && now->n_records > 0) read_side(slice(now->records[0].data, now->records[0].len), &here);
    html_element(html, "h2", kind != NULL ? bilingual_text(&kind->label) : "");
    html_raw(html, "<p class=\"muted\">");
    html_textf(html, "%s · %s", item->org != NULL ? item->org : "",
               item->version != NULL ? item->version : "");
    html_raw(html, "</p>");
    if (kind != NULL && entry_may(page, kind, ACCESS_READ)) {
        part_table(&page->body, ARRAY_SIZE(titles), titles);
        for (size_t i = 0; i < kind->n_fields; i++) write_field(page, kind, i, &here, &other);
        part_table_end(&page->body);
    }
    write_choice(page, service, item);
}

// --- asking

typedef struct pairs {
    const Selenga__QuarantineList *lists[SERVICES_END];
    const asked_t *now[SERVICES_END][PAIRS]; // the present versions
    size_t n;
} pairs_t;

static bool ask_lists(page_t *page, pairs_t *pairs)
{
    Selenga__QuarantineQuery query = SELENGA__QUARANTINE_QUERY__INIT;
    bool all = true;
    query.has_limit = true;
    query.limit = PAIRS;
    query.code = (char *)(uintptr_t) "CONFLICT";
    for (uint32_t n = SERVICES_FIRST; n < SERVICES_END; n++) {
        all &= page_ask(page, n, MSG_QUARANTINE_LIST, &query, MSG_QUARANTINE_REPLY,
                        &selenga__quarantine_list__descriptor, &pairs->lists[n]);
        if (!all && !page->waiting) return false;
    }
    return all;
}

static void ask_now(page_t *page, uint32_t n, const Selenga__Quarantined *item, const asked_t **ret)
{
    AUTO(free_side) side_t kept = {0};
    const kind_rule_t *kind = kind_by_number(item->kind);
    Selenga__Get get = SELENGA__GET__INIT;
    if (!item->has_record || kind == NULL || !entry_may(page, kind, ACCESS_READ)) return;
    read_side(slice(item->record.data, item->record.len), &kept);
    if (kept.record == NULL) return;
    get.has_kind = get.has_id = get.has_deleted_too = get.deleted_too = true;
    get.kind = item->kind;
    get.id = kept.record->id;
    const client_request_t request = {.service = n,
                                      .type = MSG_GET,
                                      .body = &get,
                                      .reply = MSG_RECORDS,
                                      .descriptor = &selenga__records__descriptor,
                                      .timeout_ms = PAGE_ASK_MS,
                                      .account = page->session->account.name};
    (void)page_try(page, &request, ret);
}

static bool take_one(page_t *page)
{
    const char *text = form_text(&page->request->form, "item");
    char *end;
    unsigned long service = strtoul(text, &end, 10);
    rid_t id;
    void *nothing;
    Selenga__QuarantineAct act = SELENGA__QUARANTINE_ACT__INIT;
    if (end == text || *end != ':' || !service_keeps((uint32_t)service) || !rid_parse(end + 1, &id)) {
        page_refuse(page, 400, _("Not so"), _("What was sent is not a form."));
        return false;
    }
    act.has_id = true;
    act.id = (ProtobufCBinaryData){sizeof id.b, id.b};
    return page_ask(page, (uint32_t)service, MSG_QUARANTINE_TAKE, &act, MSG_DONE, NULL, &nothing);
}

void page_versions(page_t *page)
{
    pairs_t pairs = {0};
    if (page->request->post && !take_one(page)) return;
    if (!ask_lists(page, &pairs)) return;
    for (uint32_t n = SERVICES_FIRST; n < SERVICES_END; n++)
        for (size_t i = 0; i < pairs.lists[n]->n_items && pairs.n < PAIRS; i++, pairs.n++)
            ask_now(page, n, pairs.lists[n]->items[i], &pairs.now[n][i]);
    if (page->waiting) return;
    page_title(page, "%s", _("Two versions"));
    if (page->request->post)
        part_note(&page->body, PART_GOOD, _("The version that was kept aside holds now."));
    if (pairs.n == 0)
        html_element(&page->body, "p",
                     _("Nothing is here. Where a store was put back to an earlier day, both versions of what "
                       "was written twice will stand here side by side."));
    for (uint32_t n = SERVICES_FIRST; n < SERVICES_END; n++)
        for (size_t i = 0; i < pairs.lists[n]->n_items && i < PAIRS; i++) {
            const asked_t *now = pairs.now[n][i];
            write_pair(page, n, pairs.lists[n]->items[i], now != NULL ? now->body : NULL);
        }
}
