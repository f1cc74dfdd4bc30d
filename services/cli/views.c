// SPDX-License-Identifier: Apache-2.0
// Views of a running node: queues, links. They change nothing.
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/base/i18n.h"
#include "common/base/util.h"
#include "common/forms/json.h"
#include "common/node/msg.h"
#include "common/schema/ids.h"
#include "services/cli/ask.h"
#include "services/cli/output.h"
#include "services/cli/report.h"
#include "services/cli/table.h"
#include "services/cli/terminal.h"
#include "services/cli/verbs.h"
#include "services/cli/views.h"
#include "services/cli/words.h"

enum { OPTION_WATCH = CLI_KEY, WATCH_EVERY_S = 1 };

// ---- queues

// Organisations' codes name neighbours: short, and the same at both ends.
static const char *link_name(const Selenga__LinkRow *link)
{
    return link->org && *link->org ? link->org : link->peer ? link->peer : "";
}

void links_tell(const Selenga__Links *links, bool parent_only)
{
    for (size_t i = 0; i < links->n_links; i++) {
        const Selenga__LinkRow *row = links->links[i];
        const char *state = row->state ? row->state : "";
        const char *code = strcmp(state, "refused") == 0 ? "PARENT-REFUSED"
                           : strcmp(state, "clone") == 0 ? "CLONE"
                                                         : NULL;
        if (!code || (parent_only && row->label != PEER_PARENT)) continue;
        AUTO(xfree) char *text = ask_code_text(code);
        printf("%s: %s\n", link_name(row), text);
    }
}

// Feeds do not know why the line to the parent is down.
static void tell_parent(ask_t *ask)
{
    AUTO(msg_body_free) Selenga__Links *links = NULL;
    AUTO(xfree) char *why = NULL;
    if (ask_quietly(ask, SERVICE_GATE, MSG_LINKS, NULL, MSG_LINKS_REPLY, &selenga__links__descriptor, &links,
                    ASK_SHORT_MS, &why) == CLI_DONE)
        links_tell(links, true);
}

// The organisation of a neighbour, the name of a service of this node.
static const char *peer_name(const Selenga__Queue *queue, char *buffer, size_t size)
{
    return queue->peer_name && *queue->peer_name ? queue->peer_name : words_peer(queue->peer, buffer, size);
}

static json_t *queue_json(const Selenga__Queue *queue)
{
    char label[16];
    json_t *json = json_object();
    json_object_set_new(json, "service", json_string(words_service(queue->service)));
    json_object_set_new(json, "peer", output_text(peer_name(queue, label, sizeof label)));
    json_object_set_new(json, "flow", output_text(queue->flow));
    json_object_set_new(json, "state", output_text(queue->state));
    json_object_set_new(json, "reason", output_text(queue->reason));
    json_object_set_new(json, "paused", output_text(queue->paused));
    const struct {
        const char *name;
        uint64_t value;
    } numbers[] = {
        {"waiting", queue->waiting},
        {"oldest_s", queue->oldest_s},
        {"in_flight_bytes", queue->in_flight_bytes},
        {"head", queue->head},
        {"acked", queue->acked},
        {"sent_per_s", queue->sent_per_s},
        {"quarantined", queue->quarantined},
        {"last_progress_s", queue->last_progress_s},
        {"produced", queue->produced},
        {"applied", queue->applied},
    };
    for (size_t i = 0; i < ARRAY_SIZE(numbers); i++)
        json_object_set_new(json, numbers[i].name, json_integer((json_int_t)numbers[i].value));
    return json;
}

static void queue_columns(table_t *table)
{
    table_column(table, _("service"));
    table_column(table, _("peer"));
    table_column(table, _("flow"));
    table_column(table, _("state"));
    table_column_right(table, _("waiting"));
    table_column_right(table, _("oldest"));
    table_column_right(table, _("sent/s"));
    table_column_right(table, _("quarantine"));
    table_column_right(table, _("last progress"));
    table_column(table, _("reason"));
}

