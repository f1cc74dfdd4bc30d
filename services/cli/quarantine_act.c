// SPDX-License-Identifier: Apache-2.0
// Deciding about what was refused: one by one, or all of a neighbour or a code.
#include "services/cli/quarantine.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/base/i18n.h"
#include "common/node/msg.h"
#include "common/schema/ids.h"
#include "services/cli/ask.h"
#include "services/cli/output.h"

Selenga__QuarantineQuery quarantine_query(const cli_t *cli)
{
    Selenga__QuarantineQuery query = SELENGA__QUARANTINE_QUERY__INIT;
    query.from = (char *)(uintptr_t)cli_option(cli, OPTION_FROM);
    query.code = (char *)(uintptr_t)cli_option(cli, OPTION_CODE);
    return query;
}

void quarantine_go_on(Selenga__QuarantineQuery *query, quarantine_mark_t *mark, bool more,
                      const ProtobufCBinaryData *next)
{
    mark->more = more && next->len > 0 && next->len <= sizeof mark->bytes;
    if (!mark->more) return;
    memcpy(mark->bytes, next->data, next->len);
    query->has_after = true;
    query->after = (ProtobufCBinaryData){next->len, mark->bytes};
}

typedef struct act {
    uint32_t type;
    const char *why, *from;
    uint64_t met, n;
} act_t;

// The operator knows only the id: the service that has something under it takes the act.
static int act_on_id(const cli_t *cli, ask_t *ask, const char *text, act_t *act)
{
    rid_t id;
    if (!rid_parse(text, &id))
        return cli_usage(cli, _("'%s' is not an id; see: selenga quarantine list"), text);
    Selenga__QuarantineQuery query = SELENGA__QUARANTINE_QUERY__INIT;
    query.has_id = true;
    query.id = (ProtobufCBinaryData){sizeof id.b, id.b};
    act->met++;
    for (uint32_t service = SERVICES_FIRST; service < SERVICES_END; service++) {
        AUTO(msg_body_free) Selenga__QuarantineList *list = NULL;
        int r = ask_call(ask, service, MSG_QUARANTINE_LIST, &query, MSG_QUARANTINE_REPLY,
                         &selenga__quarantine_list__descriptor, &list, ASK_TIMEOUT_MS);
        if (r != CLI_DONE) return r;
        if (list->n_items == 0) continue;
        Selenga__QuarantineAct body = SELENGA__QUARANTINE_ACT__INIT;
        body.has_id = true;
        body.id = query.id;
        body.why = (char *)(uintptr_t)act->why;
        body.from = (char *)(uintptr_t)act->from;
        r = ask_call(ask, service, act->type, &body, MSG_DONE, NULL, NULL, ASK_TIMEOUT_MS);
        act->n += r == CLI_DONE;
        return r;
    }
    return cli_refuse(_("%s is not in quarantine here; see: selenga quarantine list"), text);
}

static void show_progress(const act_t *act, bool last)
{
    if (isatty(STDERR_FILENO)) dprintf(STDERR_FILENO, "\r%" PRIu64 "%s", act->n, last ? "\r\033[K" : "");
}

static int act_on_many(const cli_t *cli, ask_t *ask, uint32_t service, act_t *act)
{
    Selenga__QuarantineQuery query = quarantine_query(cli);
    Selenga__QuarantineAct body = SELENGA__QUARANTINE_ACT__INIT;
    quarantine_mark_t mark = {.more = true};
    body.query = &query;
    body.why = (char *)(uintptr_t)act->why;
    while (mark.more) {
        AUTO(msg_body_free) Selenga__QuarantineDone *done = NULL;
        int r = ask_call(ask, service, act->type, &body, MSG_QUARANTINE_DONE,
                         &selenga__quarantine_done__descriptor, &done, ASK_TIMEOUT_MS);
        if (r != CLI_DONE) return r;
        act->met += done->met;
        act->n += done->done;
        show_progress(act, false);
        quarantine_go_on(&query, &mark, done->has_next, &done->next);
    }
    return CLI_DONE;
}

static int say_done(const cli_t *cli, const act_t *act)
{
    if (!cli->json) {
        if (act->type == MSG_QUARANTINE_RETRY)
            printf(_("%" PRIu64 " of %" PRIu64 " were let in\n"), act->n, act->met);
        else
            printf(_("%" PRIu64 " of %" PRIu64 " were discarded\n"), act->n, act->met);
        return CLI_DONE;
    }
    json_t *json = json_object();
    json_object_set_new(json, "met", json_integer((json_int_t)act->met));
    json_object_set_new(json, "done", json_integer((json_int_t)act->n));
    output_json(&json);
    return CLI_DONE;
}

// What could not be done to one id is said, and the others are gone on with.
static int act_on_ids(const cli_t *cli, ask_t *ask, act_t *act)
{
    int result = CLI_DONE;
    for (size_t i = 0; i < cli->n_args; i++) {
        int r = act_on_id(cli, ask, cli->args[i], act);
        if (r == CLI_USAGE || r == CLI_LATER) return r;
        if (r != CLI_DONE) result = r;
    }
    return result;
}

static int run_act(const cli_t *cli, act_t *act)
{
    bool filtered = cli_option(cli, OPTION_FROM) != NULL || cli_option(cli, OPTION_CODE) != NULL;
    if (filtered == (cli->n_args > 0))
        return cli_usage(cli, _("name ids, or say which: --from PEER, --code CODE"));
    AUTO(ask_destroy) ask_t *ask = NULL;
    int r = ask_open(cli, &ask);
    if (r == CLI_DONE && !filtered) return act_on_ids(cli, ask, act);
    for (uint32_t service = SERVICES_FIRST; service < SERVICES_END && r == CLI_DONE; service++)
        r = act_on_many(cli, ask, service, act);
    if (filtered) show_progress(act, true);
    return r == CLI_DONE ? say_done(cli, act) : r;
}

int quarantine_retry(const cli_t *cli)
{
    act_t act = {.type = MSG_QUARANTINE_RETRY};
    return run_act(cli, &act);
}

int quarantine_discard(const cli_t *cli)
{
    act_t act = {.type = MSG_QUARANTINE_DISCARD, .why = cli_option(cli, OPTION_WHY)};
    if (!act.why || !*act.why) return cli_usage(cli, _("say why: --why TEXT"));
    return run_act(cli, &act);
}

int quarantine_take(const cli_t *cli)
{
    act_t act = {.type = MSG_QUARANTINE_TAKE, .from = cli_option(cli, OPTION_FROM)};
    AUTO(ask_destroy) ask_t *ask = NULL;
    int r = ask_open(cli, &ask);
    return r == CLI_DONE ? act_on_ids(cli, ask, &act) : r;
}
