// SPDX-License-Identifier: Apache-2.0
// What was refused, and conflicts: listed in pages, counted, and decided about one by one or by neighbour and
// code.
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/base/clock.h"
#include "common/base/i18n.h"
#include "common/base/text.h"
#include "common/base/util.h"
#include "common/base/vec.h"
#include "common/forms/grid.h"
#include "common/forms/json.h"
#include "common/forms/words.h"
#include "common/node/msg.h"
#include "common/node/refused.h"
#include "common/schema/fault.h"
#include "common/schema/ids.h"
#include "services/cli/ask.h"
#include "services/cli/output.h"
#include "services/cli/quarantine.h"

enum { SHOWN_MOST = 100 };

static Selenga__QuarantineQuery query_of(const cli_t *cli)
{
    Selenga__QuarantineQuery query = SELENGA__QUARANTINE_QUERY__INIT;
    query.from = (char *)(uintptr_t)words_place_of(cli_option(cli, QUARANTINE_FROM), i18n_now());
    query.code = (char *)(uintptr_t)cli_option(cli, QUARANTINE_CODE);
    return query;
}

static const char *from_name(uint32_t peer, const char *org, char *buffer, size_t size)
{
    return org != NULL && *org != '\0' ? org : words_peer(peer, buffer, size);
}

static void say_nothing(const cli_t *cli)
{
    bool filtered = cli_option(cli, QUARANTINE_FROM) != NULL || cli_option(cli, QUARANTINE_CODE) != NULL;
    puts(filtered ? _("nothing of the kind is in quarantine") : _("nothing is in quarantine"));
}

// Pages of one service until the last, or until *left (NULL: all) items have come.
static int each_page(const cli_t *cli, ask_t *ask, uint32_t service, bool counts, uint64_t *left,
                     refused_take_t *take, void *arg)
{
    refused_query_t query = {.service = service, .which = query_of(cli), .most = left != NULL ? *left : 0};
    client_why_t why;
    if (left != NULL && *left == 0) return CLI_DONE;
    query.which.has_counts = query.which.counts = counts;
    client_status_t status = refused_each(ask_client(ask), &query, take, arg, &why);
    return ask_said(ask, status, &why);
}

// ---- counts

typedef struct count {
    uint32_t service, peer;
    char *from, *code;
    uint64_t items;
} count_t;

typedef struct counts {
    count_t *rows;
    size_t n, room;
    uint64_t items;
} counts_t;

static void counts_free(counts_t *counts)
{
    for (size_t i = 0; i < counts->n; i++) {
        free(counts->rows[i].from);
        free(counts->rows[i].code);
    }
    free(counts->rows);
}

static void add_count(counts_t *counts, uint32_t service, const Selenga__QuarantineCount *row)
{
    char text[16];
    const char *code = row->code != NULL ? row->code : "";
    size_t i = 0;
    counts->items += row->items;
    while (i < counts->n && (counts->rows[i].service != service || counts->rows[i].peer != row->from_peer ||
                             strcmp(counts->rows[i].code, code) != 0))
        i++;
    if (i == counts->n) {
        *vec_add(counts->rows, counts->n, counts->room) =
            (count_t){.service = service,
                      .peer = row->from_peer,
                      .from = xstrdup(from_name(row->from_peer, row->from_org, text, sizeof text)),
                      .code = xstrdup(code)};
    }
    counts->rows[i].items += row->items;
}

static void take_counts(void *arg, uint32_t service, const refused_page_t *page)
{
    for (size_t i = 0; i < page->list->n_counts; i++) add_count(arg, service, page->list->counts[i]);
}

static int gather_counts(const cli_t *cli, ask_t *ask, counts_t *ret)
{
    int r = CLI_DONE;
    for (uint32_t service = SERVICES_FIRST; service < SERVICES_END && r == CLI_DONE; service++)
        r = each_page(cli, ask, service, true, NULL, take_counts, ret);
    return r;
}

// Most first.
static int by_items(const void *a, const void *b)
{
    const count_t *left = a, *right = b;
    return left->items > right->items ? -1 : left->items < right->items;
}

static json_t *count_json(const count_t *count)
{
    json_t *json = json_object();
    json_object_set_new(json, "service", json_string(words_service(count->service)));
    json_object_set_new(json, "from", output_text(count->from));
    json_object_set_new(json, "code", output_text(count->code));
    json_object_set_new(json, "items", json_integer((json_int_t)count->items));
    return json;
}

