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
#include "services/cli/ask.h"
#include "services/cli/import.h"
#include "services/cli/listing.h"
#include "services/cli/named.h"
#include "services/cli/output.h"
#include "services/cli/put.h"
#include "services/cli/show.h"
#include "services/cli/verbs.h"

enum { OPTION_ORG = CLI_KEY, OPTION_WHERE, OPTION_LIMIT, OPTION_WHY, MAX_WHERE = 16 };

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

static int take_one(slice_t wire, const Selenga__Record *record, void *context)
{
    const cli_t *cli = context;
    if (!cli->json) {
        show_record(record, stdout);
        return CLI_DONE;
    }
    json_t *json = show_json(wire);
    output_json(&json);
    return CLI_DONE;
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
    return ask_take_all(ask, reply, take_one, (void *)cli);
}

// ---- list

typedef struct listing {
    const kind_rule_t *kind;
    bool json;
    output_array_t array;
    grid_t *grid;
    uint64_t n;
} listing_t;

static int list_take(slice_t wire, const Selenga__Record *record, void *context)
{
    listing_t *listing = context;
    listing->n++;
    if (!listing->json) {
        show_row(listing->grid, listing->kind, record);
        return CLI_DONE;
    }
    json_t *json = show_json(wire);
    output_array_add(&listing->array, &json);
    return ferror(stdout) ? CLI_REFUSED : CLI_DONE; // nobody reads on
}

static void list_turn(void *context)
{
    listing_t *listing = context;
    if (!listing->json) grid_print(listing->grid, stdout);
}

// FIELD=VALUE; the texts point into `text`, which is cut at the '='.
static int read_where(const cli_t *cli, const kind_rule_t *kind, char *text, Selenga__Match *ret_match)
{
    char *equals = strchr(text, '=');
    if (!equals || equals == text) return cli_usage(cli, _("--where '%s' is not FIELD=VALUE"), text);
    *equals = '\0';
    if (kind_field(kind, text) < 0)
        return cli_refuse(_("%s has no field '%s'; see: selenga kinds %s"), kind->name, text, kind->name);
    selenga__match__init(ret_match);
    ret_match->field = text;
    ret_match->value = equals + 1;
    return CLI_DONE;
}

static int read_conditions(const cli_t *cli, const kind_rule_t *kind, Selenga__Match *matches,
                           Selenga__Match **where, size_t *ret_n)
{
    size_t at = 0, n = 0;
    const char *text;
    while ((text = cli_option_next(cli, OPTION_WHERE, &at))) {
        if (n == MAX_WHERE) return cli_usage(cli, _("more than %d conditions"), MAX_WHERE);
        int r = read_where(cli, kind, (char *)text, &matches[n]); // a word of argv: ours to cut
        if (r != CLI_DONE) return r;
        where[n] = &matches[n];
        n++;
    }
    *ret_n = n;
    return CLI_DONE;
}

static int list(const cli_t *cli, ask_t *ask, Selenga__List *request, const kind_rule_t *kind, uint64_t limit)
{
    AUTO(grid_destroy) grid_t *grid = grid_new();
    listing_t listing = {.kind = kind, .json = cli->json, .grid = grid};
    if (cli->json)
        output_array_begin(&listing.array);
    else
        show_columns(grid, kind);
    int r = ask_each(ask, request, limit, list_take, list_turn, &listing);
    if (cli->json) output_array_end(&listing.array);
    if (r == CLI_DONE && !cli->json && listing.n == 0) cli_say(_("nothing of kind %s fits"), kind->name);
    return r;
}

static int run_list(const cli_t *cli)
{
    const kind_rule_t *kind;
    Selenga__Match matches[MAX_WHERE], *where[MAX_WHERE];
    Selenga__List request = SELENGA__LIST__INIT;
    int64_t limit = 0;
    const char *most = cli_option(cli, OPTION_LIMIT);
    if (most && !int_parse(most, 1, INT64_MAX, &limit))
        return cli_usage(cli, _("--limit '%s' is not a number from 1 on"), most);
    int r = named_kind(cli->args[0], &kind);
    if (r == CLI_DONE) r = read_conditions(cli, kind, matches, where, &request.n_where);
    if (r != CLI_DONE) return r;
    request.where = where;
    request.org = (char *)cli_option(cli, OPTION_ORG);
    request.has_kind = true;
    request.kind = kind->number;
    AUTO(ask_destroy) ask_t *ask = NULL;
    r = ask_open(cli, &ask);
    return r == CLI_DONE ? list(cli, ask, &request, kind, (uint64_t)limit) : r;
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
    Selenga__Item item = SELENGA__ITEM__INIT, *items[] = {&item};
    item.has_kind = item.has_id = item.has_deleted = true;
    item.kind = kind->number;
    item.id = (ProtobufCBinaryData){sizeof id.b, id.b};
    item.deleted = true;
    item.why = (char *)why;
    Selenga__Group group = SELENGA__GROUP__INIT, *groups[] = {&group};
    group.n_items = 1;
    group.items = items;
    Selenga__Put request = SELENGA__PUT__INIT;
    request.n_groups = 1;
    request.groups = groups;
    return put_one(ask, kind->number / 100, &request);
}

// ---- table

static const struct argp_option LIST_OPTIONS[] = {
    {"org", OPTION_ORG, "CODE", 0, N_("only of this organisation"), 0},
    {"where", OPTION_WHERE, "FIELD=VALUE", 0, N_("only those with this value; may be given several times"),
     0},
    {"limit", OPTION_LIMIT, "N", 0, N_("at most N records"), 0},
    {0},
};

static const struct argp_option DELETE_OPTIONS[] = {
    {"why", OPTION_WHY, "TEXT", 0, N_("the reason, kept with the deletion (required)"), 0},
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
        .args = "SHEET FILE",
        .min_args = 2,
        .max_args = 2,
        .summary = N_("take in a CSV sheet"),
        .text = IMPORT_TEXT,
        .more = import_list_sheets,
        .examples = "selenga --node school import staff staff.csv\n"
                    "selenga --node region --json import organisation organisations.csv\n"
                    "ssh old-server cat staff.csv | selenga --node school import staff -\n",
        .run = import_run,
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
        .examples = "selenga --node region list organisation --where parent=03-08\n"
                    "selenga --node region --json list enrolment --org 03-08-01 --limit 100\n",
        .run = run_list,
    },
    {
        .name = "delete",
        .args = "KIND REF",
        .min_args = 2,
        .max_args = 2,
        .options = DELETE_OPTIONS,
        .summary = N_("delete one record; it disappears wherever it has gone"),
        .examples = "selenga --node school delete event E-7 --why 'entered twice'\n",
        .run = run_delete,
    },
    {0},
};
