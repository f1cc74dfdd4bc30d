// SPDX-License-Identifier: Apache-2.0
// A version is brought back by writing it again, under all rules of today, over the version that stands now.
#include "services/cli/history.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/arena.h"
#include "common/base/i18n.h"
#include "common/base/shell.h"
#include "common/forms/past.h"
#include "common/forms/view.h"
#include "common/forms/words.h"
#include "common/node/msg.h"
#include "common/schema/body.h"
#include "common/store/record.h"
#include "services/cli/ask.h"
#include "services/cli/named.h"
#include "services/cli/output.h"
#include "services/cli/put.h"
#include "services/cli/show.h"

typedef struct past {
    const kind_rule_t *kind;
    rid_t id;
    Selenga__HistoryReply *reply;
} past_t;

static int ask_past(const cli_t *cli, ask_t *ask, past_t *past)
{
    Selenga__History request = SELENGA__HISTORY__INIT;
    (void)cli;
    request.has_kind = request.has_id = true;
    request.kind = past->kind->number;
    request.id = (ProtobufCBinaryData){sizeof past->id.b, past->id.b};
    return ask_call(ask, past->kind->number / 100, MSG_HISTORY, &request, MSG_HISTORY_REPLY,
                    &selenga__history_reply__descriptor, &past->reply, ASK_TIMEOUT_MS);
}

// ---- showing

// Fields that differ between a version and the one that came after it.
static void show_changes(const kind_rule_t *kind, const record_t *older, const record_t *newer)
{
    AUTO(arena_destroy) arena_t *arena = arena_new(2 * (older->body.size + newer->body.size));
    body_t *before = past_body(kind, older, arena), *after = past_body(kind, newer, arena);
    char was[VIEW_TEXT], is[VIEW_TEXT];
    view_t view = view_for(i18n_now());
    if (before == NULL || newer->deleted) return;
    for (size_t i = 0; i < kind->n_fields && after != NULL; i++) {
        const char *one = view_value(kind, before, i, view, was);
        const char *other = view_value(kind, after, i, view, is);
        if (strcmp(one, other) != 0)
            printf("  %s: %s → %s\n", view_name(&kind->fields[i], view), *one ? one : "-",
                   *other ? other : "-");
    }
}

static const char *when_words(const Selenga__Replaced *one, char buf[static VIEW_TEXT])
{
    const char *text = view_moment(one->replaced_s, i18n_now(), buf);
    return *text != '\0' ? text : "-";
}

static void show_now(const record_t *now)
{
    char version[VERSION_TEXT], author[WORDS_AUTHOR];
    version_text(&now->version, version);
    if (now->deleted)
        printf(_("%s: deleted by %s\n"), version, words_author(now->author, i18n_now(), author));
    else
        printf(_("%s: written by %s, the present one\n"), version,
               words_author(now->author, i18n_now(), author));
}

static void show_past(const past_t *past)
{
    record_t newer, older;
    bool has_newer = past_read(&past->reply->now, &newer);
    if (has_newer) show_now(&newer);
    for (size_t i = 0; i < past->reply->n_versions; i++) {
        char version[VERSION_TEXT], when[VIEW_TEXT], author[WORDS_AUTHOR];
        if (!past_read(&past->reply->versions[i]->record, &older)) continue;
        if (has_newer) show_changes(past->kind, &older, &newer);
        printf(_("%s: written by %s, replaced %s\n"), version_text(&older.version, version),
               words_author(older.author, i18n_now(), author), when_words(past->reply->versions[i], when));
        newer = older;
        has_newer = true;
    }
}

static void add_json(output_array_t *array, const ProtobufCBinaryData *bytes, bool replaced,
                     int64_t replaced_s)
{
    json_t *json = show_json(slice(bytes->data, bytes->len));
    if (json_is_object(json)) json_object_set_new(json, "replaced_at", output_time(replaced, replaced_s));
    output_array_add(array, &json);
}

static void print_past(const past_t *past)
{
    output_array_t array;
    output_array_begin(&array);
    if (past->reply->has_now) add_json(&array, &past->reply->now, false, 0);
    for (size_t i = 0; i < past->reply->n_versions; i++)
        add_json(&array, &past->reply->versions[i]->record, true, past->reply->versions[i]->replaced_s);
    output_array_end(&array);
}

static int open_past(const cli_t *cli, ask_t **ret_ask, past_t *past)
{
    int r = named_kind(cli->args[0], &past->kind);
    if (r == CLI_DONE) r = named_record(past->kind, cli->args[1], &past->id);
    if (r == CLI_DONE) r = ask_open(cli, ret_ask);
    return r == CLI_DONE ? ask_past(cli, *ret_ask, past) : r;
}

int history_run(const cli_t *cli)
{
    AUTO(ask_destroy) ask_t *ask = NULL;
    past_t past = {0};
    int r = open_past(cli, &ask, &past);
    if (r == CLI_DONE && cli->json)
        print_past(&past);
    else if (r == CLI_DONE)
        show_past(&past);
    if (r == CLI_DONE && past.reply->foreign)
        cli_say(_("this record is another node's: what was replaced is kept there"));
    if (r == CLI_DONE && past.reply->more) cli_say(_("older versions are kept too; they do not fit here"));
    msg_body_free(&past.reply);
    return r;
}

// ---- bringing back

static int write_again(ask_t *ask, const past_t *past, const record_t *version)
{
    record_t now;
    char expected[VERSION_TEXT] = "";
    uint32_t set[PAST_FIELDS];
    Selenga__Item item = SELENGA__ITEM__INIT;
    if (past_read(&past->reply->now, &now) && !now.deleted) version_text(&now.version, expected);
    item.n_set = past_fields(past->kind, set);
    item.has_kind = item.has_id = item.has_body = true;
    item.kind = past->kind->number;
    item.id = (ProtobufCBinaryData){sizeof past->id.b, (uint8_t *)(uintptr_t)past->id.b};
    item.body = (ProtobufCBinaryData){version->body.size, (uint8_t *)(uintptr_t)version->body.data};
    item.set = set;
    item.expect_version = expected;
    return put_one(ask, past->kind->number / 100, &item);
}

static int restore(const cli_t *cli, ask_t *ask, const past_t *past)
{
    record_t version;
    const char *wanted = cli_option(cli, OPTION_VERSION);
    if (past->reply->foreign)
        return cli_refuse(_("this record is another node's: what was replaced is kept there"));
    AUTO(xfree) char *key = shell_word(cli->args[1]);
    if (!past_find(past->reply, wanted, &version))
        return cli_refuse(_("no version %s is kept of it; see: selenga history %s %s"), wanted,
                          past->kind->name, key);
    return write_again(ask, past, &version);
}

int restore_run(const cli_t *cli)
{
    AUTO(ask_destroy) ask_t *ask = NULL;
    past_t past = {0};
    const char *wanted = cli_option(cli, OPTION_VERSION);
    if (wanted == NULL || *wanted == '\0') return cli_usage(cli, _("say which version: --version V"));
    int r = open_past(cli, &ask, &past);
    if (r == CLI_DONE) r = restore(cli, ask, &past);
    msg_body_free(&past.reply);
    return r;
}
