// SPDX-License-Identifier: Apache-2.0
// Three passes over what the last import wrote (journal.h). The first two ask, and change nothing: is each
// record still at the version that the import wrote, and may the new ones be deleted? The third, backwards,
// deletes what was new and writes again what was replaced, each under the version that it expects, so that
// nothing written meanwhile is lost. A record that stands already as it was before counts as taken back: an
// undo that was cut off goes on.
#include "services/cli/undo.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/arena.h"
#include "common/base/hash.h"
#include "common/base/i18n.h"
#include "common/base/system_error.h"
#include "common/base/vec.h"
#include "common/forms/past.h"
#include "common/forms/refs.h"
#include "common/forms/sheet.h"
#include "common/forms/words.h"
#include "common/node/msg.h"
#include "common/schema/fault.h"
#include "common/schema/kinds.h"
#include "services/cli/ask.h"
#include "services/cli/journal.h"
#include "services/cli/named.h"
#include "services/cli/output.h"
#include "services/cli/put.h"
#include "services/cli/sender.h"

enum { TOLD_MOST = 10, REFUSED_MOST = 1000, REMOVALS = 500 };

typedef struct refused { // in the first pass
    size_t entry;
    fault_t fault;
} refused_t;

typedef struct undo {
    const cli_t *cli;
    ask_t *ask;
    uint32_t service;
    journal_reader_t journal;
    bool *over;  // by entry: taken back before
    hash_t made; // ids of records that the import has made
    uint32_t *which_made;
    refused_t *refused;
    size_t n_refused, refused_room;
    size_t n_in_the_way, removed, restored;
    int result; // of asking for what was before
} undo_t;

static slice_t made_key(const void *owner, uint32_t number)
{
    const undo_t *undo = owner;
    const rid_t *id = &undo->journal.entries[undo->which_made[number]].id;
    return slice(id->b, sizeof id->b);
}

// KIND KEY, as people name it; the id where it cannot be told.
static void name_entry(undo_t *undo, const journal_entry_t *entry, char *ret_name, size_t size)
{
    const kind_rule_t *kind = kind_by_number(entry->kind);
    AUTO(msg_body_free) Selenga__Records *reply = NULL;
    Selenga__Get request = SELENGA__GET__INIT;
    AUTO(xfree) char *why = NULL;
    rid_t id = entry->id;
    record_t r;
    char key[KEY_TEXT_MAX], text[RID_TEXT];
    body_t *body = NULL;
    request.has_kind = request.has_id = true;
    request.kind = entry->kind;
    request.id = (ProtobufCBinaryData){sizeof id.b, id.b};
    char number[WORDS_KIND];
    const char *name = words_kind_in(entry->kind, i18n_now(), number);
    snprintf(ret_name, size, "%s %s", name, rid_text(&entry->id, text));
    int rc = ask_quietly(undo->ask, undo->service, MSG_GET, &request, MSG_RECORDS,
                         &selenga__records__descriptor, &reply, ASK_TIMEOUT_MS, &why);
    if (rc != CLI_DONE || kind == NULL || reply->n_records != 1) return;
    if (record_parse(slice(reply->records[0].data, reply->records[0].len), &r) != 0 || r.deleted) return;
    AUTO(arena_destroy) arena_t *arena = arena_new(4 * r.body.size + 4096);
    if (body_unpack(kind, r.body, arena, &body, NULL) != 0) return;
    if (*body_key_shown(kind, body, key) != '\0') snprintf(ret_name, size, "%s %s", name, key);
}

static void tell(undo_t *undo, const journal_entry_t *entry, const char *why)
{
    char name[FIELD_NAME_MAX + KEY_TEXT_MAX];
    if (undo->n_in_the_way++ >= TOLD_MOST) return;
    name_entry(undo, entry, name, sizeof name);
    cli_say("%s: %s", name, why);
}

// ---- what stands there and stood there

// The version of before, whole, and whether the present one says the same. False: it is not kept any more.
static bool read_before(undo_t *undo, const journal_entry_t *entry, Selenga__HistoryReply **ret_reply,
                        record_t *ret_before, bool *ret_same)
{
    Selenga__History request = SELENGA__HISTORY__INIT;
    rid_t id = entry->id;
    record_t now;
    request.has_kind = request.has_id = true;
    request.kind = entry->kind;
    request.id = (ProtobufCBinaryData){sizeof id.b, id.b};
    undo->result = ask_call(undo->ask, undo->service, MSG_HISTORY, &request, MSG_HISTORY_REPLY,
                            &selenga__history_reply__descriptor, ret_reply, ASK_TIMEOUT_MS);
    if (undo->result != CLI_DONE) return false;
    const Selenga__HistoryReply *reply = *ret_reply;
    bool stands = record_parse(slice(reply->now.data, reply->now.len), &now) == 0 && !now.deleted;
    for (size_t i = 0; i < reply->n_versions; i++) {
        char text[VERSION_TEXT];
        const ProtobufCBinaryData *bytes = &reply->versions[i]->record;
        if (record_parse(slice(bytes->data, bytes->len), ret_before) != 0) continue;
        if (strcmp(version_text(&ret_before->version, text), entry->replaced) != 0) continue;
        *ret_same = stands && slice_equal(now.body, ret_before->body);
        return true;
    }
    return false;
}