static void queue_row(table_t *table, const Selenga__Queue *queue)
{
    char text[64];
    table_cell(table, words_service(queue->service));
    table_cell(table, peer_name(queue, text, sizeof text));
    table_cell(table, words_flow(queue->flow));
    table_cell(table, words_state(queue->state));
    table_cellf(table, "%" PRIu64, queue->waiting);
    table_cell(table, queue->waiting ? output_duration(queue->oldest_s, text, sizeof text) : NULL);
    table_cellf(table, "%" PRIu64, queue->sent_per_s);
    table_cellf(table, "%" PRIu64, queue->quarantined);
    table_cell(table, output_duration(queue->last_progress_s, text, sizeof text));
    AUTO(xfree) char *reason = ask_code_text(queue->reason), *paused = ask_code_text(queue->paused);
    if (*paused != '\0')
        table_cellf(table, _("nothing is taken from it: %s"), paused);
    else
        table_cell(table, reason);
}

// Local feeds, then up, then down; neighbours by name.
static int by_flow_and_peer(const void *a, const void *b)
{
    static const char *const order[] = {"local", "up", "down"};
    const Selenga__Queue *left = *(Selenga__Queue *const *)a, *right = *(Selenga__Queue *const *)b;
    for (size_t i = 0; i < ARRAY_SIZE(order); i++) {
        bool is_left = left->flow && strcmp(left->flow, order[i]) == 0;
        bool is_right = right->flow && strcmp(right->flow, order[i]) == 0;
        if (is_left != is_right) return is_left ? -1 : 1;
    }
    char text[16], other[16];
    if (left->peer < PEER_LABEL_MIN && right->peer < PEER_LABEL_MIN)
        return (int)left->peer - (int)right->peer;
    return strcmp(peer_name(left, text, sizeof text), peer_name(right, other, sizeof other));
}

// Asks every service; one that does not answer is said and the others are shown.
static int gather_queues(ask_t *ask, json_t *array, table_t *table)
{
    int result = CLI_DONE;
    for (const uint32_t *service = ASK_SERVICES; *service; service++) {
        AUTO(msg_body_free) Selenga__Queues *reply = NULL;
        AUTO(xfree) char *why = NULL;
        int r = ask_quietly(ask, *service, MSG_QUEUES, NULL, MSG_QUEUES_REPLY, &selenga__queues__descriptor,
                            &reply, ASK_SHORT_MS, &why);
        if (r != CLI_DONE) {
            cli_say("%s: %s", words_service(*service), why);
            result = r;
            continue;
        }
        qsort(reply->queues, reply->n_queues, sizeof *reply->queues, by_flow_and_peer);
        for (size_t i = 0; i < reply->n_queues; i++) {
            if (array) json_array_append_new(array, queue_json(reply->queues[i]));
            if (table) queue_row(table, reply->queues[i]);
        }
    }
    return result;
}

static int show_queues(const cli_t *cli, ask_t *ask, bool watching)
{
    AUTO(table_destroy) table_t *table = NULL;
    json_t *array = NULL;
    if (cli->json) {
        array = json_array();
    } else {
        table = table_new();
        queue_columns(table);
    }
    int r = gather_queues(ask, array, table);
    if (watching && !cli->json && isatty(STDOUT_FILENO)) terminal_clear();
    if (array) output_json(&array);
    if (table && table_rows(table) == 0 && r == CLI_DONE) puts(_("this node serves no feeds yet"));
    if (table) table_print(table, stdout);
    if (table) tell_parent(ask);
    return r;
}

static int run_queues(const cli_t *cli)
{
    AUTO(ask_destroy) ask_t *ask = NULL;
    int r = ask_open(cli, &ask);
    if (r != CLI_DONE) return r;
    bool watch = cli_option(cli, OPTION_WATCH) != NULL;
    r = show_queues(cli, ask, watch);
    while (watch && fflush(stdout) == 0) {
        sleep(WATCH_EVERY_S);
        r = show_queues(cli, ask, true);
    }
    return r;
}

// ---- links

static json_t *link_json(const Selenga__LinkRow *row)
{
    json_t *json = json_object();
    json_object_set_new(json, "peer", output_text(link_name(row)));
    json_object_set_new(json, "org", output_text(row->org));
    json_object_set_new(json, "name", output_text(row->peer));
    json_object_set_new(json, "role", output_text(row->role));
    json_object_set_new(json, "state", output_text(row->state));
    json_object_set_new(json, "since_s", output_integer(row->has_since_s, (int64_t)row->since_s));
    bool measured = row->has_rtt_us && row->rtt_us >= 0;
    json_object_set_new(json, "rtt_ms", measured ? json_real((double)row->rtt_us / 1000) : json_null());
    json_object_set_new(json, "key_fingerprint", output_text(row->key_fingerprint));
    json_object_set_new(json, "key_expires", output_text(row->key_expires));
    json_object_set_new(json, "version", output_text(row->version));
    return json;
}

