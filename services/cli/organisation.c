// SPDX-License-Identifier: Apache-2.0
// Organisations change: each act is several records, written together or not at all. What was closed stays,
// so that reports of before still count it; where an organisation stood and what it was called stays, too.
#include <stdlib.h>
#include <string.h>

#include "common/base/arena.h"
#include "common/base/date.h"
#include "common/base/i18n.h"
#include "common/base/util.h"
#include "common/forms/value.h"
#include "common/node/msg.h"
#include "common/node/sending.h"
#include "common/schema/body.h"
#include "common/schema/fault.h"
#include "common/schema/ids.h"
#include "proto/registry.pb-c.h"
#include "services/cli/ask.h"
#include "services/cli/listing.h"
#include "services/cli/output.h"
#include "services/cli/verbs.h"

enum { OPTION_INTO = CLI_KEY, OPTION_TO, OPTION_NAME, OPTION_FROM, OPTION_DRY };
enum { ORGS_MAX = 8, ITEMS_MAX = ORGS_MAX, SETS_MAX = 8, SUCCESSORS = ORGS_MAX * (CODE_MAX + 1) };

typedef struct act {
    const cli_t *cli;
    ask_t *ask;
    arena_t *arena;
    int32_t last; // day before the change
    Selenga__Item items[ITEMS_MAX], *list[ITEMS_MAX];
    uint32_t sets[ITEMS_MAX][SETS_MAX];
    size_t n;
} act_t;

// ---- what is there

// All records of a kind whose field says that.
static int each(act_t *act, const kind_rule_t *kind, const char *field, const char *text, ask_take_t *take,
                void *context)
{
    Selenga__List request = SELENGA__LIST__INIT;
    Selenga__Match match = SELENGA__MATCH__INIT, *where[] = {&match};
    match.field = (char *)(uintptr_t)field;
    match.value = (char *)(uintptr_t)text;
    request.has_kind = true;
    request.kind = kind->number;
    request.where = where;
    request.n_where = 1;
    return ask_each(act->ask, &request, 0, take, NULL, context);
}

static int take_org(slice_t wire, const Selenga__Record *record, void *context)
{
    Selenga__Organisation **ret_org = context;
    (void)wire;
    msg_body_free(ret_org);
    *ret_org =
        msg_body_unpack(&selenga__organisation__descriptor, slice(record->body.data, record->body.len));
    return CLI_DONE;
}

static int get_org(act_t *act, const char *code, Selenga__Organisation **ret_org)
{
    int r = each(act, &KIND_ORGANISATION, "code", code, take_org, ret_org);
    if (r != CLI_DONE || *ret_org != NULL) return r;
    return cli_refuse(_("there is no organisation %s at this node; enter it first"), code);
}

typedef struct latest {
    bool any;
    int32_t to;
} latest_t;

static int take_past(slice_t wire, const Selenga__Record *record, void *context)
{
    latest_t *latest = context;
    AUTO(msg_body_free)
    Selenga__OrganisationPast *past =
        msg_body_unpack(&selenga__organisation_past__descriptor, slice(record->body.data, record->body.len));
    (void)wire;
    if (past == NULL || !past->has_to) return CLI_DONE;
    if (!latest->any || past->to > latest->to) *latest = (latest_t){true, past->to};
    return CLI_DONE;
}

// ---- what is written

typedef struct said {
    const char *field, *text; // NULL: not said
} said_t;

