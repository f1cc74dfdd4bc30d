// SPDX-License-Identifier: Apache-2.0
// `selenga put`: all input is read and checked by the kind's rules first; then records go out, each its own
// group.
#include "services/cli/put.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/arena.h"
#include "common/base/system_error.h"
#include "common/base/util.h"
#include "common/base/vec.h"
#include "common/forms/json.h"
#include "common/forms/words.h"
#include "common/node/msg.h"
#include "common/schema/fault.h"
#include "services/cli/named.h"
#include "services/cli/output.h"
#include "services/cli/sender.h"
#include "services/cli/tally.h"

enum {
    MAX_INPUT_BYTES = 256 << 20, // packed records held at once; a sheet has no such bound
    BY_HAND = 100,               // more records at once are a load, as a sheet is
};

typedef struct pending {
    uint64_t line;
    uint8_t *bytes; // a packed Item
    size_t size;
} pending_t;

typedef struct put {
    const kind_rule_t *kind;
    pending_t *items;
    size_t n, room, bytes;
    bool take_key, strict;
    tally_t tally;
    json_t *results; // with --json
} put_t;

static void forget(put_t *put)
{
    for (size_t i = 0; i < put->n; i++) free(put->items[i].bytes);
    free(put->items);
    if (put->results) json_decref(put->results);
}

static int refuse_line(const char *name, uint64_t line, const kind_rule_t *kind, const fault_t *fault)
{
    char text[FAULT_TEXT];
    return cli_refuse(_("%s, line %llu: %s Nothing was written."), name, (unsigned long long)line,
                      fault_text_typed(fault, kind, i18n_now(), text, sizeof text));
}

static int keep(put_t *put, const Selenga__Item *item, uint64_t line)
{
    size_t size = selenga__item__get_packed_size(item);
    if (put->bytes + size > MAX_INPUT_BYTES)
        return cli_refuse(_("more than %d MiB of records at once: split the file, or import a sheet"),
                          MAX_INPUT_BYTES >> 20);
    pending_t *pending = vec_add(put->items, put->n, put->room);
    *pending = (pending_t){.line = line, .bytes = xmalloc(size + 1), .size = size};
    selenga__item__pack(item, pending->bytes);
    put->bytes += size;
    return CLI_DONE;
}

static int read_all(put_t *put, FILE *in, const char *name)
{
    AUTO(json_stream_destroy) json_stream_t *stream = json_stream_new(in);
    AUTO(arena_destroy) arena_t *arena = arena_new(JSON_RECORD_MAX);
    for (;;) {
        json_auto_t *json = NULL;
        fault_t fault;
        Selenga__Item *item = NULL;
        int r = json_stream_next(stream, &json, &fault);
        if (r == JSON_E_END) return CLI_DONE;
        if (r == 0) {
            arena_reset(arena, JSON_RECORD_MAX);
            r = item_from_json(put->kind, json, arena, &item, &fault);
        }
        if (r == 0 && put->take_key) item->has_take_key = item->take_key = true;
        if (r != 0) return refuse_line(name, json_stream_line(stream), put->kind, &fault);
        r = keep(put, item, json_stream_line(stream));
        if (r != CLI_DONE) return r;
    }
}

// Says and gathers what makes little sense.
static json_t *take_warnings(const put_t *put, uint64_t tag, const Selenga__Outcome *outcome)
{
    json_t *warnings = json_array();
    for (size_t i = 0; i < outcome->n_warnings; i++) {
        fault_t fault;
        char text[FAULT_TEXT];
        fault_from_proto(outcome->warnings[i], &fault);
        fault_text_typed(&fault, put->kind, i18n_now(), text, sizeof text);
        cli_say(_("line %llu: %s"), (unsigned long long)put->items[tag].line, text);
        json_array_append_new(warnings,
                              json_pack("{s:o, s:o, s:o}", "field", output_text(fault.field), "code",
                                        output_text(fault.code), "text", output_text(text)));
    }
    return warnings;
}