static void link_row(table_t *table, const Selenga__LinkRow *row)
{
    char since[64];
    table_cell(table, link_name(row));
    table_cell(table, words_role(row->role));
    table_cell(table, words_link(row->state));
    table_cell(table, row->has_since_s ? output_duration(row->since_s, since, sizeof since) : NULL);
    if (row->has_rtt_us && row->rtt_us >= 0)
        table_cellf(table, "%" PRId64 ".%03d", row->rtt_us / 1000, (int)(row->rtt_us % 1000));
    else
        table_cell(table, NULL);
    table_cell(table, row->key_fingerprint);
    table_cell(table, row->key_expires);
    table_cell(table, row->version);
}

static int run_links(const cli_t *cli)
{
    AUTO(ask_destroy) ask_t *ask = NULL;
    AUTO(msg_body_free) Selenga__Links *links = NULL;
    int r = ask_open(cli, &ask);
    if (r == CLI_DONE)
        r = ask_call(ask, SERVICE_GATE, MSG_LINKS, NULL, MSG_LINKS_REPLY, &selenga__links__descriptor, &links,
                     ASK_TIMEOUT_MS);
    if (r != CLI_DONE) return r;
    if (cli->json) {
        json_t *array = json_array();
        for (size_t i = 0; i < links->n_links; i++) json_array_append_new(array, link_json(links->links[i]));
        output_json(&array);
        return CLI_DONE;
    }
    AUTO(table_destroy) table_t *table = table_new();
    const char *const titles[] = {N_("peer"),        N_("role"),    N_("state"),
                                  N_("since"),       N_("rtt, ms"), N_("key fingerprint"),
                                  N_("key expires"), N_("version")};
    for (size_t i = 0; i < ARRAY_SIZE(titles); i++) table_column(table, _(titles[i]));
    for (size_t i = 0; i < links->n_links; i++) link_row(table, links->links[i]);
    if (links->n_links == 0) puts(_("no parent and no children"));
    table_print(table, stdout);
    links_tell(links, false);
    return CLI_DONE;
}

// ---- table

static const struct argp_option QUEUE_OPTIONS[] = {
    {"watch", OPTION_WATCH, NULL, 0, N_("show them again every second until Ctrl-C"), 0},
    {0},
};

const verb_t VIEW_SECTION[] = {
    {
        .name = "queues",
        .options = QUEUE_OPTIONS,
        .summary = N_("the node's feeds: what waits for whom, and whether it moves"),
        .text = N_("One row for each feed that this node serves: up to its parent, down to a child, local to "
                   "another service of the node. Waiting are the records that the peer has not yet made "
                   "durable. What is told as the reason is told with what to do about it."),
        .examples = "selenga --node region queues\nselenga --node region queues --watch\nselenga --node "
                    "school --json queues\n",
        .run = run_queues,
    },
    {
        .name = "links",
        .summary = N_("connections with the parent and the children"),
        .text = N_("States: connected; not connected (the other is off, or the network, or it has another "
                   "key now: compare the fingerprints); refused (the parent does not admit this node); "
                   "revoked (a child that was cut off here); copy turned away (a node's directory runs "
                   "twice; it is shown for some minutes after the last try). What to do is said below "
                   "the table."),
        .examples = "selenga --node region links\n",
        .run = run_links,
    },
    {
        .name = "quarantine",
        .verbs = QUARANTINE_VERBS,
        .summary = N_("records that were refused"),
    },
    {
        .name = "report",
        .options = REPORT_OPTIONS,
        .summary = N_("indicators of an organisation and what is below it"),
        .text = REPORT_TEXT,
        .examples = "selenga --node region report --period 2024\n"
                    "selenga --node region --json report --org 03-08 --period 2024-Q3\n"
                    "selenga --node region report --period 2023/24 --csv > report.csv\n"
                    "selenga --node region report --period 2024 --xlsx report.xlsx\n",
        .run = report_run,
    },
    {0},
};
