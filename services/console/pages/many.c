// SPDX-License-Identifier: Apache-2.0
// One field of many records, or their deletion: which field, what value, what it would do by the services'
// own rules, and doing it. Whoever was refused stays ticked, with the reason; what was done is taken back as
// a whole (jobs.h). Each step is a form, so it goes without script.
#include "common/forms/journal.h"
#include "common/node/sending.h"
#include "common/schema/fault.h"
#include "proto/message.h"
#include "services/console/choices.h"
#include "services/console/jobs.h"
#include "services/console/listing.h"
#include "services/console/pages.h"
#include "services/console/parts.h"
#include "services/console/saving.h"
#include <stdio.h>
#include <stdlib.h>

enum { MANY_MAX = SENDING_GROUPS, REF_TEXT = 120 };

#define DELETION "-"

typedef struct one {
    rid_t id;
    char version[VERSION_TEXT]; // that it is to have; "": not asked yet
    char ref[REF_TEXT];         // what people call it
    fault_t fault;              // code "": none
    uint32_t result;
} one_t;

typedef struct many {
    const kind_rule_t *kind;
    one_t *all;
    size_t n;
    int field; // -1: none is chosen, or they are to be deleted
    bool removes;
    fields_t *fields;
    const char *why;
} many_t;

static void many_clear(many_t *many)
{
    free(many->all);
    fields_destroy(&many->fields);
}

// --- which records

static bool add(many_t *many, const rid_t *id, const char *version)
{
    if (many->n == MANY_MAX) return false;
    one_t *one = &many->all[many->n++];
    *one = (one_t){.id = *id};
    return text_copy(one->version, sizeof one->version, version);
}

static bool refuse_count(page_t *page)
{
    page_refuse(page, 400, _("Too many at once"),
                _("At most 500 records are changed at one time. Choose fewer."));
    return false;
}

// "ID" or "ID VERSION", as ticks and the steps behind them say it.
static bool take_ticked(page_t *page, many_t *many)
{
    const form_t *form = &page->request->form;
    for (size_t i = 0; i < form->n; i++) {
        char id[RID_TEXT];
        rid_t rid;
        if (strcmp(form->pairs[i].name, "id") != 0) continue;
        const char *value = form->pairs[i].value, *version = strchr(value, ' ');
        size_t n = version != NULL ? (size_t)(version - value) : strlen(value);
        snprintf(id, sizeof id, "%.*s", (int)(n < sizeof id ? n : sizeof id - 1), value);
        if (!rid_parse(id, &rid)) continue;
        if (!add(many, &rid, version != NULL ? version + 1 : "")) return refuse_count(page);
    }
    return true;
}

static bool take_all(page_t *page, many_t *many)
{
    AUTO(listing_free) listing_t list = {0};
    table_row_t row;
    if (!listing_begin(page, &list) || !listing_read_all(page, &list, false)) return false;
    for (size_t i = 0; i < list.n; i++)
        if (listing_open(&list, &list.rows[i], &row) && !add(many, &row.id, "")) return refuse_count(page);
    return true;
}

// And which version the reader is shown, so that what is written later is not overwritten.
static void name_one(many_t *many, slice_t wire)
{
    record_t record;
    char ref[KEY_TEXT_MAX];
    body_t *body = NULL;
    if (record_parse(wire, &record) != 0) return;
    AUTO(arena_destroy) arena_t *arena = arena_new(4 * record.body.size + 4096);
    if (body_unpack(many->kind, record.body, arena, &body, NULL) != 0) body = NULL;
    for (size_t i = 0; i < many->n; i++) {
        one_t *one = &many->all[i];
        if (!rid_equal(&one->id, &record.id)) continue;
        if (one->version[0] == '\0') version_text(&record.version, one->version);
        snprintf(one->ref, REF_TEXT, "%.*s", REF_TEXT - 1, entry_ref(many->kind, body, &record.id, ref));
    }
}

// What people call them, as far as the reader may see them.
static bool ask_names(page_t *page, many_t *many)
{
    const Selenga__Records *reply;
    Selenga__List list = SELENGA__LIST__INIT;
    AUTO(xfree) ProtobufCBinaryData *ids = xcalloc(many->n + 1, sizeof *ids);
    for (size_t i = 0; i < many->n; i++) ids[i] = (ProtobufCBinaryData){sizeof(rid_t), many->all[i].id.b};
    list.has_kind = list.has_limit = 1;
    list.kind = many->kind->number;
    list.limit = MANY_MAX;
    list.ids = ids;
    list.n_ids = many->n;
    if (!page_ask(page, list.kind / 100, MSG_LIST, &list, MSG_RECORDS, &selenga__records__descriptor, &reply))
        return false;
    for (size_t i = 0; i < reply->n_records; i++)
        name_one(many, slice(reply->records[i].data, reply->records[i].len));
    return true;
}

