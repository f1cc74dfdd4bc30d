// SPDX-License-Identifier: Apache-2.0
// Records one by one: kinds, put, get, list, delete. What a kind is like comes from its row of rules, never
// from here.
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/i18n.h"
#include "common/base/util.h"
#include "common/forms/json.h"
#include "common/node/msg.h"
#include "common/schema/describe.h"
#include "services/cli/ask.h"
#include "services/cli/case.h"
#include "services/cli/history.h"
#include "services/cli/import.h"
#include "services/cli/list.h"
#include "services/cli/listing.h"
#include "services/cli/named.h"
#include "services/cli/output.h"
#include "services/cli/put.h"
#include "services/cli/review.h"
#include "services/cli/show.h"
#include "services/cli/trace.h"
#include "services/cli/verbs.h"

enum { OPTION_WHY = CLI_KEY };

// ---- kinds

static int run_kinds(const cli_t *cli)
{
    const kind_rule_t *kind = NULL;
    int r = cli->n_args ? named_kind(cli->args[0], &kind) : CLI_DONE;
    if (r != CLI_DONE) return r;
    if (!cli->json) {
        kinds_describe(kind, stdout);
        return CLI_DONE;
    }
    json_t *json = kind ? kind_to_json(kind) : json_array();
    for (size_t i = 0; !kind && i < N_KINDS; i++) json_array_append_new(json, kind_to_json(KINDS[i]));
    output_json(&json);
    return CLI_DONE;
}

// ---- get

typedef struct getting {
    const cli_t *cli;
    ask_t *ask;
} getting_t;

static int take_one(slice_t wire, const Selenga__Record *record, void *context)
{
    const getting_t *getting = context;
    if (!getting->cli->json) {
        show_record(record, stdout);
        return review_show(getting->ask, record, NULL, stdout);
    }
    json_t *json = show_json(wire);
    int r = review_show(getting->ask, record, json, stdout);
    output_json(&json);
    return r;
}

static int run_get(const cli_t *cli)
{
    const kind_rule_t *kind;
    rid_t id;
    int r = named_kind(cli->args[0], &kind);
    if (r == CLI_DONE) r = named_record(kind, cli->args[1], &id);
    if (r != CLI_DONE) return r;
    AUTO(ask_destroy) ask_t *ask = NULL;
    AUTO(msg_body_free) Selenga__Records *reply = NULL;
    Selenga__Get request = SELENGA__GET__INIT;
    request.has_kind = request.has_id = true;
    request.kind = kind->number;
    request.id = (ProtobufCBinaryData){sizeof id.b, id.b};
    r = ask_open(cli, &ask);
    if (r == CLI_DONE)
        r = ask_call(ask, kind->number / 100, MSG_GET, &request, MSG_RECORDS, &selenga__records__descriptor,
                     &reply, ASK_TIMEOUT_MS);
    if (r != CLI_DONE) return r;
    if (reply->n_records == 0)
        return cli_refuse(_("there is no %s %s at this node"), kind->name, cli->args[1]);
    getting_t getting = {cli, ask};
    return ask_take_all(ask, reply, take_one, &getting);
}

// ---- delete

static int run_delete(const cli_t *cli)
{
    const kind_rule_t *kind;
    rid_t id;
    const char *why = cli_option(cli, OPTION_WHY);
    if (!why || !*why) return cli_usage(cli, _("say why: --why TEXT"));
    int r = named_kind(cli->args[0], &kind);
    if (r == CLI_DONE) r = named_record(kind, cli->args[1], &id);
    if (r != CLI_DONE) return r;
    AUTO(ask_destroy) ask_t *ask = NULL;
    r = ask_open(cli, &ask);
    if (r != CLI_DONE) return r;
    Selenga__Item item = SELENGA__ITEM__INIT;
    item.has_kind = item.has_id = item.has_deleted = true;
    item.kind = kind->number;
    item.id = (ProtobufCBinaryData){sizeof id.b, id.b};
    item.deleted = true;
    item.why = (char *)why;
    return put_one(ask, kind->number / 100, &item);
}

// ---- table

static const struct argp_option IMPORT_OPTIONS_LIST[] = {IMPORT_OPTIONS};

static const struct argp_option PUT_OPTIONS[] = {
    {"take-key", OPTION_TAKE_KEY, NULL, 0,
     N_("also where a node below holds a record of this key: in its place"), 0},
    {"strict", OPTION_PUT_STRICT, NULL, 0, N_("reject records that there is a warning about"), 0},
    {0},
};

static const struct argp_option TEMPLATE_OPTIONS[] = {
    {"xlsx", TEMPLATE_OPTION_XLSX, "FILE", 0, N_("write a workbook there in place of CSV"), 0},
    {0},
};

static const struct argp_option DELETE_OPTIONS[] = {
    {"why", OPTION_WHY, "TEXT", 0, N_("the reason, kept with the deletion (required)"), 0},
    {0},
};

static const struct argp_option RESTORE_OPTIONS[] = {
    {"version", OPTION_VERSION, "V", 0, N_("the version, as `history` shows it (required)"), 0},
    {0},
};