// ---- the first pass: is each record as the import wrote it?

static bool was_taken_back(undo_t *undo, const journal_entry_t *entry, const fault_t *fault)
{
    AUTO(msg_body_free) Selenga__HistoryReply *reply = NULL;
    record_t before;
    bool same = false;
    if (strcmp(fault->code, "CHANGED-SINCE") != 0) return false;
    if (entry->replaced[0] == '\0') return strcmp(fault->args[1], "-") == 0;
    return read_before(undo, entry, &reply, &before, &same) && same;
}

static void take_look(void *context, uint64_t tag, const Selenga__Outcome *outcome)
{
    undo_t *undo = context;
    if (outcome->result != RESULT_REJECTED) return;
    if (undo->n_refused == REFUSED_MOST) {
        undo->n_in_the_way++;
        return;
    }
    refused_t *one = vec_add(undo->refused, undo->n_refused, undo->refused_room);
    one->entry = tag;
    fault_from_proto(outcome->fault, &one->fault);
}

// The item is about the entry, under the version that the import wrote; the rest of it is the caller's.
static int add_item(sender_t *sender, const journal_entry_t *entry, size_t i, Selenga__Item *item)
{
    Selenga__Group group = SELENGA__GROUP__INIT;
    rid_t id = entry->id;
    item->has_kind = item->has_id = true;
    item->kind = entry->kind;
    item->id = (ProtobufCBinaryData){sizeof id.b, id.b};
    item->expect_version = (char *)(uintptr_t)entry->version;
    group.items = &item;
    group.n_items = 1;
    return sender_add(sender, &group, i);
}

// A change of nothing.
static int ask_version(undo_t *undo, sender_t *sender, size_t i)
{
    Selenga__Item item = SELENGA__ITEM__INIT;
    item.has_body = true;
    return add_item(sender, &undo->journal.entries[i], i, &item);
}

static int look(undo_t *undo)
{
    AUTO(sender_destroy)
    sender_t *sender = sender_new(undo->ask, undo->service, SENDING_DRY, take_look, undo);
    int r = CLI_DONE;
    for (size_t i = 0; i < undo->journal.n && r == CLI_DONE; i++) r = ask_version(undo, sender, i);
    if (r == CLI_DONE) r = sender_flush(sender);
    for (size_t i = 0; i < undo->n_refused && r == CLI_DONE; i++) {
        const refused_t *one = &undo->refused[i];
        const journal_entry_t *entry = &undo->journal.entries[one->entry];
        char text[FAULT_TEXT];
        if (was_taken_back(undo, entry, &one->fault))
            undo->over[one->entry] = true;
        else
            tell(undo, entry, fault_text(&one->fault, text, sizeof text));
        r = undo->result;
    }
    return r;
}

// ---- the second: may what is new go?

// Refers to it only what goes as well?
static bool is_held_within(const undo_t *undo, const fault_t *fault)
{
    char name[64];
    const char *key = strchr(fault->args[1], ':');
    const kind_rule_t *kind;
    rid_t id;
    why_t why;
    if (strcmp(fault->code, "REFERRED-TO") != 0 || key == NULL) return false;
    snprintf(name, sizeof name, "%.*s", (int)(key - fault->args[1]), fault->args[1]);
    return (kind = kind_by_name(name)) != NULL && refs_record(kind, key + 1, i18n_now(), &id, &why) == 0 &&
           hash_find(&undo->made, slice(id.b, sizeof id.b)) != HASH_NONE;
}

static void take_trial(void *context, uint64_t tag, const Selenga__Outcome *outcome)
{
    undo_t *undo = context;
    fault_t fault;
    char text[FAULT_TEXT];
    if (outcome->result != RESULT_REJECTED) return;
    fault_from_proto(outcome->fault, &fault);
    if (!is_held_within(undo, &fault))
        tell(undo, &undo->journal.entries[tag], fault_text(&fault, text, sizeof text));
}

static int add_removal(sender_t *sender, const journal_entry_t *entry, size_t i)
{
    Selenga__Item item = SELENGA__ITEM__INIT;
    item.has_deleted = item.deleted = true;
    item.why = (char *)"import --undo";
    return add_item(sender, entry, i, &item);
}

