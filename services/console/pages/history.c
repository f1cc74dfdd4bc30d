// SPDX-License-Identifier: Apache-2.0
// What a record was: each version that was replaced in the last 30 days, what the next one changed, and a
// button that brings it back by writing it again, under all rules of today.
#include "common/forms/past.h"
#include "common/forms/refs.h"
#include "common/forms/words.h"
#include "common/schema/fault.h"
#include "proto/message.h"
#include "services/console/pages.h"
#include "services/console/saving.h"

typedef struct past {
    const kind_rule_t *kind;
    rid_t id;
    const Selenga__HistoryReply *reply; // the page's
} past_t;

// False: return at once, as with page_ask.
static bool ask_past(page_t *page, past_t *past)
{
    why_t why;
    Selenga__History history = SELENGA__HISTORY__INIT;
    if (!entry_kind(page, page->request->segments[1], &past->kind)) return false;
    if (refs_record(past->kind, page->request->segments[2], page->lang, &past->id, &why) != 0) {
        page_refuse(page, 404, _("There is no such record"), why.text);
        return false;
    }
    history.has_kind = history.has_id = 1;
    history.kind = past->kind->number;
    history.id = (ProtobufCBinaryData){sizeof past->id.b, past->id.b};
    return page_ask(page, history.kind / 100, MSG_HISTORY, &history, MSG_HISTORY_REPLY,
                    &selenga__history_reply__descriptor, &past->reply);
}

// ---- showing

static void write_changes(page_t *page, const kind_rule_t *kind, const record_t *older, const record_t *newer)
{
    html_t *html = &page->body;
    char was[VIEW_TEXT], is[VIEW_TEXT];
    const view_t view = {VIEW_WORDS, page->lang};
    AUTO(arena_destroy) arena_t *arena = arena_new(2 * (older->body.size + newer->body.size));
    const body_t *before = past_body(kind, older, arena), *after = past_body(kind, newer, arena);
    if (after == NULL) {
        html_text(html, newer->deleted ? _("deleted") : "");
        return;
    }
    for (size_t i = 0; before != NULL && i < kind->n_fields; i++) {
        const char *one = view_value(kind, before, i, view, was),
                   *other = view_value(kind, after, i, view, is);
        if (strcmp(one, other) == 0) continue;
        html_raw(html, "<div>");
        html_text(html, bilingual_text(&kind->fields[i].label));
        html_raw(html, ": <del>");
        html_text(html, *one != '\0' ? one : "—");
        html_raw(html, "</del> → <ins>");
        html_text(html, *other != '\0' ? other : "—");
        html_raw(html, "</ins></div>");
    }
}

static void write_button(page_t *page, const record_t *version, const record_t *now)
{
    html_t *html = &page->body;
    char text[VERSION_TEXT];
    html_raw(html, "<form method=\"post\">");
    page_token(page, html);
    html_raw(html, "<input type=\"hidden\" name=\"version\"");
    html_attribute(html, "value", version_text(&version->version, text));
    html_raw(html, "><input type=\"hidden\" name=\"expect\"");
    html_attribute(html, "value", now->deleted ? "" : version_text(&now->version, text));
    html_raw(html, "><button>");
    html_text(html, _("Bring this back"));
    html_raw(html, "</button></form>");
}

static void write_version(page_t *page, const past_t *past, const Selenga__Replaced *one,
                          const record_t *older, const record_t *newer, const record_t *now)
{
    html_t *html = &page->body;
    char author[WORDS_AUTHOR];
    html_raw(html, "<tr><td>");
    if (one->has_replaced_s) html_moment(html, one->replaced_s);
    html_raw(html, "</td><td>");
    html_text(html, words_author(newer->author, page->lang, author));
    html_raw(html, "</td><td>");
    write_changes(page, past->kind, older, newer);
    html_raw(html, "</td><td>");
    if (!past->reply->foreign && entry_may(page, past->kind, ACCESS_WRITE)) write_button(page, older, now);
    html_raw(html, "</td></tr>");
}

