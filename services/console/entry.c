// SPDX-License-Identifier: Apache-2.0
#include "services/console/entry.h"
#include "common/forms/refs.h"
#include "common/store/record.h"
#include "proto/message.h"

void entry_clear(entry_t *entry)
{
    arena_destroy(&entry->arena);
    *entry = (entry_t){0};
}

bool entry_kind(page_t *page, const char *name, const kind_rule_t **ret_kind)
{
    why_t why;
    if (refs_kind(name, page->lang, ret_kind, &why) != 0)
        page_refuse(page, 404, _("There is no such kind"), why.text);
    else if (entry_may(page, *ret_kind, ACCESS_READ))
        return true;
    else
        page_refuse(page, 403, _("Not for you"),
                    _("Your account may not see this. Ask the operator of the node."));
    return false;
}

static void read_record(entry_t *entry, slice_t wire)
{
    entry->arena = arena_new(4 * wire.size + 4096);
    entry->record = selenga__record__unpack(arena_allocator(entry->arena), wire.size, wire.data);
    if (entry->record == NULL) return;
    const Selenga__Record *r = entry->record;
    version_text(&(version_t){.inc = r->inc, .seq = r->seq, .boot = r->boot}, entry->version);
    if (body_unpack(entry->kind, slice(r->body.data, r->body.len), entry->arena, &entry->body, NULL) != 0)
        entry->body = NULL;
}

bool entry_get(page_t *page, entry_t *ret_entry)
{
    why_t why;
    Selenga__Get get = SELENGA__GET__INIT;
    Selenga__Records *reply;
    *ret_entry = (entry_t){0};
    if (!entry_kind(page, page->request->segments[1], &ret_entry->kind)) return false;
    if (refs_record(ret_entry->kind, page->request->segments[2], page->lang, &ret_entry->id, &why) != 0) {
        page_refuse(page, 404, _("There is no such record"), why.text);
        return false;
    }
    get.has_kind = get.has_id = 1;
    get.kind = ret_entry->kind->number;
    get.id = (ProtobufCBinaryData){sizeof ret_entry->id.b, ret_entry->id.b};
    if (!page_ask(page, get.kind / 100, MSG_GET, &get, MSG_RECORDS, &selenga__records__descriptor, &reply))
        return false;
    if (reply->n_records > 0) read_record(ret_entry, slice(reply->records[0].data, reply->records[0].len));
    if (ret_entry->record != NULL && !ret_entry->record->deleted) return true;
    page_refuse(page, 404, _("There is no such record"), _("It is not here, or was deleted."));
    entry_clear(ret_entry);
    return false;
}

bool entry_try_list(page_t *page, const kind_rule_t *kind, Selenga__List *list, const asked_t **ret_asked)
{
    list->has_kind = 1;
    list->kind = kind->number;
    const client_request_t request = {.service = kind->number / 100,
                                      .type = MSG_LIST,
                                      .body = list,
                                      .reply = MSG_RECORDS,
                                      .descriptor = &selenga__records__descriptor,
                                      .timeout_ms = PAGE_ASK_MS,
                                      .account = page->session->account.name};
    return page_try(page, &request, ret_asked);
}

bool entry_may(const page_t *page, const kind_rule_t *kind, access_action_t action)
{
    bool by_people = action == ACCESS_READ || (kind->writers & W_PROGRAM) == 0;
    return by_people && (access_roles(kind, action) & page->session->account.role) != 0;
}

bool entry_is_ours(const page_t *page, const entry_t *entry)
{
    path_t home;
    const Selenga__Record *r = entry->record;
    return (entry->kind->writers & W_PROGRAM) == 0 && entry->body != NULL &&
           path_from_bytes(slice(r->home.data, r->home.len), &home) && path_equal(&home, &page->node->path);
}

const char *entry_ref(const kind_rule_t *kind, const body_t *body, const rid_t *id, char *buf)
{
    if (body != NULL && kind_has_key(kind)) {
        const char *key = body_key_shown(kind, body, buf);
        if (*key != '\0') return key;
    }
    return rid_text(id, buf);
}

void entry_address(html_t *html, const kind_rule_t *kind, const char *ref)
{
    html_raw(html, "/k/");
    html_segment(html, kind->name);
    html_raw(html, "/");
    html_segment(html, ref);
}

void entry_link(html_t *html, const kind_rule_t *kind, const char *ref, const char *text)
{
    html_raw(html, "<a href=\"");
    entry_address(html, kind, ref);
    html_raw(html, "\">");
    html_text(html, text);
    html_raw(html, "</a>");
}

void entry_go(page_t *page, const kind_rule_t *kind, const char *ref, const char *rest)
{
    html_t html = {0};
    size_t size;
    entry_address(&html, kind, ref);
    AUTO(xfree) char *address = html_take(&html, &size);
    page_go(page, "%.*s%s", (int)size, address, rest);
}