static int try_removals(undo_t *undo)
{
    AUTO(sender_destroy)
    sender_t *sender = sender_new(undo->ask, undo->service, SENDING_DRY, take_trial, undo);
    int r = CLI_DONE;
    for (size_t i = undo->journal.n; i-- > 0 && r == CLI_DONE;)
        if (!undo->over[i] && undo->journal.entries[i].replaced[0] == '\0')
            r = add_removal(sender, &undo->journal.entries[i], i);
    return r == CLI_DONE ? sender_flush(sender) : r;
}

// ---- the third: back, the last first

static void take_outcome(void *context, uint64_t tag, const Selenga__Outcome *outcome)
{
    undo_t *undo = context;
    const journal_entry_t *entry = &undo->journal.entries[tag];
    fault_t fault;
    char text[FAULT_TEXT];
    if (outcome->result != RESULT_REJECTED) {
        undo->removed += entry->replaced[0] == '\0';
        undo->restored += entry->replaced[0] != '\0';
        return;
    }
    fault_from_proto(outcome->fault, &fault);
    tell(undo, entry, fault_text(&fault, text, sizeof text));
}

static int add_restoration(undo_t *undo, sender_t *sender, size_t i)
{
    const journal_entry_t *entry = &undo->journal.entries[i];
    const kind_rule_t *kind = kind_by_number(entry->kind);
    AUTO(msg_body_free) Selenga__HistoryReply *reply = NULL;
    record_t before;
    bool same;
    uint32_t set[PAST_FIELDS];
    if (kind == NULL || !read_before(undo, entry, &reply, &before, &same)) {
        if (undo->result == CLI_DONE) tell(undo, entry, _("what it said before is not kept any more"));
        return undo->result;
    }
    Selenga__Item item = SELENGA__ITEM__INIT;
    item.has_body = true;
    item.body = (ProtobufCBinaryData){before.body.size, (uint8_t *)(uintptr_t)before.body.data};
    item.set = set;
    item.n_set = past_fields(kind, set);
    return add_item(sender, entry, i, &item);
}

// What goes is kept in mind by the node's other programs until they have read that it is gone.
static int take_back(undo_t *undo)
{
    AUTO(sender_destroy)
    sender_t *sender = sender_new(undo->ask, undo->service, SENDING_BULK, take_outcome, undo);
    int r = CLI_DONE;
    for (size_t i = undo->journal.n; i-- > 0 && r == CLI_DONE;) {
        const journal_entry_t *entry = &undo->journal.entries[i];
        if (undo->over[i]) continue;
        r = entry->replaced[0] == '\0' ? add_removal(sender, entry, i) : add_restoration(undo, sender, i);
        if (r == CLI_DONE && i % REMOVALS == 0) r = sender_flush(sender);
        if (i % REMOVALS == 0) ask_catch_up_all(undo->ask);
    }
    return r == CLI_DONE ? sender_flush(sender) : r;
}

// ---- all of it

static int in_the_way(const undo_t *undo, const char *sentence)
{
    if (undo->n_in_the_way > TOLD_MOST) cli_say(_("and %zu more"), undo->n_in_the_way - TOLD_MOST);
    return cli_refuse("%s", sentence);
}

static int run(undo_t *undo)
{
    ask_catch_up_all(undo->ask);
    int r = look(undo);
    if (r == CLI_DONE && undo->n_in_the_way == 0) r = try_removals(undo);
    if (r != CLI_DONE) return r;
    if (undo->n_in_the_way > 0)
        return in_the_way(
            undo, _("Nothing was taken back: what the import wrote has been changed or is referred to."));
    r = take_back(undo);
    if (r == CLI_DONE && undo->n_in_the_way > 0)
        r = in_the_way(undo, _("The rest was taken back. See to these, and say --undo again."));
    return r;
}