// --- asking what would become of them, and doing it

static void fill_item(const many_t *many, one_t *one, slice_t body, uint32_t *set, Selenga__Item *item)
{
    item->has_kind = item->has_id = 1;
    item->kind = many->kind->number;
    item->id = (ProtobufCBinaryData){sizeof one->id.b, one->id.b};
    item->has_deleted = item->deleted = many->removes;
    item->why = many->removes ? (char *)(uintptr_t)many->why : NULL;
    item->has_body = !many->removes;
    item->body = (ProtobufCBinaryData){body.size, (uint8_t *)(uintptr_t)body.data};
    item->set = set;
    item->n_set = many->removes ? 0 : 1;
    item->expect_version = one->version[0] != '\0' ? one->version : NULL;
}

static void take_outcome(one_t *one, const Selenga__Outcome *outcome)
{
    one->result = outcome->result;
    if (outcome->result == RESULT_REJECTED) fault_from_proto(outcome->fault, &one->fault);
}

// False: return at once, as with page_ask; *ret_reply then is NULL.
static bool put(page_t *page, many_t *many, bool dry, const Selenga__PutReply **ret_reply)
{
    body_t *body;
    slice_t packed = {0};
    fault_t fault;
    uint32_t set = many->removes ? 0 : kind_field_number(many->kind, (size_t)many->field);
    Selenga__Put request = SELENGA__PUT__INIT;
    *ret_reply = NULL;
    if (!many->removes && (!fields_one(many->fields, (size_t)many->field, &body) ||
                           body_pack(body, many->fields->arena, &packed, &fault) != 0))
        return false;
    AUTO(xfree) Selenga__Item *items = xcalloc(many->n, sizeof *items);
    AUTO(xfree) Selenga__Group *groups = xcalloc(many->n, sizeof *groups);
    AUTO(xfree) Selenga__Item **item_of = xcalloc(many->n, sizeof *item_of);
    AUTO(xfree) Selenga__Group **group_of = xcalloc(many->n, sizeof *group_of);
    for (size_t i = 0; i < many->n; i++) {
        selenga__item__init(&items[i]);
        selenga__group__init(&groups[i]);
        fill_item(many, &many->all[i], packed, &set, &items[i]);
        item_of[i] = &items[i];
        groups[i].items = &item_of[i];
        groups[i].n_items = 1;
        group_of[i] = &groups[i];
    }
    request.groups = group_of;
    request.n_groups = many->n;
    request.has_dry = request.has_told = request.told = 1;
    request.dry = dry;
    if (!page_ask(page, many->kind->number / 100, MSG_PUT, &request, MSG_PUT_REPLY,
                  &selenga__put_reply__descriptor, ret_reply))
        return false;
    for (size_t i = 0; i < many->n && i < (*ret_reply)->n_outcomes; i++)
        take_outcome(&many->all[i], (*ret_reply)->outcomes[i]);
    return true;
}

static size_t count(const many_t *many, uint32_t result)
{
    size_t n = 0;
    for (size_t i = 0; i < many->n; i++) n += many->all[i].result == result;
    return n;
}

// --- forms

static void begin_form(page_t *page, const many_t *many, const char *step, bool versions, bool refused_too)
{
    html_t *html = &page->body;
    char id[RID_TEXT], text[RID_TEXT + VERSION_TEXT + 1];
    html_raw(html, "<form method=\"post\" action=\"/many/");
    html_segment(html, many->kind->name);
    html_raw(html, "\">");
    page_token(page, html);
    choices_open(html);
    part_hidden(html, "step", step);
    for (size_t i = 0; i < many->n; i++) {
        const one_t *one = &many->all[i];
        if (one->result == RESULT_REJECTED && !refused_too) continue;
        snprintf(text, sizeof text, "%s%s%s", rid_text(&one->id, id), versions ? " " : "",
                 versions ? one->version : "");
        part_hidden(html, "id", text);
    }
}

static void end_form(page_t *page, const many_t *many, const char *text)
{
    html_t *html = &page->body;
    html_raw(html, "<p class=\"actions\"><button class=\"main\">");
    html_text(html, text);
    html_raw(html, "</button> <a href=\"/k/");
    html_segment(html, many->kind->name);
    html_raw(html, "\">");
    html_text(html, _("Do not"));
    html_raw(html, "</a></p></form>");
}