static void print_counts(const cli_t *cli, const counts_t *counts)
{
    AUTO(grid_destroy) grid_t *grid = grid_new();
    grid_column(grid, _("service"));
    grid_column(grid, _("from"));
    grid_column(grid, _("code"));
    grid_column_right(grid, _("items"));
    for (size_t i = 0; i < counts->n; i++) {
        grid_cell(grid, words_service(counts->rows[i].service));
        grid_cell(grid, words_place_in(counts->rows[i].from, i18n_now()));
        grid_cell(grid, counts->rows[i].code);
        grid_cellf(grid, "%" PRIu64, counts->rows[i].items);
    }
    if (counts->n == 0) say_nothing(cli);
    grid_print(grid, stdout);
}

int quarantine_summary(const cli_t *cli)
{
    AUTO(ask_destroy) ask_t *ask = NULL;
    counts_t counts = {0};
    int r = ask_open(cli, &ask);
    if (r == CLI_DONE) r = gather_counts(cli, ask, &counts);
    if (counts.n > 0) qsort(counts.rows, counts.n, sizeof *counts.rows, by_items);
    if (r == CLI_DONE && cli->json) {
        json_t *array = json_array();
        for (size_t i = 0; i < counts.n; i++) json_array_append_new(array, count_json(&counts.rows[i]));
        output_json(&array);
    } else if (r == CLI_DONE) {
        print_counts(cli, &counts);
    }
    counts_free(&counts);
    return r;
}

// ---- list

static json_t *item_json(const Selenga__Quarantined *item, uint32_t service)
{
    char peer[16], id[RID_TEXT], kind[WORDS_KIND];
    AUTO(xfree) char *why = ask_fault_of(item->fault, kind_by_number(item->kind));
    json_t *json = json_object();
    json_object_set_new(json, "id", output_text(words_id(&item->id, id)));
    json_object_set_new(json, "service", json_string(words_service(service)));
    json_object_set_new(json, "kind", output_text(words_kind(item->kind, kind)));
    json_object_set_new(json, "org", output_text(item->org));
    json_object_set_new(json, "home", output_text(item->home));
    json_object_set_new(json, "version", output_text(item->version));
    json_object_set_new(json, "from", output_text(words_peer(item->from_peer, peer, sizeof peer)));
    json_object_set_new(json, "from_org", output_text(item->from_org));
    json_object_set_new(json, "at", output_text(item->at));
    json_object_set_new(json, "since", output_time(item->has_came_s, item->came_s));
    int64_t age_s = wall_s() - item->came_s; // an age here as everywhere; a clock may have gone back
    json_object_set_new(json, "since_s", output_integer(item->has_came_s, age_s > 0 ? age_s : 0));
    json_object_set_new(json, "code", output_text(item->fault ? item->fault->code : NULL));
    json_object_set_new(json, "reason", output_text(why));
    json_t *record = NULL;
    fault_t fault;
    if (item->has_record && record_to_json(slice(item->record.data, item->record.len), &record, &fault) == 0)
        json_object_set_new(json, "record", record);
    return json;
}

typedef struct shown {
    grid_t *grid; // NULL: JSON
    output_array_t array;
    uint64_t items;
    uint64_t *left; // NULL: all are shown
} shown_t;

static void show_page(void *arg, uint32_t service, const refused_page_t *page)
{
    shown_t *shown = arg;
    size_t n = page->list->n_items;
    char text[64], id[RID_TEXT], kind[WORDS_KIND];
    if (shown->left != NULL) *shown->left -= n < *shown->left ? n : *shown->left;
    for (size_t i = 0; i < n; i++) {
        const Selenga__Quarantined *item = page->list->items[i];
        shown->items++;
        if (shown->grid == NULL) {
            json_t *json = item_json(item, service);
            output_array_add(&shown->array, &json);
            continue;
        }
        AUTO(xfree) char *why = ask_fault_of(item->fault, kind_by_number(item->kind));
        grid_cell(shown->grid, words_id(&item->id, id));
        grid_cell(shown->grid, words_service(service));
        grid_cell(shown->grid, words_kind_in(item->kind, i18n_now(), kind));
        grid_cell(shown->grid, item->org);
        const char *from = from_name(item->from_peer, item->from_org, text, sizeof text);
        grid_cell(shown->grid, words_place_in(from, i18n_now()));
        grid_cell(shown->grid, words_place_in(item->at, i18n_now()));
        grid_cell(shown->grid, why);
    }
    if (shown->grid != NULL) grid_print(shown->grid, stdout);
}

