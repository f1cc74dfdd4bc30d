// SPDX-License-Identifier: Apache-2.0
// What people did, as the node's audit logs have it, the latest first; whether their chains are whole; the
// same as a file.
#include "common/forms/csv.h"
#include "common/forms/refs.h"
#include "common/forms/value.h"
#include "common/forms/words.h"
#include "common/node/audit_files.h"
#include "common/node/msg.h"
#include "common/schema/access.h"
#include "proto/message.h"
#include "services/console/forms.h"
#include "services/console/pages.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { ROWS = 100, DAY_S = 86400, MOMENT = 32 };

static const char *const TITLES[] = {N_("time"),    N_("who"),   N_("what"),  N_("kind"),
                                     N_("records"), N_("about"), N_("reason")};

static void translate_heads(const char *heads[static ARRAY_SIZE(TITLES)])
{
    for (size_t i = 0; i < ARRAY_SIZE(TITLES); i++) heads[i] = _(TITLES[i]);
}

// --- is it whole?

static bool ask_heads(page_t *page, audit_head_t heads[static SERVICES_END])
{
    bool all = true;
    for (uint32_t n = SERVICES_FIRST; n < SERVICES_END; n++) {
        const Selenga__AuditHead *head;
        all &= page_ask(page, n, MSG_AUDIT, NULL, MSG_AUDIT_HEAD, &selenga__audit_head__descriptor, &head);
        if (!all && !page->waiting) return false;
        if (head == NULL || head->hash.len != AUDIT_HASH) continue;
        heads[n].seq = head->seq;
        memcpy(heads[n].hash, head->hash.data, AUDIT_HASH);
    }
    return all;
}

static void write_chains(page_t *page, const audit_head_t *heads)
{
    char text[256];
    uint64_t entries = 0;
    bool whole = true;
    for (uint32_t n = SERVICES_FIRST; n < SERVICES_END; n++) {
        audit_head_t end;
        int error;
        audit_state_t state = audit_verify(".", &page->node->path, n, &heads[n], &end, &error);
        entries += end.seq;
        whole &= state == AUDIT_WHOLE;
        if (state == AUDIT_WHOLE) continue;
        snprintf(text, sizeof text,
                 _("%s: the log is not what was noted. It is whole up to entry %llu, and %llu were noted."),
                 words_service(n), (unsigned long long)end.seq, (unsigned long long)heads[n].seq);
        part_note(&page->body, PART_BAD, text);
    }
    if (!whole) return;
    snprintf(text, sizeof text, _("The chain is whole: %llu entries."), (unsigned long long)entries);
    part_note(&page->body, PART_GOOD, text);
}

// --- rows

static bool fits(const page_t *page, const Selenga__AuditEntry *e)
{
    const char *who = form_text(&page->request->query, "who");
    const char *what = form_text(&page->request->query, "what");
    return (*who == '\0' || (e->who != NULL && strstr(e->who, who) != NULL)) &&
           (*what == '\0' || (e->what != NULL && strcmp(e->what, what) == 0));
}

static void read_rows(const page_t *page, audit_rows_t *ret_rows)
{
    int32_t day;
    const char *since = form_text(&page->request->query, "since");
    bool bounded = value_day(since, &day);
    audit_rows_read(".", &page->node->path, bounded ? (int64_t)day * DAY_S : INT64_MIN, ret_rows);
}

// A role as people read it; NULL: it is none.
static const char *role_words(const char *name, lang_t lang)
{
    const field_rule_t *field = &KIND_ACCOUNT.fields[kind_field(&KIND_ACCOUNT, "role")];
    for (size_t i = 0; i < field->n_words; i++)
        if (strcmp(field->words[i].code, name) == 0) return bilingual_in(&field->words[i].label, lang);
    return NULL;
}

// A kind, the role of an account, or what the table of access calls an action.
static const char *kind_words(const char *name, lang_t lang)
{
    const char *role = role_words(name, lang);
    if (role != NULL) return role;
    const kind_rule_t *kind;
    why_t why;
    const access_row_t *row = access_row_by_name(name);
    if (refs_kind(name, lang, &kind, &why) == 0) return bilingual_in(&kind->label, lang);
    return row != NULL ? bilingual_in(&row->label, lang) : name;
}

