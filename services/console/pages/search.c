// SPDX-License-Identifier: Apache-2.0
// What is sought in everything that the reader may see: the first few records of each kind, and the way to
// its list. A service that does not answer costs its kinds, not the page.
#include "common/forms/find.h"
#include "common/forms/layout.h"
#include "common/forms/table.h"
#include "proto/message.h"
#include "services/console/entry.h"
#include "services/console/pages.h"

enum { FOUND = 5 }; // of a kind

// False: on its way.
static bool ask_kind(page_t *page, const kind_rule_t *kind, const char *words, const asked_t **ret_asked)
{
    Selenga__List list = SELENGA__LIST__INIT;
    list.has_kind = list.has_limit = 1;
    list.kind = kind->number;
    list.limit = FOUND;
    list.find = (char *)(uintptr_t)words;
    const client_request_t request = {.service = kind->number / 100,
                                      .type = MSG_LIST,
                                      .body = &list,
                                      .reply = MSG_RECORDS,
                                      .descriptor = &selenga__records__descriptor,
                                      .timeout_ms = PAGE_ASK_MS,
                                      .account = page->session->account.name};
    return page_try(page, &request, ret_asked);
}

// A record by the columns that its kind has in lists.
static void write_record(page_t *page, const table_t *table, const Selenga__Record *record, body_t *body)
{
    html_t *html = &page->body;
    char value[VIEW_TEXT], ref[KEY_TEXT_MAX];
    table_row_t row = {.bodies = {body}};
    memcpy(row.id.b, record->id.data, sizeof row.id.b);
    html_raw(html, "<li>");
    entry_link(html, table->kinds[0], entry_ref(table->kinds[0], body, &row.id, ref), ref);
    for (size_t i = 0; i < table->n_shown; i++) {
        const char *text = table_cell(table, table->shown[i], &row, (view_t){VIEW_WORDS, page->lang}, value);
        if (*text == '\0' || strcmp(text, ref) == 0) continue;
        html_raw(html, " · ");
        html_text(html, text);
    }
    html_raw(html, "</li>");
}

static void write_wire(page_t *page, const table_t *table, const ProtobufCBinaryData *wire)
{
    body_t *body = NULL;
    AUTO(arena_destroy) arena_t *arena = arena_new(4 * wire->len + 4096);
    Selenga__Record *record = selenga__record__unpack(arena_allocator(arena), wire->len, wire->data);
    if (record == NULL || record->id.len != sizeof(rid_t)) return;
    if (body_unpack(table->kinds[0], slice(record->body.data, record->body.len), arena, &body, NULL) == 0)
        write_record(page, table, record, body);
}

static void write_kind(page_t *page, const kind_rule_t *kind, const Selenga__Records *found,
                       const char *words)
{
    html_t *html = &page->body;
    table_t table;
    table_of_kind(kind, &table);
    html_element(html, "h2", bilingual_text(&kind->label));
    html_raw(html, "<ul class=\"plain\">");
    for (size_t i = 0; i < found->n_records; i++) write_wire(page, &table, &found->records[i]);
    html_raw(html, "</ul>");
    if (!found->has_next) return;
    html_raw(html, "<p><a href=\"/k/");
    html_segment(html, kind->name);
    html_raw(html, "?find=");
    html_segment(html, words);
    html_raw(html, "\">");
    html_text(html, _("All that fit"));
    html_raw(html, "</a></p>");
}

static void write_nothing(page_t *page, const char *words)
{
    html_t *html = &page->body;
    char other[2 * FIND_MAX + 1];
    html_element(
        html, "p",
        _("Nothing fits. A word may be a part of a name, a code or a number; capitals do not matter."));
    if (!layout_other(words, other, sizeof other)) return;
    html_raw(html, "<p>");
    html_text(html, _("Typed with the other keyboard layout? "));
    html_raw(html, "<a href=\"/search?q=");
    html_segment(html, other);
    html_raw(html, "\">");
    html_text(html, other);
    html_raw(html, "</a></p>");
}

void page_search(page_t *page)
{
    const char *words = form_text(&page->request->query, "q");
    AUTO(xfree) const asked_t **asked = xcalloc(N_KINDS, sizeof *asked);
    size_t n = 0;
    page_title(page, "%s", _("Search"));
    if (*words == '\0' || strlen(words) > FIND_MAX) {
        html_element(&page->body, "p",
                     _("Type what you seek into the field above: a name, a code, a number."));
        return;
    }
    for (size_t i = 0; i < N_KINDS; i++)
        if (entry_may(page, KINDS[i], ACCESS_READ)) (void)ask_kind(page, KINDS[i], words, &asked[i]);
    if (page->waiting) return;
    for (size_t i = 0; i < N_KINDS; i++) {
        const Selenga__Records *found =
            asked[i] != NULL && asked[i]->status == CLIENT_DONE ? asked[i]->body : NULL;
        if (found == NULL || found->n_records == 0) continue;
        write_kind(page, KINDS[i], found, words);
        n++;
    }
    if (n == 0) write_nothing(page, words);
}
