// SPDX-License-Identifier: Apache-2.0
// What is sought in everything that the reader may see: the first few records of each kind, and the way to
// its list. Who seeks a number finds those who have it before those who have it in some other number. A
// service that does not answer costs its kinds, not the page.
#include "common/forms/find.h"
#include "common/forms/layout.h"
#include "common/forms/table.h"
#include "proto/message.h"
#include "services/console/entry.h"
#include "services/console/pages.h"
#include "services/console/people.h"

enum { FOUND = 5 }; // of a kind

// What people call a record by: organisation and number.
typedef struct number {
    char org[CODE_MAX + 1];
    Selenga__Match fields[2], *where[2];
    size_t n; // 0: it is none
} number_t;

// 17 and 03-08-01:17, where the kind has such a key.
static void read_number(const kind_rule_t *kind, const char *words, number_t *ret)
{
    const char *colon = strrchr(words, ':'), *number = colon != NULL ? colon + 1 : words;
    const char *names[2] = {kind->org_field, NULL};
    size_t n_key = 0, size = colon != NULL ? (size_t)(colon - words) : 0;
    ret->n = 0;
    for (size_t i = 0; i < kind->n_fields; i++) {
        if ((kind->fields[i].flags & F_KEY) == 0) continue;
        n_key++;
        if (names[0] != NULL && strcmp(kind->fields[i].name, names[0]) != 0) names[1] = kind->fields[i].name;
    }
    if (n_key != 2 || names[1] == NULL || size > CODE_MAX || *number == '\0' ||
        strspn(number, "0123456789") != strlen(number))
        return;
    memcpy(ret->org, words, size);
    ret->org[size] = '\0';
    for (size_t i = colon != NULL ? 0 : 1; i < 2; i++) {
        Selenga__Match *match = ret->where[ret->n] = &ret->fields[ret->n];
        selenga__match__init(match);
        match->field = (char *)(uintptr_t)names[i];
        match->value = i == 0 ? ret->org : (char *)(uintptr_t)number;
        ret->n++;
    }
}

typedef struct hits {
    const asked_t *exact, *part; // NULL: not asked
} hits_t;

static void ask(page_t *page, const kind_rule_t *kind, Selenga__List *list, const asked_t **ret_asked)
{
    list->has_limit = 1;
    list->limit = FOUND;
    (void)entry_try_list(page, kind, list, ret_asked);
}

static void ask_kind(page_t *page, const kind_rule_t *kind, const char *words, hits_t *ret)
{
    number_t number;
    Selenga__List part = SELENGA__LIST__INIT, exact = SELENGA__LIST__INIT;
    part.find = (char *)(uintptr_t)words;
    ask(page, kind, &part, &ret->part);
    read_number(kind, words, &number);
    if (number.n == 0) return;
    exact.where = number.where;
    exact.n_where = number.n;
    ask(page, kind, &exact, &ret->exact);
}

static const Selenga__Records *records_of(const asked_t *asked)
{
    return asked != NULL && asked->status == CLIENT_DONE ? asked->body : NULL;
}

// A record by the columns that its kind has in lists.
static void write_record(page_t *page, const table_t *table, const Selenga__Record *record, body_t *body)
{
    html_t *html = &page->body;
    char value[VIEW_TEXT], ref[KEY_TEXT_MAX];
    table_row_t row = {.bodies = {body}};
    memcpy(row.id.b, record->id.data, sizeof row.id.b);
    html_raw(html, "<li>");
    entry_ref(table->kinds[0], body, &row.id, ref);
    if (people_have_card(table->kinds[0]))
        people_link(html, ref, ref);
    else
        entry_link(html, table->kinds[0], ref, ref);
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

static bool holds(const Selenga__Records *records, const ProtobufCBinaryData *wire)
{
    for (size_t i = 0; records != NULL && i < records->n_records; i++)
        if (slice_equal(slice(records->records[i].data, records->records[i].len),
                        slice(wire->data, wire->len)))
            return true;
    return false;
}

// False, and nothing is written: there are none.
static bool write_kind(page_t *page, const kind_rule_t *kind, const hits_t *hits, const char *words)
{
    html_t *html = &page->body;
    table_t table;
    const Selenga__Records *exact = records_of(hits->exact), *part = records_of(hits->part);
    if ((exact == NULL || exact->n_records == 0) && (part == NULL || part->n_records == 0)) return false;
    table_of_kind(kind, &table);
    html_element(html, "h2", bilingual_text(&kind->label));
    html_raw(html, "<ul class=\"plain\">");
    for (size_t i = 0; exact != NULL && i < exact->n_records; i++)
        write_wire(page, &table, &exact->records[i]);
    for (size_t i = 0; part != NULL && i < part->n_records; i++)
        if (!holds(exact, &part->records[i])) write_wire(page, &table, &part->records[i]);
    html_raw(html, "</ul>");
    if (part == NULL || !part->has_next) return true;
    html_raw(html, "<p><a href=\"/k/");
    html_segment(html, kind->name);
    html_raw(html, "?find=");
    html_segment(html, words);
    html_raw(html, "\">");
    html_text(html, _("All that fit"));
    html_raw(html, "</a></p>");
    return true;
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
    AUTO(xfree) hits_t *hits = xcalloc(N_KINDS, sizeof *hits);
    size_t n = 0;
    page_title(page, "%s", _("Search"));
    if (*words == '\0' || strlen(words) > FIND_MAX) {
        html_element(&page->body, "p",
                     _("Type what you seek into the field above: a name, a code, a number."));
        return;
    }
    for (size_t i = 0; i < N_KINDS; i++)
        if (entry_may(page, KINDS[i], ACCESS_READ)) ask_kind(page, KINDS[i], words, &hits[i]);
    if (page->waiting) return;
    for (size_t i = 0; i < N_KINDS; i++) n += write_kind(page, KINDS[i], &hits[i], words);
    if (n == 0) write_nothing(page, words);
}
