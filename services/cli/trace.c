// SPDX-License-Identifier: Apache-2.0
#include "services/cli/trace.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/i18n.h"
#include "common/forms/trace.h"
#include "common/forms/view.h"
#include "common/forms/words.h"
#include "common/node/msg.h"
#include "services/cli/ask.h"
#include "services/cli/named.h"
#include "services/cli/output.h"

enum { SENTENCE = 512 };

typedef struct known {
    const kind_rule_t *kind;
    rid_t id;
    Selenga__Records *records;
    Selenga__Queues *queues;
    Selenga__QuarantineList *refused;
    Selenga__Record *record;
} known_t;

static void known_free(known_t *known)
{
    if (known->record != NULL) selenga__record__free_unpacked(known->record, NULL);
    msg_body_free(&known->records);
    msg_body_free(&known->queues);
    msg_body_free(&known->refused);
}

static int ask_all(ask_t *ask, known_t *known)
{
    uint32_t service = known->kind->number / 100;
    ProtobufCBinaryData id = {sizeof known->id.b, known->id.b};
    Selenga__Get get = SELENGA__GET__INIT;
    Selenga__QuarantineQuery query = SELENGA__QUARANTINE_QUERY__INIT;
    get.has_kind = get.has_id = get.has_deleted_too = query.has_id = true;
    get.kind = known->kind->number;
    get.id = query.id = id;
    get.deleted_too = true; // a deletion goes the same way
    int r = ask_call(ask, service, MSG_GET, &get, MSG_RECORDS, &selenga__records__descriptor, &known->records,
                     ASK_TIMEOUT_MS);
    if (r == CLI_DONE)
        r = ask_call(ask, service, MSG_QUEUES, NULL, MSG_QUEUES_REPLY, &selenga__queues__descriptor,
                     &known->queues, ASK_TIMEOUT_MS);
    if (r == CLI_DONE)
        r = ask_call(ask, service, MSG_QUARANTINE_LIST, &query, MSG_QUARANTINE_REPLY,
                     &selenga__quarantine_list__descriptor, &known->refused, ASK_TIMEOUT_MS);
    return r;
}

static void print_refused(const known_t *known, const Selenga__Quarantined *item)
{
    char when[VIEW_TEXT];
    char *text = ask_fault_of(item->fault, known->kind);
    bool here = item->at == NULL || strcmp(item->at, "here") == 0;
    printf(_("refused: version %s, at %s, since %s: %s\n"), item->version, here ? _("here") : item->at,
           view_moment(item->came_s, i18n_now(), when), text);
    free(text);
}

static void print_text(const known_t *known, const trace_t *trace, const char *version)
{
    char text[SENTENCE], author[WORDS_AUTHOR];
    printf(_("home: %s\n"), trace_home_text(trace, text, sizeof text));
    printf(known->record->deleted ? _("here: version %s, deleted by %s\n")
                                  : _("here: version %s, written by %s\n"),
           version, words_author(slice_text(known->record->author), i18n_now(), author));
    printf(_("above: %s\n"), trace_up_text(trace->up));
    if (trace->has_state && trace->up >= TRACE_UP_UNKNOWN)
        printf(_("line to %s: %s, %llu waiting, it took something %s ago\n"), trace->up_org,
               words_state(trace->state, i18n_now()), (unsigned long long)trace->waiting,
               words_duration(trace->progress_s, i18n_now(), text, sizeof text));
    if (trace->below > 0) printf(_("below: %zu of %zu have it\n"), trace->have, trace->below);
    for (size_t i = 0; i < trace->n_refused; i++) print_refused(known, trace->refused[i]);
}

static void print_json(const trace_t *trace, const char *version)
{
    static const char *const homes[] = {"here", "below", "above", "elsewhere"};
    bool feed = trace->has_state && trace->up >= TRACE_UP_UNKNOWN;
    json_t *document = json_object(), *refused = json_array();
    for (size_t i = 0; i < trace->n_refused; i++) {
        const Selenga__Quarantined *item = trace->refused[i];
        json_t *one = json_object();
        json_object_set_new(one, "at", output_text(item->at));
        json_object_set_new(one, "version", output_text(item->version));
        json_object_set_new(one, "code", output_text(item->fault != NULL ? item->fault->code : NULL));
        json_object_set_new(one, "since", output_time(item->has_came_s, item->came_s));
        json_array_append_new(refused, one);
    }
    json_object_set_new(document, "home", output_text(homes[trace->home]));
    json_object_set_new(document, "home_org", output_text(trace->home_org));
    json_object_set_new(document, "version", output_text(version));
    json_object_set_new(document, "above", output_text(trace_up_code(trace->up)));
    json_object_set_new(document, "above_org", output_text(trace->up_org));
    json_object_set_new(document, "line", output_text(feed ? trace->state : NULL));
    json_object_set_new(document, "waiting", output_integer(feed, (int64_t)trace->waiting));
    json_object_set_new(document, "last_progress_s", output_integer(feed, (int64_t)trace->progress_s));
    json_object_set_new(document, "below", output_integer(trace->goes_down, (int64_t)trace->below));
    json_object_set_new(document, "below_have", output_integer(trace->goes_down, (int64_t)trace->have));
    json_object_set_new(document, "refused", refused);
    output_json(&document);
}

static int print(const cli_t *cli, known_t *known)
{
    char version[VERSION_TEXT];
    AUTO(node_conf_clear) node_conf_t conf = {0};
    trace_t trace;
    why_t why;
    if (known->records->n_records == 0)
        return cli_refuse(_("there is no %s %s at this node"), known->kind->name, cli->args[1]);
    const ProtobufCBinaryData *wire = &known->records->records[0];
    known->record = selenga__record__unpack(NULL, wire->len, wire->data);
    if (known->record == NULL) return cli_refuse(_("the node sent a record that cannot be read"));
    if (node_conf_load(cli->node, &conf, &why) != 0) return cli_refuse("%s", why.text);
    const Selenga__Record *record = known->record;
    version_text(&(version_t){.inc = record->inc, .seq = record->seq, .boot = record->boot}, version);
    trace_of(record, &conf, known->queues, known->refused, &trace);
    if (cli->json)
        print_json(&trace, version);
    else
        print_text(known, &trace, version);
    return CLI_DONE;
}

int trace_run(const cli_t *cli)
{
    AUTO(ask_destroy) ask_t *ask = NULL;
    AUTO(known_free) known_t known = {0};
    int r = named_kind(cli->args[0], &known.kind);
    if (r == CLI_DONE) r = named_record(known.kind, cli->args[1], &known.id);
    if (r == CLI_DONE) r = ask_open(cli, &ask);
    if (r == CLI_DONE) r = ask_all(ask, &known);
    return r == CLI_DONE ? print(cli, &known) : r;
}