static int add(act_t *act, const kind_rule_t *kind, const said_t *said, size_t n)
{
    slice_t packed;
    fault_t fault;
    char why[FAULT_TEXT];
    Selenga__Item *item = &act->items[act->n];
    if (act->n == ITEMS_MAX) return cli_refuse(_("more than %d organisations at once"), ORGS_MAX);
    body_t *body = body_new(kind, act->arena);
    selenga__item__init(item);
    item->set = act->sets[act->n];
    for (size_t i = 0; i < n; i++) {
        size_t field = (size_t)kind_field(kind, said[i].field);
        if (said[i].text == NULL) continue;
        if (body_set_text(kind, body, field, said[i].text, act->arena, &fault) != 0)
            return cli_refuse("%s", fault_text_of(&fault, kind, i18n_now(), why, sizeof why));
        item->set[item->n_set++] = kind_field_number(kind, field);
    }
    if (body_pack(body, act->arena, &packed, &fault) != 0)
        return cli_refuse("%s", fault_text_of(&fault, kind, i18n_now(), why, sizeof why));
    item->has_kind = item->has_body = true;
    item->kind = kind->number;
    item->body = (ProtobufCBinaryData){packed.size, (uint8_t *)(uintptr_t)packed.data};
    act->list[act->n++] = item;
    return CLI_DONE;
}

// It was there, and was called so, until the day before. A second change of one day adds nothing.
static int keep_past(act_t *act, const Selenga__Organisation *org)
{
    char last[DATE_TEXT], known[DATE_TEXT];
    latest_t latest = {0};
    int r = each(act, &KIND_ORGANISATION_PAST, "org", org->code, take_past, &latest);
    if (r != CLI_DONE || (latest.any && latest.to == act->last)) return r;
    if (latest.any && latest.to > act->last)
        return cli_refuse(
            _("of %s a later change is known, until %s it was otherwise; give a day behind that"), org->code,
            date_text(latest.to, known));
    const said_t said[] = {
        {"org", org->code}, {"to", date_text(act->last, last)}, {"parent", org->parent}, {"name", org->name}};
    return add(act, &KIND_ORGANISATION_PAST, said, ARRAY_SIZE(said));
}

static int close_org(act_t *act, const char *code, const char *successors)
{
    char last[DATE_TEXT];
    AUTO(msg_body_free) Selenga__Organisation *org = NULL;
    int r = get_org(act, code, &org);
    if (r != CLI_DONE) return r;
    if (org->has_valid_to)
        return cli_refuse(_("%s is closed already, since %s"), code, date_text(org->valid_to, last));
    const said_t said[] = {
        {"code", code}, {"valid_to", date_text(act->last, last)}, {"successors", successors}};
    return add(act, &KIND_ORGANISATION, said, ARRAY_SIZE(said));
}

// ---- sending

static int tell(const act_t *act, const Selenga__Outcome *outcome)
{
    unsigned result = outcome->result;
    AUTO(xfree) char *why = ask_fault_of(outcome->fault, &KIND_ORGANISATION);
    if (result == RESULT_REJECTED) return cli_refuse("%s", why);
    bool dry = cli_option(act->cli, OPTION_DRY) != NULL;
    json_auto_t *array = json_array();
    for (size_t i = 0; i < outcome->n_items; i++) {
        const kind_rule_t *kind = kind_by_number(outcome->items[i]->kind);
        const char *what = outcome->items[i]->replaced != NULL ? "changed" : "new";
        if (kind == NULL) continue;
        json_array_append_new(array, json_pack("{s:s, s:s}", "kind", kind->name, "result", what));
    }
    if (act->cli->json) {
        json_t *json = json_pack("{s:b, s:O}", "dry", dry, "records", array);
        output_json(&json);
    } else {
        printf("%s: %zu\n", dry ? _("records that would be written") : _("records written"),
               outcome->n_items);
    }
    return CLI_DONE;
}

static int send_act(act_t *act)
{
    Selenga__Group group = SELENGA__GROUP__INIT, *groups[] = {&group};
    Selenga__Put request = SELENGA__PUT__INIT;
    AUTO(msg_body_free) Selenga__PutReply *reply = NULL;
    group.items = act->list;
    group.n_items = act->n;
    request.groups = groups;
    request.n_groups = 1;
    request.has_told = request.told = true;
    request.has_dry = request.dry = cli_option(act->cli, OPTION_DRY) != NULL;
    int r = ask_call(act->ask, SERVICE_REGISTRY, MSG_PUT, &request, MSG_PUT_REPLY,
                     &selenga__put_reply__descriptor, &reply, ASK_TIMEOUT_MS);
    if (r != CLI_DONE) return r;
    if (reply->n_outcomes != 1) return cli_refuse(_("the node sent a record that cannot be read"));
    return tell(act, reply->outcomes[0]);
}

