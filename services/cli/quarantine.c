// SPDX-License-Identifier: Apache-2.0
// What was refused, and strays: listed in pages, and counted. quarantine_act.c decides about them.
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/base/i18n.h"
#include "common/base/text.h"
#include "common/base/util.h"
#include "common/forms/grid.h"
#include "common/forms/json.h"
#include "common/forms/words.h"
#include "common/node/msg.h"
#include "common/schema/ids.h"
#include "services/cli/ask.h"
#include "services/cli/output.h"
#include "services/cli/quarantine.h"
#include "services/cli/verbs.h"

enum { SHOWN_MOST = 100, PAGE = 1000 };

static const char *from_name(uint32_t peer, const char *org, char *buffer, size_t size)
{
    return org != NULL && *org != '\0' ? org : words_peer(peer, buffer, size);
}

typedef void page_fn(void *arg, const Selenga__QuarantineList *page, uint32_t service);

// Pages of one service until the last, or until *left (NULL: all) items have come.
static int each_page(ask_t *ask, uint32_t service, Selenga__QuarantineQuery query, uint64_t *left,
                     page_fn *fn, void *arg)
{
    quarantine_mark_t mark = {.more = true};
    while (mark.more && (left == NULL || *left > 0)) {
        AUTO(msg_body_free) Selenga__QuarantineList *page = NULL;
        query.has_limit = true;
        query.limit = left != NULL && *left < PAGE ? (uint32_t)*left : PAGE;
        int r = ask_call(ask, service, MSG_QUARANTINE_LIST, &query, MSG_QUARANTINE_REPLY,
                         &selenga__quarantine_list__descriptor, &page, ASK_TIMEOUT_MS);
        if (r != CLI_DONE) return r;
        fn(arg, page, service);
        if (left != NULL) *left -= page->n_items < *left ? page->n_items : *left;
        quarantine_go_on(&query, &mark, page->has_next, &page->next);
    }
    return CLI_DONE;
}

// ---- counts

typedef struct count {
    uint32_t service, peer;
    char *from, *code;
    uint64_t items;
} count_t;

typedef struct counts {
    count_t *rows;
    size_t n;
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
        counts->rows = xrealloc(counts->rows, ++counts->n * sizeof *counts->rows);
        counts->rows[i] =
            (count_t){.service = service,
                      .peer = row->from_peer,
                      .from = xstrdup(from_name(row->from_peer, row->from_org, text, sizeof text)),
                      .code = xstrdup(code)};
    }
    counts->rows[i].items += row->items;
}

static void take_counts(void *arg, const Selenga__QuarantineList *page, uint32_t service)
{
    for (size_t i = 0; i < page->n_counts; i++) add_count(arg, service, page->counts[i]);
}

static int gather_counts(const cli_t *cli, ask_t *ask, counts_t *ret)
{
    int r = CLI_DONE;
    Selenga__QuarantineQuery query = quarantine_query(cli);
    query.has_counts = query.counts = true;
    for (uint32_t service = SERVICES_FIRST; service < SERVICES_END && r == CLI_DONE; service++)
        r = each_page(ask, service, query, NULL, take_counts, ret);
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

static void print_counts(counts_t *counts)
{
    AUTO(grid_destroy) grid_t *grid = grid_new();
    grid_column(grid, _("service"));
    grid_column(grid, _("from"));
    grid_column(grid, _("code"));
    grid_column_right(grid, _("items"));
    for (size_t i = 0; i < counts->n; i++) {
        grid_cell(grid, words_service(counts->rows[i].service));
        grid_cell(grid, counts->rows[i].from);
        grid_cell(grid, counts->rows[i].code);
        grid_cellf(grid, "%" PRIu64, counts->rows[i].items);
    }
    if (counts->n == 0) puts(_("nothing is in quarantine"));
    grid_print(grid, stdout);
}

static int run_summary(const cli_t *cli)
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
        print_counts(&counts);
    }
    counts_free(&counts);
    return r;
}

// ---- list

static json_t *item_json(const Selenga__Quarantined *item, uint32_t service)
{
    char peer[16], id[RID_TEXT], kind[WORDS_KIND];
    AUTO(xfree) char *why = ask_fault_text(item->fault);
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
    json_object_set_new(json, "since_s", output_integer(item->has_since_s, item->since_s));
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
} shown_t;

static void show_page(void *arg, const Selenga__QuarantineList *page, uint32_t service)
{
    shown_t *shown = arg;
    char text[64], id[RID_TEXT], kind[WORDS_KIND];
    for (size_t i = 0; i < page->n_items; i++) {
        const Selenga__Quarantined *item = page->items[i];
        shown->items++;
        if (shown->grid == NULL) {
            json_t *json = item_json(item, service);
            output_array_add(&shown->array, &json);
            continue;
        }
        AUTO(xfree) char *why = ask_fault_text(item->fault);
        grid_cell(shown->grid, words_id(&item->id, id));
        grid_cell(shown->grid, words_service(service));
        grid_cell(shown->grid, words_kind(item->kind, kind));
        grid_cell(shown->grid, item->org);
        grid_cell(shown->grid, from_name(item->from_peer, item->from_org, text, sizeof text));
        grid_cell(shown->grid, item->at);
        grid_cell(shown->grid, why);
    }
    if (shown->grid != NULL) grid_print(shown->grid, stdout);
}

