// SPDX-License-Identifier: Apache-2.0
// Accounts of the node: who may log in, in which role, when he did so last; made, locked, given a new
// one-time password, which is shown once.
#include "common/base/arena.h"
#include "common/base/dict.h"
#include "common/base/vec.h"
#include "common/node/audit_files.h"
#include "common/node/msg.h"
#include "common/schema/access.h"
#include "proto/message.h"
#include "services/console/entry.h"
#include "services/console/forms.h"
#include "services/console/pages.h"
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

enum { ACCOUNTS = 500, ROLES = 7 };

static const char *const FIELDS[] = {"name", "role", "org", "person", "state"};

// --- when each logged in last

typedef struct log_ins {
    dict_t *names;
    int64_t *at_s;
    size_t n, room;
} log_ins_t;

static void free_log_ins(log_ins_t *log_ins)
{
    dict_destroy(&log_ins->names);
    free(log_ins->at_s);
}

// As the node's own log has it.
static void read_log_ins(const page_t *page, log_ins_t *ret)
{
    static const char account[] = "account:";
    AUTO(audit_rows_free) audit_rows_t rows;
    audit_rows_read(".", &page->node->path, INT64_MIN, &rows);
    for (size_t i = 0; i < rows.n; i++) {
        const Selenga__AuditEntry *e = rows.items[i].entry;
        const char *name = e->about != NULL ? e->about : "";
        bool in = e->what != NULL && (strcmp(e->what, "log-in") == 0 || strcmp(e->what, "password") == 0);
        if (!in) continue; // whoever chooses a password is in
        if (e->who != NULL && strncmp(e->who, account, sizeof account - 1) == 0)
            name = e->who + sizeof account - 1;
        uint32_t number = dict_add(ret->names, slice_text(name));
        if (number == ret->n) (void)vec_add(ret->at_s, ret->n, ret->room);
        ret->at_s[number] = e->time_s; // they come by time
    }
}

// --- the list

static void write_button(page_t *page, const char *name, const char *what, const char *text, bool danger)
{
    forms_begin(page, "/op/accounts");
    part_hidden(&page->body, "name", name);
    forms_button(page, "what", what, text, danger);
    forms_end(page);
}

static void write_account(page_t *page, const body_t *account, const log_ins_t *log_ins)
{
    html_t *html = &page->body;
    const kind_rule_t *kind = &KIND_ACCOUNT;
    char text[VIEW_TEXT];
    html_raw(html, "<tr>");
    for (size_t i = 0; i < ARRAY_SIZE(FIELDS); i++) {
        html_raw(html, "<td>");
        html_text(html, view_value(kind, account, (size_t)kind_field(kind, FIELDS[i]),
                                   (view_t){VIEW_WORDS, page->lang}, text));
        html_raw(html, "</td>");
    }
    html_raw(html, "<td>");
    const char *name = body_str(kind, account, (size_t)kind_field(kind, "name"));
    uint32_t number = dict_find(log_ins->names, slice_text(name));
    if (number < log_ins->n) html_moment(html, log_ins->at_s[number]);
    html_raw(html, "</td><td><div class=\"actions\">");
    write_button(page, name, "reset", _("New one-time password"), false);
    if (strcmp(body_str(kind, account, (size_t)kind_field(kind, "state")), "locked") != 0)
        write_button(page, name, "lock", _("Lock"), true);
    html_raw(html, "</div></td></tr>");
}

static bool ask_accounts(page_t *page, const Selenga__Records **ret_records)
{
    Selenga__List list = SELENGA__LIST__INIT;
    list.has_kind = list.has_limit = true;
    list.kind = N_ACCOUNT;
    list.limit = ACCOUNTS;
    return page_ask(page, SERVICE_REGISTRY, MSG_LIST, &list, MSG_RECORDS, &selenga__records__descriptor,
                    ret_records);
}

static void write_accounts(page_t *page, const Selenga__Records *records)
{
    const kind_rule_t *kind = &KIND_ACCOUNT;
    const char *titles[ARRAY_SIZE(FIELDS) + 2];
    for (size_t i = 0; i < ARRAY_SIZE(FIELDS); i++)
        titles[i] = bilingual_text(&kind->fields[kind_field(kind, FIELDS[i])].label);
    titles[ARRAY_SIZE(FIELDS)] = _("last log-in");
    titles[ARRAY_SIZE(FIELDS) + 1] = _("what to do");
    AUTO(free_log_ins) log_ins_t log_ins = {.names = dict_new()};
    read_log_ins(page, &log_ins);
    part_table(&page->body, ARRAY_SIZE(titles), titles);
    for (size_t i = 0; i < records->n_records; i++) {
        AUTO(msg_body_free)
        Selenga__Record *record = msg_body_unpack(&selenga__record__descriptor,
                                                  slice(records->records[i].data, records->records[i].len));
        if (record == NULL) continue;
        body_t *body = NULL;
        AUTO(arena_destroy) arena_t *arena = arena_new(record->body.len);
        if (body_unpack(&KIND_ACCOUNT, slice(record->body.data, record->body.len), arena, &body, NULL) == 0)
            write_account(page, body, &log_ins);
    }
    part_table_end(&page->body);
}