static void write_choice(page_t *page, const many_t *many)
{
    html_t *html = &page->body;
    html_raw(html, "<div class=\"field\"><label for=\"field\">");
    html_text(html, _("What is to become of them"));
    html_raw(html, "</label><select id=\"field\" name=\"field\">");
    for (size_t i = 0; i < many->kind->n_fields; i++)
        if (fields_has(many->kind, i, false))
            part_option(html, many->kind->fields[i].name, bilingual_text(&many->kind->fields[i].label),
                        false);
    if (entry_may(page, many->kind, ACCESS_DELETE)) part_option(html, DELETION, _("Delete them"), false);
    html_raw(html, "</select></div>");
}

static void show_choice(page_t *page, const many_t *many)
{
    begin_form(page, many, "value", false, true);
    write_choice(page, many);
    end_form(page, many, _("Go on"));
}

static void write_value_field(page_t *page, const many_t *many)
{
    html_t *html = &page->body;
    part_hidden(html, "field", many->removes ? DELETION : many->kind->fields[many->field].name);
    if (!many->removes) {
        fields_write_one(page, many->fields, (size_t)many->field);
        return;
    }
    html_raw(html, "<div class=\"field\"><label for=\"why\">");
    html_text(html, _("Why"));
    html_raw(html, "</label><input type=\"text\" id=\"why\" name=\"why\" required");
    html_attribute(html, "value", many->why);
    html_raw(html, "></div>");
}

static void show_value(page_t *page, const many_t *many)
{
    if (many->fields->wrong || many->fields->fault.code[0] != '\0') page->status = 422;
    if (!picker_read(page, many->fields, false)) return;
    begin_form(page, many, "look", false, true);
    write_value_field(page, many);
    end_form(page, many, _("Show what it would do"));
}

// The value again, not seen.
static void keep_value(page_t *page, const many_t *many)
{
    html_t *html = &page->body;
    char name[FIELD_NAME_MAX + 3];
    part_hidden(html, "field", many->removes ? DELETION : many->kind->fields[many->field].name);
    if (many->removes) {
        part_hidden(html, "why", many->why);
        return;
    }
    snprintf(name, sizeof name, "f.%s", many->kind->fields[many->field].name);
    part_hidden(html, name, many->fields->texts[many->field]);
}

static void write_counts(page_t *page, const many_t *many)
{
    html_t *html = &page->body;
    const char *const heads[] = {many->removes ? _("Deleted") : _("Changed"), _("As they are"), _("Refused")};
    const uint32_t results[] = {RESULT_CHANGED, RESULT_UNCHANGED, RESULT_REJECTED};
    part_table_of(html, ARRAY_SIZE(heads), heads, 7);
    part_row(html);
    for (size_t i = 0; i < ARRAY_SIZE(results); i++)
        part_number(html, (int64_t)(count(many, results[i]) + (i == 0 ? count(many, RESULT_NEW) : 0)));
    part_row_end(html);
    part_table_end(html);
}

static const char *called(const one_t *one, char buf[static RID_TEXT])
{
    return one->ref[0] != '\0' ? one->ref : rid_text(&one->id, buf);
}

// ticks: they stay selected.
static void write_refused(page_t *page, const many_t *many, bool ticks)
{
    html_t *html = &page->body;
    char text[FAULT_TEXT], ref[RID_TEXT], id[RID_TEXT];
    const char *const heads[] = {_("Which"), _("Why it is refused")};
    if (count(many, RESULT_REJECTED) == 0) return;
    part_table(html, ARRAY_SIZE(heads), heads);
    for (size_t i = 0; i < many->n; i++) {
        const one_t *one = &many->all[i];
        if (one->result != RESULT_REJECTED) continue;
        part_row(html);
        html_raw(html, "<td>");
        if (ticks) {
            html_raw(html, "<input type=\"checkbox\" name=\"id\" checked");
            html_attribute(html, "value", rid_text(&one->id, id));
            html_attribute(html, "aria-label", called(one, ref));
            html_raw(html, "> ");
        }
        entry_link(html, many->kind, rid_text(&one->id, id), called(one, ref));
        html_raw(html, "</td>");
        part_cell(html, fault_text_of(&one->fault, many->kind, page->lang, text, sizeof text));
        part_row_end(html);
    }
    part_table_end(html);
}

// --- steps

static void look(page_t *page, many_t *many)
{
    const Selenga__PutReply *reply;
    if (!put(page, many, true, &reply)) {
        if (many->fields->wrong && !page->waiting) show_value(page, many);
        return;
    }
    size_t writes = count(many, RESULT_CHANGED) + count(many, RESULT_NEW);
    part_note(&page->body, PART_PLAIN,
              writes > 0 ? _("Nothing is written yet. This is what it would do:")
                         : _("There is nothing to change."));
    write_counts(page, many);
    write_refused(page, many, false);
    begin_form(page, many, "do", true, true);
    keep_value(page, many);
    if (writes > 0)
        end_form(page, many, many->removes ? _("Delete") : _("Change"));
    else
        html_raw(&page->body, "</form>");
}