static int begin(const cli_t *cli, act_t *act)
{
    const char *from = cli_option(cli, OPTION_FROM);
    int32_t day;
    *act = (act_t){.cli = cli};
    if (from == NULL) return cli_usage(cli, _("from which day on? Give --from DATE"));
    if (!value_day(from, &day)) return cli_usage(cli, _("'%s' is no day; write it as 2025-09-01"), from);
    act->last = day - 1;
    act->arena = arena_new(ITEMS_MAX * BODY_MAX);
    return ask_open(cli, &act->ask);
}

static int end(act_t *act, int r)
{
    if (r == CLI_DONE) r = send_act(act);
    ask_destroy(&act->ask);
    arena_destroy(&act->arena);
    return r;
}

// ---- merge, split

static bool is_given(char *const *list, size_t n, const char *code)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(list[i], code) == 0) return true;
    return false;
}

// Those that go on, each of which has to be there.
static int find_successors(act_t *act, char ret[static SUCCESSORS], char **list, size_t *ret_n)
{
    size_t at = 0, used = 0;
    const char *code;
    ret[0] = '\0';
    *ret_n = 0;
    while ((code = cli_option_next(act->cli, OPTION_INTO, &at)) != NULL) {
        AUTO(msg_body_free) Selenga__Organisation *org = NULL;
        if (*ret_n == ORGS_MAX) return cli_refuse(_("more than %d organisations at once"), ORGS_MAX);
        int r = get_org(act, code, &org);
        if (r != CLI_DONE) return r;
        used += (size_t)snprintf(ret + used, SUCCESSORS - used, "%s%s", used > 0 ? ";" : "", org->code);
        list[(*ret_n)++] = (char *)(uintptr_t)code;
    }
    return CLI_DONE;
}

static int close_all(act_t *act, size_t least, size_t most)
{
    char successors[SUCCESSORS], *list[ORGS_MAX];
    const cli_t *cli = act->cli;
    size_t n;
    int r = find_successors(act, successors, list, &n);
    if (r == CLI_DONE && (n < least || n > most))
        return cli_usage(cli, most == 1 ? _("into which one? Give --into CODE, once")
                                        : _("into which ones? Give --into CODE twice or more"));
    for (size_t i = 0; i < cli->n_args && r == CLI_DONE; i++)
        if (!is_given(list, n, cli->args[i])) r = close_org(act, cli->args[i], successors);
    if (r == CLI_DONE && act->n == 0) return cli_refuse(_("none of them ends: nothing is to be written"));
    return r;
}

static int run_merge(const cli_t *cli)
{
    act_t act;
    int r = begin(cli, &act);
    return end(&act, r == CLI_DONE ? close_all(&act, 1, 1) : r);
}

static int run_split(const cli_t *cli)
{
    act_t act;
    int r = begin(cli, &act);
    return end(&act, r == CLI_DONE ? close_all(&act, 2, ORGS_MAX) : r);
}

// ---- move, rename

static int change(act_t *act, const char *field, const char *text)
{
    AUTO(msg_body_free) Selenga__Organisation *org = NULL;
    const char *code = act->cli->args[0];
    int r = get_org(act, code, &org);
    if (r != CLI_DONE) return r;
    const char *now = strcmp(field, "parent") == 0 ? org->parent : org->name;
    if (now != NULL && strcmp(now, text) == 0)
        return cli_refuse(_("it is so already: nothing is to be written"));
    r = keep_past(act, org);
    const said_t said[] = {{"code", code}, {field, text}};
    return r == CLI_DONE ? add(act, &KIND_ORGANISATION, said, ARRAY_SIZE(said)) : r;
}