static int show_all(const cli_t *cli, ask_t *ask, uint64_t *left, shown_t *shown)
{
    int r = CLI_DONE;
    for (uint32_t service = SERVICES_FIRST; service < SERVICES_END && r == CLI_DONE; service++)
        r = each_page(cli, ask, service, false, left, show_page, shown);
    return r;
}

static int list_json(const cli_t *cli, ask_t *ask, uint64_t *left)
{
    shown_t shown = {.left = left};
    output_array_begin(&shown.array);
    int r = show_all(cli, ask, left, &shown);
    output_array_end(&shown.array);
    return r;
}

static int say_total(const cli_t *cli, ask_t *ask, uint64_t shown)
{
    counts_t counts = {0};
    int r = gather_counts(cli, ask, &counts);
    if (r == CLI_DONE && counts.items > shown)
        cli_say(_("shown are %llu of %llu; see: selenga quarantine summary"), (unsigned long long)shown,
                (unsigned long long)counts.items);
    counts_free(&counts);
    return r;
}

static int list_table(const cli_t *cli, ask_t *ask, uint64_t *left)
{
    AUTO(grid_destroy) grid_t *grid = grid_new();
    const char *const titles[] = {N_("id"),   N_("service"), N_("kind"),  N_("org"),
                                  N_("from"), N_("at"),      N_("reason")};
    for (size_t i = 0; i < ARRAY_SIZE(titles); i++) grid_column(grid, _(titles[i]));
    shown_t shown = {.grid = grid, .left = left};
    int r = show_all(cli, ask, left, &shown);
    if (r == CLI_DONE && shown.items == 0) say_nothing(cli);
    return r == CLI_DONE && left != NULL && *left == 0 ? say_total(cli, ask, shown.items) : r;
}

int quarantine_list(const cli_t *cli)
{
    AUTO(ask_destroy) ask_t *ask = NULL;
    const char *most = cli_option(cli, QUARANTINE_LIMIT);
    int64_t number = SHOWN_MOST;
    if (most && !int_parse(most, 1, INT64_MAX, &number))
        return cli_usage(cli, _("--limit '%s' is not a number from 1 on"), most);
    uint64_t left = (uint64_t)number;
    bool bounded = most != NULL || (!cli->json && isatty(STDOUT_FILENO));
    int r = ask_open(cli, &ask);
    if (r != CLI_DONE) return r;
    return cli->json ? list_json(cli, ask, bounded ? &left : NULL)
                     : list_table(cli, ask, bounded ? &left : NULL);
}

// ---- acts

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

static void take_done(void *arg, uint32_t service, const refused_page_t *page)
{
    act_t *act = arg;
    (void)service;
    act->met += page->done->met;
    act->n += page->done->done;
    show_progress(act, false);
}

static int act_on_many(const cli_t *cli, ask_t *ask, uint32_t service, act_t *act)
{
    refused_query_t query = {.service = service, .which = query_of(cli), .act = act->type, .why = act->why};
    client_why_t why;
    client_status_t status = refused_each(ask_client(ask), &query, take_done, act, &why);
    return ask_said(ask, status, &why);
}

static int say_done(const cli_t *cli, const act_t *act)
{
    if (!cli->json) {
        unsigned long long n = act->n, met = act->met; // gettext looks up no text with PRIu64 in it
        if (act->type == MSG_QUARANTINE_RETRY)
            printf(i18n_n("%llu of %llu was let in\n", "%llu of %llu were let in\n", n), n, met);
        else if (act->type == MSG_QUARANTINE_TAKE)
            printf(i18n_n("%llu of %llu was taken\n", "%llu of %llu were taken\n", n), n, met);
        else
            printf(i18n_n("%llu of %llu was discarded\n", "%llu of %llu were discarded\n", n), n, met);
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
    if (act->n > 0) say_done(cli, act);
    return result;
}

static int run_act(const cli_t *cli, act_t *act)
{
    bool filtered = cli_option(cli, QUARANTINE_FROM) != NULL || cli_option(cli, QUARANTINE_CODE) != NULL;
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
    act_t act = {.type = MSG_QUARANTINE_DISCARD, .why = cli_option(cli, QUARANTINE_WHY)};
    if (!act.why || !*act.why) return cli_usage(cli, _("say why: --why TEXT"));
    return run_act(cli, &act);
}

int quarantine_take(const cli_t *cli)
{
    act_t act = {.type = MSG_QUARANTINE_TAKE,
                 .from = words_place_of(cli_option(cli, QUARANTINE_FROM), i18n_now())};
    AUTO(ask_destroy) ask_t *ask = NULL;
    int r = ask_open(cli, &ask);
    return r == CLI_DONE ? act_on_ids(cli, ask, &act) : r;
}
