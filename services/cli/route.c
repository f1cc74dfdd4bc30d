// SPDX-License-Identifier: Apache-2.0
// Individual educational routes: the program proposes from a teacher's needs, a person confirms (152-ФЗ, art.
// 16).
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/arena.h"
#include "common/base/clock.h"
#include "common/base/i18n.h"
#include "common/base/util.h"
#include "common/base/vec.h"
#include "common/forms/json.h"
#include "common/forms/routed.h"
#include "common/forms/table.h"
#include "common/forms/words.h"
#include "common/node/msg.h"
#include "proto/kinds.h"
#include "proto/routing.pb-c.h"
#include "services/cli/ask.h"
#include "services/cli/listing.h"
#include "services/cli/named.h"
#include "services/cli/output.h"
#include "services/cli/review.h"
#include "services/cli/route_print.h"
#include "services/cli/show.h"
#include "services/cli/terminal.h"
#include "services/cli/verbs.h"

enum { OPTION_CAMPAIGN = CLI_KEY, OPTION_BY, OPTION_TUTOR, OPTION_PDF };

typedef struct held { // a record of the answer
    uint8_t *wire;
    size_t size;
    Selenga__Record *record;
    int64_t step; // an activity's number within its route; the route itself comes first
} held_t;

typedef struct shown {
    held_t *items;
    size_t n, room;
} shown_t;

static int64_t step_of(const Selenga__Record *record)
{
    if (record->kind != N_ACTIVITY) return -1;
    AUTO(msg_body_free)
    Selenga__Activity *activity =
        msg_body_unpack(&selenga__activity__descriptor, slice(record->body.data, record->body.len));
    return activity != NULL ? routed_place(activity) : INT64_MAX;
}

static int take(slice_t wire, const Selenga__Record *record, void *context)
{
    shown_t *shown = context;
    held_t *held = vec_add(shown->items, shown->n, shown->room);
    *held = (held_t){.wire = xmemdup(wire.data, wire.size), .size = wire.size, .step = step_of(record)};
    held->record = msg_body_unpack(&selenga__record__descriptor, wire);
    return CLI_DONE;
}

static int by_step(const void *a, const void *b)
{
    int64_t left = ((const held_t *)a)->step, right = ((const held_t *)b)->step;
    return (left > right) - (left < right);
}

static int print_json(ask_t *ask, const shown_t *shown)
{
    int r = CLI_DONE;
    json_t *array = json_array();
    for (size_t i = 0; i < shown->n; i++) {
        json_t *json = show_json(slice(shown->items[i].wire, shown->items[i].size));
        if (r == CLI_DONE) r = review_show(ask, shown->items[i].record, json, stdout);
        json_array_append_new(array, json);
    }
    output_json(&array);
    return r;
}

// What all steps of a route have in common, route and person, stands above the table.
static const char STEP_COLUMNS[] = "code,title,form,planned_from,planned_to,done_on,document,result,hours,"
                                   "competency,programme,reason";

static void add_step(grid_t *grid, const table_t *table, const Selenga__Record *record)
{
    char value[VIEW_TEXT];
    body_t *body = NULL;
    slice_t bytes = slice(record->body.data, record->body.len);
    AUTO(arena_destroy) arena_t *arena = arena_new(bytes.size);
    if (body_unpack(&KIND_ACTIVITY, bytes, arena, &body, NULL) != 0) return;
    table_row_t row = {.bodies = {body}};
    for (size_t i = 0; i < table->n_shown; i++) {
        grid_cell(grid, table_cell(table, table->shown[i], &row, view_for(i18n_now()), value));
        if (i == 0)
            grid_cell(grid, routed_state_text(routed_state((const Selenga__Activity *)body, wall_day())));
    }
}

static void begin_steps(grid_t *grid, table_t *ret_table)
{
    char unknown[TABLE_NAME_MAX];
    table_of_kind(&KIND_ACTIVITY, ret_table);
    int r = table_choose(ret_table, STEP_COLUMNS, unknown);
    assert(r == 0);
    (void)r;
    for (size_t i = 0; i < ret_table->n_shown; i++) {
        grid_column(grid, table_heading(ret_table, ret_table->shown[i], view_for(i18n_now())));
        if (i == 0) grid_column(grid, _("state"));
    }
    grid_fit(grid, terminal_width());
}