// 7 cells; of them some point into the row, others into `texts`.
static void cells_of(const audit_row_t *row, lang_t lang, char texts[static 3][64], const char **cells)
{
    const Selenga__AuditEntry *e = row->entry;
    struct tm at;
    time_t moment = (time_t)e->time_s;
    texts[0][0] = texts[1][0] = '\0';
    if (localtime_r(&moment, &at) != NULL) strftime(texts[0], MOMENT, "%d.%m.%Y %H:%M:%S", &at);
    if (e->has_records) snprintf(texts[1], 64, "%llu", (unsigned long long)e->records);
    cells[0] = texts[0];
    cells[1] = e->who != NULL ? e->who : "";
    cells[2] = e->what != NULL ? audit_words(e->what, lang) : "";
    cells[3] = e->kind != NULL ? kind_words(e->kind, lang) : "";
    cells[4] = texts[1];
    cells[5] = e->about != NULL ? e->about : words_id(&e->id, texts[2]);
    cells[6] = e->code != NULL ? audit_reason(e->code, lang) : "";
}

static void write_rows(page_t *page, const audit_rows_t *rows)
{
    html_t *html = &page->body;
    size_t fitting = 0, from = (part_page(page) - 1) * ROWS;
    const char *heads[ARRAY_SIZE(TITLES)];
    translate_heads(heads);
    part_table(html, ARRAY_SIZE(heads), heads);
    for (size_t i = rows->n; i-- > 0;) {
        const char *cells[ARRAY_SIZE(TITLES)];
        char texts[3][64];
        if (!fits(page, rows->items[i].entry)) continue;
        if (fitting++ < from || fitting > from + ROWS) continue;
        cells_of(&rows->items[i], page->lang, texts, cells);
        html_raw(html, "<tr>");
        for (size_t k = 0; k < ARRAY_SIZE(cells); k++) {
            if (k == 1) // who may be a key
                html_raw(html, "<td class=\"any\">");
            else
                html_raw(html, "<td>");
            html_text(html, cells[k]);
            html_raw(html, "</td>");
        }
        html_raw(html, "</tr>");
    }
    part_table_end(&page->body);
    part_pages(page, part_page(page), ROWS, fitting);
}

static void write_filter(page_t *page)
{
    const form_t *query = &page->request->query;
    html_raw(&page->body, "<form class=\"filter\" method=\"get\" action=\"/op/audit\">");
    forms_input(page, "since", _("From this day on (2024-09-01)"), form_text(query, "since"));
    forms_input(page, "who", _("Who"), form_text(query, "who"));
    html_raw(&page->body, "<button>");
    html_text(&page->body, _("Show"));
    html_raw(&page->body, "</button></form>");
}

void page_audit(page_t *page)
{
    audit_head_t heads[SERVICES_END] = {0};
    AUTO(audit_rows_free) audit_rows_t rows = {0};
    if (!ask_heads(page, heads)) return;
    read_rows(page, &rows);
    page_title(page, "%s", _("Audit log"));
    write_chains(page, heads);
    write_filter(page);
    write_rows(page, &rows);
    html_raw(&page->body,
             "<p class=\"actions\"><a class=\"button\" href=\"/op/audit/export.csv\">CSV</a></p>");
}

void page_audit_csv(page_t *page)
{
    AUTO(audit_rows_free) audit_rows_t rows = {0};
    char *bytes = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&bytes, &size);
    if (out == NULL) out_of_memory();
    const char *heads[ARRAY_SIZE(TITLES)];
    translate_heads(heads);
    fputs("\xef\xbb\xbf", out);
    csv_write_plain(out, page->lang == LANG_RU ? ';' : ',', heads, ARRAY_SIZE(TITLES));
    read_rows(page, &rows);
    for (size_t i = 0; i < rows.n; i++) {
        const char *cells[ARRAY_SIZE(TITLES)];
        char texts[3][64];
        cells_of(&rows.items[i], page->lang, texts, cells);
        csv_write_plain(out, page->lang == LANG_RU ? ';' : ',', cells, ARRAY_SIZE(cells));
    }
    fclose(out);
    html_literal(&page->body, bytes, size);
    page->type = "text/csv; charset=utf-8";
    free(bytes);
}