static int run_move(const cli_t *cli)
{
    act_t act;
    const char *to = cli_option(cli, OPTION_TO);
    if (to == NULL) return cli_usage(cli, _("under which organisation? Give --to CODE"));
    int r = begin(cli, &act);
    return end(&act, r == CLI_DONE ? change(&act, "parent", to) : r);
}

static int run_rename(const cli_t *cli)
{
    act_t act;
    const char *name = cli_option(cli, OPTION_NAME);
    if (name == NULL) return cli_usage(cli, _("what is it called from then on? Give --name TEXT"));
    int r = begin(cli, &act);
    return end(&act, r == CLI_DONE ? change(&act, "name", name) : r);
}

// ---- verbs

#define FROM                                                                                                 \
    {                                                                                                        \
        "from", OPTION_FROM, "DATE", 0, N_("first day on which it is so (required)"), 0                      \
    }
#define DRY                                                                                                  \
    {                                                                                                        \
        "dry-run", OPTION_DRY, 0, 0, N_("judge it and say how many records it takes, write nothing"), 0      \
    }

static const struct argp_option CLOSE_OPTIONS[] = {
    {"into", OPTION_INTO, "CODE", 0,
     N_("organisation that goes on in its place; it has to be there (required)"), 0},
    FROM,
    DRY,
    {0},
};
static const struct argp_option MOVE_OPTIONS[] = {
    {"to", OPTION_TO, "CODE", 0, N_("organisation above it from then on (required)"), 0}, FROM, DRY, {0}};
static const struct argp_option RENAME_OPTIONS[] = {
    {"name", OPTION_NAME, "TEXT", 0, N_("its full name from then on (required)"), 0}, FROM, DRY, {0}};

static const verb_t ORGANISATION_VERBS[] = {
    {
        .name = "merge",
        .args = "CODE...",
        .min_args = 1,
        .max_args = ORGS_MAX,
        .options = CLOSE_OPTIONS,
        .summary = N_("join organisations to another one"),
        .text = N_(
            "Their last day is the day before, and the other one their successor; where that is named among "
            "them it goes on. They stay, so that reports of before still count them. Their people are "
            "entered in the staff list of the other one, and their rows get a last day: `selenga attention` "
            "lists those that have none. A computer of theirs is revoked (`selenga node revoke`)."),
        .examples =
            "selenga --node region organisation merge 03-08-01 03-08-02 --into 03-08-09 --from 2025-09-01\n",
        .run = run_merge,
    },
    {
        .name = "split",
        .args = "CODE",
        .min_args = 1,
        .max_args = 1,
        .options = CLOSE_OPTIONS,
        .summary = N_("divide an organisation into others"),
        .examples =
            "selenga --node region organisation split 03-08-09 --into 03-08-10 --into 03-08-11 --from "
            "2025-09-01\n",
        .run = run_split,
    },
    {
        .name = "move",
        .args = "CODE",
        .min_args = 1,
        .max_args = 1,
        .options = MOVE_OPTIONS,
        .summary = N_("put an organisation under another one"),
        .text = N_(
            "Reports of periods that end before that day count it where it was. A computer of its own joins "
            "again there (`selenga node revoke` at the former hub, `selenga node invite` at the other)."),
        .examples = "selenga --node region organisation move 03-08-01 --to 03-01 --from 2025-09-01\n",
        .run = run_move,
    },
    {
        .name = "rename",
        .args = "CODE",
        .min_args = 1,
        .max_args = 1,
        .options = RENAME_OPTIONS,
        .summary = N_("give an organisation another name"),
        .text = N_("Reports of periods that end before that day call it as it was called."),
        .examples =
            "selenga --node region organisation rename 03-08-01 --name 'Лицей № 1' --from 2025-09-01\n",
        .run = run_rename,
    },
    {0},
};

const verb_t ORGANISATION_SECTION[] = {
    {
        .name = "organisation",
        .verbs = ORGANISATION_VERBS,
        .summary = N_("merge, split, move and rename organisations; reports of before stay as they were"),
    },
    {0},
};