static int print_tables(ask_t *ask, const shown_t *shown)
{
    int r = CLI_DONE;
    AUTO(grid_destroy) grid_t *steps = grid_new();
    table_t table;
    begin_steps(steps, &table);
    for (size_t i = 0; i < shown->n; i++) {
        const Selenga__Record *record = shown->items[i].record;
        if (record->kind == N_ACTIVITY) {
            add_step(steps, &table, record);
            continue;
        }
        show_record(record, stdout);
        r = review_show(ask, record, NULL, stdout);
    }
    putchar('\n');
    if (grid_rows(steps) == 0) puts(_("no activities"));
    grid_print(steps, stdout);
    return r;
}

// Shows what was taken, if all went well, and forgets it.
static int finish(const cli_t *cli, ask_t *ask, shown_t *shown, int result)
{
    if (shown->n > 0) qsort(shown->items, shown->n, sizeof *shown->items, by_step);
    if (result == CLI_DONE) result = (cli->json ? print_json : print_tables)(ask, shown);
    for (size_t i = 0; i < shown->n; i++) {
        free(shown->items[i].wire);
        msg_body_free(&shown->items[i].record);
    }
    free(shown->items);
    return result;
}

// Asks routing and shows the records of the answer: the route and its activities.
static int ask_and_show(const cli_t *cli, uint32_t type, const void *request)
{
    AUTO(ask_destroy) ask_t *ask = NULL;
    AUTO(msg_body_free) Selenga__Records *reply = NULL;
    int r = ask_open(cli, &ask);
    if (r == CLI_DONE) ask_catch_up(ask, SERVICE_ROUTING);
    if (r == CLI_DONE)
        r = ask_call(ask, SERVICE_ROUTING, type, request, MSG_RECORDS, &selenga__records__descriptor, &reply,
                     ASK_TIMEOUT_MS);
    if (r != CLI_DONE) return r;
    shown_t shown = {0};
    r = ask_take_all(ask, reply, take, &shown);
    return finish(cli, ask, &shown, r);
}

static int run_propose(const cli_t *cli)
{
    if (!words_is_person(cli->args[0]))
        return cli_usage(cli, _("'%s' is not a person; write ORG:NUMBER, e.g. 03-08-01:17"), cli->args[0]);
    Selenga__Propose request = SELENGA__PROPOSE__INIT;
    request.person = cli->args[0];
    request.campaign = (char *)cli_option(cli, OPTION_CAMPAIGN);
    int r = ask_and_show(cli, MSG_ROUTE_PROPOSE, &request);
    if (r == CLI_DONE)
        cli_say(_("this is a draft; it comes into force when a person confirms it: selenga route confirm"));
    return r;
}

static int run_confirm(const cli_t *cli)
{
    const char *by = cli_option(cli, OPTION_BY), *tutor = cli_option(cli, OPTION_TUTOR);
    if (!by || !*by) return cli_usage(cli, _("who agrees to it? Give --by NAME"));
    if (tutor && !words_is_person(tutor))
        return cli_usage(cli, _("'%s' is not a person; write ORG:NUMBER, e.g. 03-08-01:17"), tutor);
    rid_t id;
    int r = named_record(&KIND_ROUTE, cli->args[0], &id);
    if (r != CLI_DONE) return r;
    Selenga__Confirm request = SELENGA__CONFIRM__INIT;
    request.has_route = true;
    request.route = (ProtobufCBinaryData){sizeof id.b, id.b};
    request.by = (char *)by;
    request.tutor = (char *)tutor;
    return ask_and_show(cli, MSG_ROUTE_CONFIRM, &request);
}