const verb_t RECORD_SECTION[] = {
    {
        .name = "kinds",
        .args = "[KIND]",
        .max_args = 1,
        .summary = N_("the kinds of records; or one kind's fields, reach, writers, personal-data classes"),
        .examples = "selenga kinds\nselenga kinds mentoring-pair\nselenga --json kinds person\n",
        .run = run_kinds,
    },
    {
        .name = "import",
        .args = "SHEET [FILE]",
        .min_args = 1,
        .max_args = 2,
        .summary = N_("take in a sheet: XLSX or CSV"),
        .text = IMPORT_TEXT,
        .options = IMPORT_OPTIONS_LIST,
        .more = import_list_sheets,
        .examples = "selenga --node school import staff staff.csv\n"
                    "selenga --node school import staff list.csv --map 'Staff no.=number' --strict\n"
                    "selenga --node school import staff staff.csv --dry-run\n"
                    "selenga --node school import staff --undo\n"
                    "selenga --node region --json import organisation organisations.csv\n"
                    "ssh old-server cat staff.csv | selenga --node school import staff -\n",
        .run = import_run,
    },
    {
        .name = "template",
        .args = "SHEET",
        .min_args = 1,
        .max_args = 1,
        .options = TEMPLATE_OPTIONS,
        .summary = N_("print an empty sheet to fill in, with headings in your language"),
        .text = N_("The workbook has drop-downs, formats, and a second page that explains each column; "
                   "required columns "
                   "are coloured. Filled in, either form is taken by `import`."),
        .more = import_list_sheets,
        .examples = "selenga template staff --xlsx staff.xlsx\nselenga template event > event.csv\n",
        .run = template_run,
    },
    {
        .name = "export",
        .args = "SHEET",
        .min_args = 1,
        .max_args = 1,
        .summary = N_("print a sheet as CSV, as `import` takes it"),
        .more = import_list_sheets,
        .examples = "selenga --node school export staff > staff.csv\n",
        .run = export_run,
    },
    {
        .name = "put",
        .args = "KIND [FILE]",
        .min_args = 1,
        .max_args = 2,
        .options = PUT_OPTIONS,
        .summary = N_("write one record or an array of records from JSON"),
        .text = PUT_TEXT,
        .examples = "selenga --node school put event event.json\n"
                    "echo '{\"code\":\"T-1\",\"org\":\"03-08-01\"}' | selenga --node school put team\n",
        .run = put_run,
    },
    {
        .name = "get",
        .args = "KIND REF",
        .min_args = 2,
        .max_args = 2,
        .summary = N_("one record, by its id or natural key"),
        .text = N_("The parts of a key are joined by ':' (a person is ORG:NUMBER)."),
        .examples = "selenga --node school get employment 03-08-01:17\nselenga --node region --json get "
                    "programme P-12\n",
        .run = run_get,
    },
    {
        .name = "list",
        .args = "KIND",
        .min_args = 1,
        .max_args = 1,
        .options = LIST_OPTIONS,
        .summary = N_("the records of a kind that this node holds"),
        .text = LIST_TEXT,
        .examples = "selenga --node region list organisation --where parent=03-08\n"
                    "selenga --node school list staff --find иван --sort last_name --limit 20\n"
                    "selenga --node school list staff --columns last_name,post,rate --xlsx staff.xlsx\n"
                    "selenga --node region --json list enrolment --org 03-08-01 --limit 100\n",
        .run = list_run,
    },
    {
        .name = "delete",
        .args = "KIND REF",
        .min_args = 2,
        .max_args = 2,
        .options = DELETE_OPTIONS,
        .summary = N_("delete one record; it disappears wherever it has gone"),
        .text = N_(
            "What other records of this node refer to is not deleted: the refusal says how many do, names "
            "one, and says how the record is ended instead. While a program of the node is silent, nothing "
            "that its records may refer to is deleted (exit 75)."),
        .examples = "selenga --node school delete event E-7 --why 'entered twice'\n",
        .run = run_delete,
    },
    {
        .name = "history",
        .args = "KIND REF",
        .min_args = 2,
        .max_args = 2,
        .summary = N_("what people's changes of a record have replaced, latest first"),
        .text = N_(
            "At the node where the record is written what a change or a deletion replaces is kept for 30 "
            "days, at most 50 versions of one record, and fewer where very much is changed. With --json an "
            "array of records, the present one first; `replaced_at` is null for that one."),
        .examples = "selenga --node region history organisation 03-08-01\n",
        .run = history_run,
    },
    {
        .name = "trace",
        .args = "KIND REF",
        .min_args = 2,
        .max_args = 2,
        .summary = N_("where a record is: its home, here, the node above, and who refused it"),
        .text = N_(
            "Whether the node above has it follows from what it has acknowledged: a record of this node is "
            "there when its version is not newer, a record from below when nothing waits. A node knows its "
            "neighbours only: what happens beyond them is known there. With --json `above` is one of root, "
            "came, stays, unknown, waiting, delivered and refused."),
        .examples = "selenga --node school trace event E-7\n",
        .run = trace_run,
    },
    {
        .name = "restore",
        .args = "KIND REF",
        .min_args = 2,
        .max_args = 2,
        .options = RESTORE_OPTIONS,
        .summary = N_("write an earlier version of a record again, also of a deleted one"),
        .text =
            N_("It is written under the rules of today, over the version that `history` shows as the present "
               "one, and what it replaces is kept in its turn. Computed fields are computed anew."),
        .examples = "selenga --node region restore organisation 03-08-01 --version 1.42.9f3a5c0102030405\n",
        .run = restore_run,
    },
    {
        .name = "case",
        .verbs = CASE_VERBS,
        .summary = N_("frameworks of competencies as CASE 1.1 files"),
    },
    {0},
};