static int show_all(const cli_t *cli, ask_t *ask, uint64_t *left, shown_t *shown)
{
    int r = CLI_DONE;
    for (uint32_t service = SERVICES_FIRST; service < SERVICES_END && r == CLI_DONE; service++)
        r = each_page(ask, service, quarantine_query(cli), left, show_page, shown);
    return r;
}

static int list_json(const cli_t *cli, ask_t *ask, uint64_t *left)
{
    shown_t shown = {0};
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
        cli_say(_("shown are %" PRIu64 " of %" PRIu64 "; see: selenga quarantine summary"), shown,
                counts.items);
    counts_free(&counts);
    return r;
}

static int list_table(const cli_t *cli, ask_t *ask, uint64_t *left)
{
    AUTO(grid_destroy) grid_t *grid = grid_new();
    const char *const titles[] = {N_("id"),   N_("service"), N_("kind"),  N_("org"),
                                  N_("from"), N_("at"),      N_("reason")};
    for (size_t i = 0; i < ARRAY_SIZE(titles); i++) grid_column(grid, _(titles[i]));
    shown_t shown = {.grid = grid};
    int r = show_all(cli, ask, left, &shown);
    if (r == CLI_DONE && shown.items == 0) puts(_("nothing is in quarantine"));
    return r == CLI_DONE && left != NULL && *left == 0 ? say_total(cli, ask, shown.items) : r;
}

static int run_list(const cli_t *cli)
{
    AUTO(ask_destroy) ask_t *ask = NULL;
    const char *most = cli_option(cli, OPTION_LIMIT);
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

// ---- table

#define WHICH                                                                                                \
    {"from",                                                                                                 \
     OPTION_FROM,                                                                                            \
     "PEER",                                                                                                 \
     0,                                                                                                      \
     N_("only what has to do with this neighbour: its organisation's code, or `parent`"),                    \
     0},                                                                                                     \
    {                                                                                                        \
        "code", OPTION_CODE, "CODE", 0, N_("only what was refused with this code, e.g. ORG-FOREIGN"), 0      \
    }

static const struct argp_option WHICH_OPTIONS[] = {WHICH, {0}};

static const struct argp_option LIST_OPTIONS[] = {
    WHICH,
    {"limit", OPTION_LIMIT, "N", 0, N_("at most N items; on a terminal 100 unless you say"), 0},
    {0},
};

static const struct argp_option DISCARD_OPTIONS[] = {
    WHICH, {"why", OPTION_WHY, "TEXT", 0, N_("the reason, kept with the act (required)"), 0}, {0}};

static const struct argp_option TAKE_OPTIONS[] = {
    {"from", OPTION_FROM, "PEER", 0, N_("whose version, where neighbours say different things"), 0}, {0}};

const verb_t QUARANTINE_VERBS[] = {
    {
        .name = "list",
        .options = LIST_OPTIONS,
        .summary = N_("what was refused, from whom and why"),
        .text = N_(
            "A record that fails the receiver's checks waits here and delays only itself. The same item is "
            "visible at its origin."),
        .examples = "selenga --node hub quarantine list\n"
                    "selenga --node hub quarantine list --from 03-08-02 --code BAD-VALUE --limit 20\n",
        .run = run_list,
    },
    {
        .name = "summary",
        .options = WHICH_OPTIONS,
        .summary = N_("how many items, by neighbour and code"),
        .examples = "selenga --node hub quarantine summary\n",
        .run = run_summary,
    },
    {
        .name = "retry",
        .args = "[ID...]",
        .max_args = SIZE_MAX,
        .options = WHICH_OPTIONS,
        .summary = N_("check items again, after their cause was put right"),
        .examples = "selenga --node hub quarantine retry 0b1c9f6e-4d7a-52f0-9a41-6f0c2d5e8b13\n"
                    "selenga --node hub quarantine retry --code ORG-UNKNOWN\n",
        .run = quarantine_retry,
    },
    {
        .name = "discard",
        .args = "[ID...]",
        .max_args = SIZE_MAX,
        .options = DISCARD_OPTIONS,
        .summary = N_("give items up; a later version of the record is still taken"),
        .text =
            N_("What a node below found is discarded there too: the decision goes to it as a record, and the "
               "item is no longer shown here."),
        .examples =
            "selenga --node hub quarantine discard 0b1c9f6e-4d7a-52f0-9a41-6f0c2d5e8b13 --why 'sent "
            "by mistake'\n"
            "selenga --node hub quarantine discard --from 03-08-02 --code REACH --why 'faulty program'\n",
        .run = quarantine_discard,
    },
    {
        .name = "take",
        .args = "ID...",
        .min_args = 1,
        .max_args = SIZE_MAX,
        .options = TAKE_OPTIONS,
        .summary = N_("make a version of this node's own the one that holds"),
        .text = N_("For strays of this node's records, and for what may be its own but cannot be checked "
                   "(SEAL). What "
                   "it says becomes a new version above the present one."),
        .examples = "selenga --node school quarantine take 0b1c9f6e-4d7a-52f0-9a41-6f0c2d5e8b13\n"
                    "selenga --node hub quarantine take 0b1c9f6e-4d7a-52f0-9a41-6f0c2d5e8b13 --from "
                    "03-08-02\n",
        .run = quarantine_take,
    },
    {0},
};