// The route that an id or a code names, and its code, by which activities refer to it; free it.
static int show_route(ask_t *ask, const rid_t *id, shown_t *shown, char **ret_code)
{
    Selenga__Get request = SELENGA__GET__INIT;
    request.has_kind = request.has_id = true;
    request.kind = N_ROUTE;
    request.id = (ProtobufCBinaryData){sizeof id->b, (uint8_t *)id->b};
    AUTO(msg_body_free) Selenga__Records *reply = NULL;
    int r = ask_call(ask, SERVICE_ROUTING, MSG_GET, &request, MSG_RECORDS, &selenga__records__descriptor,
                     &reply, ASK_TIMEOUT_MS);
    if (r == CLI_DONE) r = ask_take_all(ask, reply, take, shown);
    const Selenga__Record *record = r == CLI_DONE && shown->n > 0 ? shown->items[0].record : NULL;
    if (record == NULL) return r;
    AUTO(msg_body_free)
    Selenga__Route *route =
        msg_body_unpack(&selenga__route__descriptor, slice(record->body.data, record->body.len));
    if (route != NULL && route->code != NULL) *ret_code = xstrdup(route->code);
    return r;
}

static int run_show(const cli_t *cli)
{
    rid_t id;
    int r = named_record(&KIND_ROUTE, cli->args[0], &id);
    if (r != CLI_DONE) return r;
    AUTO(ask_destroy) ask_t *ask = NULL;
    r = ask_open(cli, &ask);
    if (r != CLI_DONE) return r;
    shown_t shown = {0};
    AUTO(xfree) char *code = NULL;
    r = show_route(ask, &id, &shown, &code);
    Selenga__Match match = SELENGA__MATCH__INIT, *where[] = {&match};
    match.field = "route";
    match.value = code;
    Selenga__List request = SELENGA__LIST__INIT;
    request.has_kind = true;
    request.kind = N_ACTIVITY;
    request.where = where;
    request.n_where = 1;
    if (r == CLI_DONE && code != NULL) r = ask_each(ask, &request, 0, take, NULL, &shown);
    return finish(cli, ask, &shown, r);
}

static const struct argp_option PROPOSE_OPTIONS[] = {
    {"campaign", OPTION_CAMPAIGN, "CODE", 0,
     N_("needs found in this diagnostic campaign; else all open ones"), 0},
    {0},
};

static const struct argp_option CONFIRM_OPTIONS[] = {
    {"by", OPTION_BY, "NAME", 0, N_("the person who agrees to the route (required)"), 0},
    {"tutor", OPTION_TUTOR, "ORG:NUMBER", 0, N_("who accompanies the teacher"), 0},
    {0},
};

static int run_print(const cli_t *cli)
{
    return route_print(cli, cli_option(cli, OPTION_PDF));
}

static const struct argp_option PRINT_OPTIONS[] = {
    {"pdf", OPTION_PDF, "FILE", 0, N_("the file to write (required)"), 0},
    {0},
};

static const verb_t ROUTE_VERBS[] = {
    {
        .name = "propose",
        .args = "PERSON",
        .min_args = 1,
        .max_args = 1,
        .options = PROPOSE_OPTIONS,
        .summary = N_("draft a route from a teacher's needs"),
        .text = N_("PERSON is ORG:NUMBER. The draft says for each activity why it was proposed. It never "
                   "comes into force "
                   "by itself."),
        .examples = "selenga --node school route propose 03-08-01:17 --campaign D-2024-1\n",
        .run = run_propose,
    },
    {
        .name = "confirm",
        .args = "CODE",
        .min_args = 1,
        .max_args = 1,
        .options = CONFIRM_OPTIONS,
        .summary = N_("put a drafted route into force"),
        .examples = "selenga --node school route confirm R-17-1 --by 'А. Б. Доржиева' --tutor 03-08-01:4\n",
        .run = run_confirm,
    },
    {
        .name = "show",
        .args = "CODE",
        .min_args = 1,
        .max_args = 1,
        .summary = N_("a route and its activities"),
        .examples = "selenga --node school route show R-17-1\n",
        .run = run_show,
    },
    {
        .name = "print",
        .args = "CODE",
        .min_args = 1,
        .max_args = 1,
        .options = PRINT_OPTIONS,
        .summary = N_("the printed route in five parts, as PDF"),
        .examples = "selenga --node school route print R-17-1 --pdf R-17-1.pdf\n",
        .run = run_print,
    },
    {0},
};

const verb_t ROUTE_SECTION[] = {
    {
        .name = "route",
        .verbs = ROUTE_VERBS,
        .summary = N_("propose, confirm and show individual educational routes"),
    },
    {0},
};