// So that it can be taken back as a whole. NULL: nothing was done, or it cannot be kept.
static job_t *keep_journal(page_t *page, const many_t *many, const Selenga__PutReply *reply)
{
    why_t why;
    char path[JOB_PATH];
    if (count(many, RESULT_CHANGED) + count(many, RESULT_NEW) == 0) return NULL;
    if ((page->session->account.role & R_OFFICES) == 0) return NULL; // others have no page of such
    job_t *job = job_new(page->jobs, page->session->account.name, many->kind->name, "", &why);
    if (job == NULL) return NULL;
    journal_t *journal = journal_new(job_path(job, "undo", path), many->kind->name, "");
    for (size_t i = 0; i < reply->n_outcomes; i++)
        (many->removes ? journal_add_deleted : journal_add)(journal, reply->outcomes[i]);
    int rc = journal_finish(journal, true);
    journal_destroy(&journal);
    job->bulk = true;
    job->tally = (job_tally_t){.changed = count(many, RESULT_CHANGED) + count(many, RESULT_NEW),
                               .unchanged = count(many, RESULT_UNCHANGED),
                               .rejected = count(many, RESULT_REJECTED)};
    job_written(job);
    return rc == 0 ? job : NULL;
}

static void apply(page_t *page, many_t *many)
{
    html_t *html = &page->body;
    const Selenga__PutReply *reply;
    char href[64];
    if (!put(page, many, false, &reply)) {
        if (many->fields->wrong && !page->waiting) show_value(page, many);
        return;
    }
    const job_t *job = keep_journal(page, many, reply);
    size_t refused = count(many, RESULT_REJECTED);
    if (count(many, RESULT_CHANGED) + count(many, RESULT_NEW) > 0)
        part_note(html, PART_GOOD, _("Done: written on this computer."));
    write_counts(page, many);
    if (job != NULL) {
        snprintf(href, sizeof href, "/import/%s", job->id);
        html_raw(html, "<p>");
        part_link(html, href, _("Take it back"));
        html_raw(html, "</p>");
    }
    if (refused > 0) {
        html_element(html, "h2", _("These stay ticked"));
        html_raw(html, "<form method=\"post\" action=\"/many/");
        html_segment(html, many->kind->name);
        html_raw(html, "\">");
        page_token(page, html);
        write_refused(page, many, true);
        end_form(page, many, _("Change or delete what is ticked"));
    }
    html_raw(html, "<p><a href=\"/k/");
    html_segment(html, many->kind->name);
    html_raw(html, "\">← ");
    html_text(html, bilingual_text(&many->kind->label));
    html_raw(html, "</a></p>");
}

static bool read_field(page_t *page, many_t *many)
{
    const char *name = form_text(&page->request->form, "field");
    many->why = form_text(&page->request->form, "why");
    many->removes = strcmp(name, DELETION) == 0;
    many->field = many->removes ? -1 : kind_field(many->kind, name);
    fields_of_form(many->fields, &page->request->form, "f.");
    if (many->removes) return saving_may(page, many->kind, ACCESS_DELETE);
    if (many->field >= 0 && fields_has(many->kind, (size_t)many->field, false)) return true;
    page_refuse(page, 400, _("There is no such field"), _("Choose another one."));
    return false;
}

static void take_step(page_t *page, many_t *many)
{
    const char *step = form_text(&page->request->form, "step");
    page_title(page, _("%s: %zu at one time"), bilingual_text(&many->kind->label), many->n);
    if (many->n == 0) {
        page_refuse(page, 400, _("Nothing is ticked"), _("Tick records in the list first."));
    } else if (*step == '\0') {
        show_choice(page, many);
    } else if (!read_field(page, many)) {
        return;
    } else if (strcmp(step, "value") == 0 || (!many->removes && picker_seeks(page, many->fields))) {
        show_value(page, many);
    } else if (!ask_names(page, many)) {
        return;
    } else if (strcmp(step, "do") == 0) {
        apply(page, many);
    } else {
        look(page, many);
    }
}

void page_many(page_t *page)
{
    many_t many = {.field = -1};
    if (!entry_kind(page, page->request->segments[1], &many.kind) ||
        !saving_may(page, many.kind, ACCESS_WRITE))
        return;
    many.all = xcalloc(MANY_MAX, sizeof *many.all);
    many.fields = fields_new(many.kind);
    bool all = form_value(&page->request->form, "all") != NULL;
    if (all ? take_all(page, &many) : take_ticked(page, &many)) take_step(page, &many);
    many_clear(&many);
}