static void write_new(page_t *page)
{
    html_t *html = &page->body;
    const field_rule_t *role = &KIND_ACCOUNT.fields[kind_field(&KIND_ACCOUNT, "role")];
    html_element(html, "h2", _("New account"));
    html_raw(html, "<div class=\"narrow\">");
    forms_begin(page, "/op/accounts");
    forms_input(page, "name", _("Name for the log-in"), "");
    html_raw(html, "<div class=\"field\"><label>");
    html_text(html, _("Role"));
    html_raw(html, "<select name=\"role\">");
    for (unsigned bit = 0; bit < ROLES; bit++) {
        const char *code = role_name(1U << bit);
        const field_word_t *word = code != NULL ? field_word(role, slice_text(code)) : NULL;
        if (word == NULL) continue;
        html_raw(html, "<option");
        html_attribute(html, "value", code);
        html_raw(html, ">");
        html_text(html, bilingual_text(&word->label));
        html_raw(html, "</option>");
    }
    html_raw(html, "</select></label></div>");
    forms_input(page, "org", _("Organisation (empty: that of this node)"), "");
    forms_input(page, "person", _("Staff number, ORGANISATION:NUMBER (a teacher needs it)"), "");
    forms_button(page, "what", "add", _("Make the account"), false);
    forms_end(page);
    html_raw(html, "</div>");
}

// --- what is done

static bool act_of(const form_t *form, Selenga__AccountAct *ret_act)
{
    static const struct {
        const char *name;
        uint32_t what;
    } acts[] = {{"add", SELENGA__ACCOUNT_ACT__WHAT__ADD},
                {"lock", SELENGA__ACCOUNT_ACT__WHAT__LOCK},
                {"reset", SELENGA__ACCOUNT_ACT__WHAT__RESET}};
    for (size_t i = 0; i < ARRAY_SIZE(acts); i++) {
        if (strcmp(form_text(form, "what"), acts[i].name) != 0) continue;
        ret_act->has_what = true;
        ret_act->what = acts[i].what;
    }
    ret_act->name = (char *)(uintptr_t)form_text(form, "name");
    if (ret_act->what != SELENGA__ACCOUNT_ACT__WHAT__ADD) return ret_act->has_what;
    ret_act->role = (char *)(uintptr_t)form_text(form, "role");
    if (*form_text(form, "org") != '\0') ret_act->org = (char *)(uintptr_t)form_text(form, "org");
    if (*form_text(form, "person") != '\0') ret_act->person = (char *)(uintptr_t)form_text(form, "person");
    return true;
}

static void write_done(page_t *page, const Selenga__AccountReply *reply)
{
    html_t *html = &page->body;
    if (reply->password == NULL) {
        part_note(&page->body, PART_GOOD,
                  _("The account is locked; whoever uses it is out at his next page."));
        return;
    }
    html_raw(html, "<p class=\"note ok\" role=\"status\">");
    html_textf(html, _("One-time password of %s, shown here once: "), reply->name);
    html_raw(html, "<strong>");
    html_text(html, reply->password);
    html_raw(html, "</strong></p>");
}

void page_accounts(page_t *page)
{
    Selenga__AccountAct act = SELENGA__ACCOUNT_ACT__INIT;
    const Selenga__AccountReply *reply = NULL;
    const Selenga__Records *records;
    bool acts = page->request->post;
    if (acts && !act_of(&page->request->form, &act)) {
        page_refuse(page, 400, _("Not so"), _("What was sent is not a form."));
        return;
    }
    if (acts && !page_ask(page, SERVICE_REGISTRY, MSG_ACCOUNT_ACT, &act, MSG_ACCOUNT_REPLY,
                          &selenga__account_reply__descriptor, &reply))
        return;
    if (!ask_accounts(page, &records)) return;
    page_title(page, "%s", _("Accounts"));
    if (acts) write_done(page, reply);
    write_accounts(page, records);
    write_new(page);
}