static void take_outcome(void *context, uint64_t tag, const Selenga__Outcome *outcome)
{
    put_t *put = context;
    tally_add(&put->tally, outcome->result);
    AUTO(xfree) char *why = ask_fault_typed(outcome->fault, put->kind);
    if (*why) cli_say(_("line %llu: %s"), (unsigned long long)put->items[tag].line, why);
    json_auto_t *warnings = take_warnings(put, tag, outcome);
    if (!put->results) return;
    static const char *const names[] = {"rejected", "new", "changed", "unchanged"};
    char id[RID_TEXT];
    json_t *json = json_object();
    json_object_set_new(json, "id", output_text(words_id(&outcome->id, id)));
    json_object_set_new(json, "result",
                        json_string(names[outcome->result <= RESULT_UNCHANGED ? outcome->result : 0]));
    if (outcome->fault != NULL && outcome->fault->code != NULL)
        json_object_set_new(json, "code", output_text(outcome->fault->code));
    json_object_set_new(json, "reason", output_text(why));
    json_object_set(json, "warnings", warnings);
    json_array_append_new(put->results, json);
}

static int send_all(put_t *put, ask_t *ask)
{
    unsigned how = (put->n > BY_HAND ? SENDING_BULK : 0) | (put->strict ? SENDING_STRICT : 0);
    AUTO(sender_destroy)
    sender_t *sender = sender_new(ask, put->kind->number / 100, how, take_outcome, put);
    for (size_t i = 0; i < put->n; i++) {
        AUTO(msg_body_free)
        Selenga__Item *item =
            msg_body_unpack(&selenga__item__descriptor, slice(put->items[i].bytes, put->items[i].size));
        if (!item) abort(); // we packed it
        Selenga__Group group = SELENGA__GROUP__INIT;
        group.n_items = 1;
        group.items = &item;
        int r = sender_add(sender, &group, i);
        if (r != CLI_DONE) return r;
    }
    return sender_flush(sender);
}

static int put_records(const cli_t *cli, put_t *put, FILE *in, const char *name)
{
    int r = read_all(put, in, name);
    if (r != CLI_DONE) return r;
    AUTO(ask_destroy) ask_t *ask = NULL;
    r = ask_open(cli, &ask);
    if (r == CLI_DONE) ask_catch_up(ask, put->kind->number / 100);
    if (r == CLI_DONE) r = send_all(put, ask);
    if (r != CLI_DONE) return r;
    if (cli->json) {
        json_t *json = tally_json(&put->tally);
        json_object_set(json, "records", put->results);
        output_json(&json);
    } else {
        tally_print(&put->tally, stdout);
    }
    return put->tally.rejected ? CLI_REFUSED : CLI_DONE;
}

int put_run(const cli_t *cli)
{
    const kind_rule_t *kind;
    int r = named_kind(cli->args[0], &kind);
    if (r != CLI_DONE) return r;
    bool from_file = cli->n_args > 1 && strcmp(cli->args[1], "-") != 0;
    const char *name = from_file ? cli->args[1] : _("standard input");
    FILE *in = from_file ? fopen(name, "re") : stdin;
    if (!in) return cli_refuse("%s: %s", name, system_error(errno));
    put_t put = {.kind = kind,
                 .take_key = cli_option(cli, OPTION_TAKE_KEY) != NULL,
                 .strict = cli_option(cli, OPTION_PUT_STRICT) != NULL,
                 .results = cli->json ? json_array() : NULL};
    r = put_records(cli, &put, in, name);
    forget(&put);
    if (from_file) fclose(in);
    return r;
}

int put_one(ask_t *ask, uint32_t service, Selenga__Item *item)
{
    Selenga__Group group = SELENGA__GROUP__INIT, *groups[] = {&group};
    Selenga__Put request = SELENGA__PUT__INIT;
    group.n_items = request.n_groups = 1;
    group.items = &item;
    request.groups = groups;
    AUTO(msg_body_free) Selenga__PutReply *reply = NULL;
    ask_catch_up(ask, service);
    int r = ask_call(ask, service, MSG_PUT, &request, MSG_PUT_REPLY, &selenga__put_reply__descriptor, &reply,
                     ASK_TIMEOUT_MS);
    if (r != CLI_DONE) return r;
    if (reply->n_outcomes != 1)
        return cli_refuse(_("%s gave an answer that cannot be read; are all programs of one version?"),
                          words_service(service));
    if (reply->outcomes[0]->result != RESULT_REJECTED) return CLI_DONE;
    AUTO(xfree) char *why = ask_fault_of(reply->outcomes[0]->fault, kind_by_number(item->kind));
    return cli_refuse("%s", why);
}