static void write_table(page_t *page, const past_t *past, const record_t *now)
{
    html_t *html = &page->body;
    record_t newer = *now, older;
    html_raw(html, "<div class=\"scroll\"><table><thead><tr>");
    html_element(html, "th", _("changed"));
    html_element(html, "th", _("by whom"));
    html_element(html, "th", _("what"));
    html_raw(html, "<th></th></tr></thead><tbody>");
    for (size_t i = 0; i < past->reply->n_versions; i++) {
        if (!past_read(&past->reply->versions[i]->record, &older)) continue;
        write_version(page, past, past->reply->versions[i], &older, &newer, now);
        newer = older;
    }
    html_raw(html, "</tbody></table></div>");
    if (past->reply->more) html_element(html, "p", _("Older versions are kept too; they do not fit here."));
}

static void show(page_t *page, const past_t *past, const record_t *now)
{
    html_t *html = &page->body;
    char text[RID_TEXT];
    page_title(page, _("History: %s"), bilingual_text(&past->kind->label));
    if (form_value(&page->request->query, "deleted") != NULL && now->deleted) {
        html_raw(html, "<p class=\"note ok\" role=\"status\">");
        html_text(html, _("Deleted. For 30 days it can be brought back here."));
        html_raw(html, "</p>");
    }
    html_raw(html, "<p>");
    if (now->deleted) {
        html_raw(html, "<a href=\"/k/");
        html_segment(html, past->kind->name);
        html_raw(html, "\">← ");
        html_text(html, bilingual_text(&past->kind->label));
        html_raw(html, "</a>");
    } else {
        entry_link(html, past->kind, rid_text(&past->id, text), _("To the record"));
    }
    html_raw(html, "</p>");
    if (past->reply->foreign)
        html_element(html, "p", _("This record is another node's: what was replaced is kept there."));
    else if (past->reply->n_versions == 0)
        html_element(html, "p", _("It was not changed in the last 30 days."));
    else
        write_table(page, past, now);
}

// ---- bringing back

static void restore(page_t *page, const past_t *past, const record_t *version)
{
    uint32_t set[PAST_FIELDS];
    char text[FAULT_TEXT], ref[RID_TEXT];
    rid_t id = past->id;
    Selenga__Item item = SELENGA__ITEM__INIT;
    AUTO(fields_destroy) fields_t *fields = fields_new(past->kind);
    item.n_set = past_fields(past->kind, set);
    item.has_kind = item.has_id = item.has_body = 1;
    item.kind = past->kind->number;
    item.id = (ProtobufCBinaryData){sizeof id.b, id.b};
    item.body = (ProtobufCBinaryData){version->body.size, (uint8_t *)(uintptr_t)version->body.data};
    item.set = set;
    item.expect_version = (char *)(uintptr_t)form_text(&page->request->form, "expect");
    switch (saving_put(page, fields, &item, &id)) {
    case SAVED:
        entry_go(page, past->kind, rid_text(&past->id, ref), "?saved=1&undo=1");
        break;
    case SAVED_CHANGED:
        page_refuse(page, 409, _("It was changed meanwhile"),
                    _("Somebody has changed this record since you opened it. Look at it again."));
        break;
    case SAVED_WRONG:
        fields_write_faults(page, fields, _("It cannot be brought back as it was:"));
        page->status = 422;
        if (fields->fault.code[0] != '\0')
            page_refuse(page, 422, _("It cannot be brought back"),
                        fault_text_of(&fields->fault, fields->kind, page->lang, text, sizeof text));
        break;
    case SAVED_NOT:
        break;
    }
}

// "last": the one before the present one.
static bool find_version(const past_t *past, const char *wanted, record_t *ret_version)
{
    if (strcmp(wanted, "last") != 0) return past_find(past->reply, wanted, ret_version);
    return past->reply->n_versions > 0 && past_read(&past->reply->versions[0]->record, ret_version);
}

void page_history(page_t *page)
{
    past_t past;
    record_t now = {.deleted = true}, version;
    if (!ask_past(page, &past)) return;
    (void)past_read(&past.reply->now, &now);
    if (!page->request->post)
        show(page, &past, &now);
    else if (!saving_may(page, past.kind, ACCESS_WRITE))
        return;
    else if (!find_version(&past, form_text(&page->request->form, "version"), &version))
        page_refuse(page, 404, _("There is no such version"),
                    _("It is not kept any more. Look at the history again."));
    else
        restore(page, &past, &version);
}