static int print(const undo_t *undo)
{
    if (undo->cli->json) {
        json_t *json = json_pack("{s:s, s:o, s:I, s:I}", "sheet", undo->journal.sheet, "file",
                                 output_text(undo->journal.source), "removed", (json_int_t)undo->removed,
                                 "restored", (json_int_t)undo->restored);
        output_json(&json);
    } else {
        printf(_("%s of %s, %s: "), undo->journal.sheet, undo->journal.source, undo->journal.began);
        printf(i18n_n("%zu record removed, ", "%zu records removed, ", undo->removed), undo->removed);
        printf(i18n_n("%zu written again as it was\n", "%zu written again as they were\n", undo->restored),
               undo->restored);
    }
    return CLI_DONE;
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

// The last message of a run may have been obeyed, and nobody have heard of it. From now on the run sends
// none.
static int ask_run(undo_t *undo, uint32_t service, const uint8_t *run)
{
    Selenga__EndRun request = SELENGA__END_RUN__INIT;
    AUTO(msg_body_free) Selenga__PutReply *reply = NULL;
    request.has_run = true;
    request.run = (ProtobufCBinaryData){JOURNAL_RUN, (uint8_t *)(uintptr_t)run};
    int r = ask_call(undo->ask, service, MSG_RUN_END, &request, MSG_PUT_REPLY,
                     &selenga__put_reply__descriptor, &reply, ASK_TIMEOUT_MS);
    for (size_t i = 0; r == CLI_DONE && i < reply->n_outcomes; i++)
        for (size_t k = 0; k < reply->outcomes[i]->n_items; k++) {
            journal_entry_t entry;
            if (journal_entry_of(reply->outcomes[i]->items[k], &entry)) journal_merge(&undo->journal, &entry);
        }
    return r;
}

static int ask_runs(undo_t *undo)
{
    AUTO(sheet_destroy) sheet_t *sheet = NULL;
    const journal_reader_t *journal = &undo->journal;
    int r = journal->n_runs > 0 ? named_sheet(journal->sheet, &sheet) : CLI_DONE;
    for (size_t i = 0; i < journal->n_runs && r == CLI_DONE; i++)
        r = ask_run(undo, sheet_kind(sheet, 0)->number / 100, journal->runs[i]);
    return r;
}

// One that was cut off before it wrote anything is none.
static int find_journal(undo_t *undo, int *ret_rc)
{
    const cli_t *cli = undo->cli;
    *ret_rc = journal_read(cli->node, &undo->journal);
    int r = *ret_rc == 0 ? ask_runs(undo) : CLI_DONE;
    if (*ret_rc != 0 || r != CLI_DONE || !undo->journal.cut_off || undo->journal.n > 0) return r;
    *ret_rc = journal_forget(cli->node, &undo->journal);
    journal_clear(&undo->journal);
    if (*ret_rc == 0) *ret_rc = journal_read(cli->node, &undo->journal);
    return *ret_rc == 0 ? ask_runs(undo) : CLI_DONE;
}

static int open_journal(undo_t *undo)
{
    const cli_t *cli = undo->cli;
    journal_reader_t *ret = &undo->journal;
    int rc, r = find_journal(undo, &rc);
    if (r != CLI_DONE) return r;
    if (rc == -ENOENT) return cli_refuse(_("there is no import of this node to take back"));
    if (rc == -EBUSY)
        return cli_refuse(_("an import of this node is under way: wait for its end, then --undo"));
    if (rc < 0) return cli_refuse("%s/import.undo: %s", cli->node, system_error(-rc));
    bool same_sheet = strcmp(ret->sheet, cli->args[0]) == 0;
    bool same_file = cli->n_args < 2 || strcmp(base_name(ret->source), base_name(cli->args[1])) == 0;
    if (same_sheet && same_file) return CLI_DONE;
    return cli_refuse(_("the last import was sheet %s of %s at %s; only that can be taken back"), ret->sheet,
                      ret->source, ret->began);
}

int undo_run(const cli_t *cli)
{
    undo_t undo = {.cli = cli, .journal = {.fd = -1}};
    AUTO(sheet_destroy) sheet_t *sheet = NULL;
    int r = named_sheet(cli->args[0], &sheet);
    if (r != CLI_DONE) return r;
    AUTO(ask_destroy) ask_t *ask = NULL;
    r = ask_open(cli, &ask);
    undo.ask = ask;
    if (r == CLI_DONE) r = open_journal(&undo);
    undo.service = sheet_kind(sheet, 0)->number / 100;
    undo.over = xcalloc(undo.journal.n + 1, sizeof *undo.over);
    undo.which_made = xcalloc(undo.journal.n + 1, sizeof *undo.which_made);
    hash_init(&undo.made, made_key, &undo);
    for (size_t i = 0; i < undo.journal.n && r == CLI_DONE; i++) {
        const journal_entry_t *entry = &undo.journal.entries[i];
        undo.which_made[undo.made.n] = (uint32_t)i; // where a new key will be looked for
        if (entry->replaced[0] == '\0') hash_add(&undo.made, slice(entry->id.b, sizeof entry->id.b));
    }
    if (r == CLI_DONE) r = run(&undo);
    if (r == CLI_DONE) r = print(&undo);
    int forgot = r == CLI_DONE ? journal_forget(cli->node, &undo.journal) : 0;
    if (forgot < 0) cli_say("%s/import.undo: %s", cli->node, system_error(-forgot));
    hash_empty(&undo.made);
    free(undo.over);
    free(undo.which_made);
    free(undo.refused);
    journal_clear(&undo.journal);
    return r;
}
