// SPDX-License-Identifier: Apache-2.0
// The last import of the node: its journal is read, and common/forms/undoing does the work.
#include "services/cli/undo.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/arena.h"
#include "common/base/i18n.h"
#include "common/base/system_error.h"
#include "common/forms/sheet.h"
#include "common/forms/undoing.h"
#include "common/forms/words.h"
#include "common/node/msg.h"
#include "common/schema/fault.h"
#include "common/schema/kinds.h"
#include "services/cli/ask.h"
#include "services/cli/named.h"
#include "services/cli/output.h"

typedef struct undo {
    const cli_t *cli;
    ask_t *ask;
    char path[PATH_MAX];
    journal_reader_t journal;
    undoing_t *undoing;
    bool over;
    int result;
} undo_t;

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
    int rc = ask_quietly(undo->ask, entry->kind / 100, MSG_GET, &request, MSG_RECORDS,
                         &selenga__records__descriptor, &reply, ASK_TIMEOUT_MS, &why);
    if (rc != CLI_DONE || kind == NULL || reply->n_records != 1) return;
    if (record_parse(slice(reply->records[0].data, reply->records[0].len), &r) != 0 || r.deleted) return;
    AUTO(arena_destroy) arena_t *arena = arena_new(4 * r.body.size + 4096);
    if (body_unpack(kind, r.body, arena, &body, NULL) != 0) return;
    if (*body_key_shown(kind, body, key) != '\0') snprintf(ret_name, size, "%s %s", name, key);
}

// What is in the way, and what came of it.
static int tell(undo_t *undo)
{
    char name[FIELD_NAME_MAX + KEY_TEXT_MAX], text[FAULT_TEXT];
    const undoing_told_t *told;
    size_t all = undoing_in_the_way(undo->undoing), n = undoing_told(undo->undoing, &told);
    if (all == 0) return CLI_DONE;
    for (size_t i = 0; i < n; i++) {
        name_entry(undo, told[i].entry, name, sizeof name);
        cli_say("%s: %s", name,
                told[i].forgotten ? _("what it said before is not kept any more")
                                  : fault_text_of(&told[i].fault, kind_by_number(told[i].entry->kind),
                                                  i18n_now(), text, sizeof text));
    }
    if (all > n) cli_say(_("and %zu more"), all - n);
    return cli_refuse("%s", undoing_began(undo->undoing)
                                ? _("The rest was taken back. See to these, and say --undo again.")
                                : _("Nothing was taken back: what the import wrote has been changed or is "
                                    "referred to."));
}

static void take_end(void *context, client_status_t status, const client_why_t *why)
{
    undo_t *undo = context;
    undo->over = true;
    undo->result = ask_said(undo->ask, status, why);
}

static int run(undo_t *undo)
{
    client_why_t why;
    client_t *client = ask_client(undo->ask);
    AUTO(sheet_destroy) sheet_t *sheet = NULL;
    int r = named_sheet(undo->cli->args[0], &sheet);
    if (r != CLI_DONE) return r;
    uint32_t service = sheet_kind(sheet, 0)->number / 100;
    undo->undoing =
        undoing_start(client, service, NULL, "import --undo", &undo->journal, take_end, undo, &why);
    if (undo->undoing == NULL) return ask_said(undo->ask, CLIENT_LATER, &why);
    client_wait(client, &undo->over);
    return undo->result == CLI_DONE ? tell(undo) : undo->result;
}

static int print(const undo_t *undo)
{
    size_t removed = undoing_removed(undo->undoing), restored = undoing_restored(undo->undoing);
    if (undo->cli->json) {
        json_t *json = json_pack("{s:s, s:o, s:I, s:I}", "sheet", undo->journal.sheet, "file",
                                 output_text(undo->journal.source), "removed", (json_int_t)removed,
                                 "restored", (json_int_t)restored);
        output_json(&json);
    } else {
        printf(_("%s of %s, %s: "), undo->journal.sheet, undo->journal.source, undo->journal.began);
        printf(i18n_n("%zu record removed, ", "%zu records removed, ", removed), removed);
        printf(i18n_n("%zu written again as it was\n", "%zu written again as they were\n", restored),
               restored);
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
    journal_reader_t *journal = &undo->journal;
    int r = journal->n_runs > 0 ? named_sheet(journal->sheet, &sheet) : CLI_DONE;
    for (size_t i = 0; i < journal->n_runs && r == CLI_DONE; i++)
        r = ask_run(undo, sheet_kind(sheet, 0)->number / 100, journal->runs[i]);
    journal->n_runs = 0; // nobody need ask again
    return r;
}

// One that was cut off before it wrote anything is none.
static int find_journal(undo_t *undo, int *ret_rc)
{
    *ret_rc = journal_read(undo->path, &undo->journal);
    int r = *ret_rc == 0 ? ask_runs(undo) : CLI_DONE;
    if (*ret_rc != 0 || r != CLI_DONE || !undo->journal.cut_off || undo->journal.n > 0) return r;
    *ret_rc = journal_forget(undo->path, &undo->journal);
    journal_clear(&undo->journal);
    if (*ret_rc == 0) *ret_rc = journal_read(undo->path, &undo->journal);
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
    if (rc < 0) return cli_refuse("%s: %s", undo->path, system_error(-rc));
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
    snprintf(undo.path, sizeof undo.path, "%s/" IMPORT_JOURNAL, cli->node != NULL ? cli->node : ".");
    undo.ask = ask;
    if (r == CLI_DONE) r = open_journal(&undo);
    if (r == CLI_DONE) r = run(&undo);
    if (r == CLI_DONE) r = print(&undo);
    int forgot = r == CLI_DONE ? journal_forget(undo.path, &undo.journal) : 0;
    if (forgot < 0) cli_say("%s: %s", undo.path, system_error(-forgot));
    undoing_destroy(&undo.undoing);
    journal_clear(&undo.journal);
    return r;
}
