// SPDX-License-Identifier: Apache-2.0
// Views of a running node: queues, links. They change nothing.
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/base/i18n.h"
#include "common/base/util.h"
#include "common/forms/grid.h"
#include "common/forms/json.h"
#include "common/forms/words.h"
#include "common/node/msg.h"
#include "common/schema/ids.h"
#include "services/cli/ask.h"
#include "services/cli/attention.h"
#include "services/cli/calendar.h"
#include "services/cli/output.h"
#include "services/cli/report.h"
#include "services/cli/terminal.h"
#include "services/cli/verbs.h"
#include "services/cli/views.h"

enum { OPTION_WATCH = CLI_KEY, WATCH_EVERY_S = 1, AWAY_LONG_S = 3 * 86400 };

// ---- queues

// Organisations' codes name neighbours: short, and the same at both ends.
static const char *link_name(const Selenga__LinkRow *link)
{
    return link->org && *link->org ? link->org : link->peer ? link->peer : "";
}

static bool has_text(const char *text)
{
    return text && *text;
}

void links_tell(const Selenga__Links *links, bool parent_only)
{
    for (size_t i = 0; i < links->n_links; i++) {
        const Selenga__LinkRow *row = links->links[i];
        if (!has_text(row->reason) || (parent_only && row->label != PEER_PARENT)) continue;
        AUTO(xfree) char *text = ask_code_text(row->reason, row->words);
        fputs(link_name(row), stdout);
        for (size_t k = 0; k < row->n_silent; k++)
            printf("%s%s%s", k == 0 ? " (" : ", ", words_service(row->silent[k]),
                   k + 1 == row->n_silent ? ")" : "");
        printf(": %s\n", text);
    }
}

// A link that is down is nobody's fault: nodes work alone, for weeks if they must.
static int link_health(const Selenga__LinkRow *row)
{
    bool lost = row->label == PEER_PARENT && row->since_s >= AWAY_LONG_S && row->state &&
                strcmp(row->state, "up") != 0;
    return has_text(row->reason) || lost ? CLI_CONCERNS : CLI_DONE;
}

static int queue_health(const Selenga__Queue *queue)
{
    const char *state = queue->state ? queue->state : "";
    bool away = strcmp(state, "offline") == 0 && queue->waiting > 0 && queue->oldest_s >= AWAY_LONG_S;
    bool stands = strcmp(state, "blocked") == 0 || strcmp(state, "stopped") == 0;
    bool cloned = queue->reason && strcmp(queue->reason, "CLONE") == 0;
    return away || stands || cloned || has_text(queue->paused) ? CLI_CONCERNS : CLI_DONE;
}

// The greater is the worse.
static int worse(int a, int b)
{
    return a > b ? a : b;
}

// Feeds do not know why the line to the parent is down.
static int look_at_parent(ask_t *ask, bool tell)
{
    AUTO(msg_body_free) Selenga__Links *links = NULL;
    AUTO(xfree) char *why = NULL;
    if (ask_quietly(ask, SERVICE_GATE, MSG_LINKS, NULL, MSG_LINKS_REPLY, &selenga__links__descriptor, &links,
                    ASK_SHORT_MS, &why) != CLI_DONE)
        return CLI_BROKEN;
    if (tell) links_tell(links, true);
    int health = CLI_DONE;
    for (size_t i = 0; i < links->n_links; i++)
        if (links->links[i]->label == PEER_PARENT) health = worse(health, link_health(links->links[i]));
    return health;
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

static void queue_columns(grid_t *grid)
{
    grid_column(grid, _("service"));
    grid_column(grid, _("peer"));
    grid_column(grid, _("flow"));
    grid_column(grid, _("state"));
    grid_column_right(grid, _("waiting"));
    grid_column_right(grid, _("oldest"));
    grid_column_right(grid, _("sent/s"));
    grid_column_right(grid, _("quarantine"));
    grid_column_right(grid, _("last progress"));
    grid_column(grid, _("reason"));
}

static void queue_row(grid_t *grid, const Selenga__Queue *queue)
{
    char text[64];
    grid_cell(grid, words_service(queue->service));
    grid_cell(grid, words_place_in(peer_name(queue, text, sizeof text), i18n_now()));
    grid_cell(grid, words_flow(queue->flow, i18n_now()));
    grid_cell(grid, words_state(queue->state, i18n_now()));
    grid_cellf(grid, "%" PRIu64, queue->waiting);
    grid_cell(grid, queue->waiting ? words_duration(queue->oldest_s, i18n_now(), text, sizeof text) : NULL);
    grid_cellf(grid, "%" PRIu64, queue->sent_per_s);
    grid_cellf(grid, "%" PRIu64, queue->quarantined);
    grid_cell(grid, words_duration(queue->last_progress_s, i18n_now(), text, sizeof text));
    AUTO(xfree)
    char *reason = ask_code_text(queue->reason, NULL), *paused = ask_code_text(queue->paused, NULL);
    if (*paused != '\0')
        grid_cellf(grid, _("nothing is taken from it: %s"), paused);
    else
        grid_cell(grid, reason);
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

// Asks every service; one that does not answer is said and the others are shown. Returns how well they are.
static int gather_queues(ask_t *ask, json_t *array, grid_t *grid)
{
    int result = CLI_DONE;
    for (uint32_t service = SERVICES_FIRST; service < SERVICES_END; service++) {
        AUTO(msg_body_free) Selenga__Queues *reply = NULL;
        AUTO(xfree) char *why = NULL;
        int r = ask_quietly(ask, service, MSG_QUEUES, NULL, MSG_QUEUES_REPLY, &selenga__queues__descriptor,
                            &reply, ASK_SHORT_MS, &why);
        if (r != CLI_DONE) {
            cli_say("%s: %s", words_service(service), why);
            result = CLI_BROKEN;
            continue;
        }
        if (reply->n_queues > 1)
            qsort(reply->queues, reply->n_queues, sizeof *reply->queues, by_flow_and_peer);
        for (size_t i = 0; i < reply->n_queues; i++) {
            if (array) json_array_append_new(array, queue_json(reply->queues[i]));
            if (grid) queue_row(grid, reply->queues[i]);
            result = worse(result, queue_health(reply->queues[i]));
        }
    }
    return result;
}

static int show_queues(const cli_t *cli, ask_t *ask, bool watching)
{
    AUTO(grid_destroy) grid_t *grid = NULL;
    json_t *array = NULL;
    if (cli->json) {
        array = json_array();
    } else {
        grid = grid_new();
        queue_columns(grid);
    }
    int r = gather_queues(ask, array, grid);
    if (watching && !cli->json && isatty(STDOUT_FILENO)) terminal_clear();
    if (array) output_json(&array);
    if (grid && grid_rows(grid) == 0 && r != CLI_BROKEN) puts(_("this node serves no feeds yet"));
    if (grid) grid_print(grid, stdout);
    return worse(r, look_at_parent(ask, grid != NULL));
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
    json_object_set_new(json, "reason", output_text(row->reason));
    json_object_set_new(json, "words", output_text(row->words));
    json_t *silent = json_array();
    for (size_t i = 0; i < row->n_silent; i++)
        json_array_append_new(silent, json_string(words_service(row->silent[i])));
    json_object_set_new(json, "silent", silent);
    json_object_set_new(json, "since_s", output_integer(row->has_since_s, (int64_t)row->since_s));
    bool measured = row->has_rtt_us && row->rtt_us >= 0;
    json_object_set_new(json, "rtt_ms", measured ? json_real((double)row->rtt_us / 1000) : json_null());
    json_object_set_new(json, "key_fingerprint", output_text(row->key_fingerprint));
    json_object_set_new(json, "key_expires", output_text(row->key_expires));
    json_object_set_new(json, "version", output_text(row->version));
    return json;
}

static void link_row(grid_t *grid, const Selenga__LinkRow *row)
{
    char since[64];
    grid_cell(grid, link_name(row));
    grid_cell(grid, words_role(row->role, i18n_now()));
    grid_cell(grid, words_link(row->state, i18n_now()));
    grid_cell(grid, row->has_since_s ? words_duration(row->since_s, i18n_now(), since, sizeof since) : NULL);
    if (row->has_rtt_us && row->rtt_us >= 0)
        grid_cellf(grid, "%" PRId64 ".%03d", row->rtt_us / 1000, (int)(row->rtt_us % 1000));
    else
        grid_cell(grid, NULL);
    grid_cell(grid, row->key_fingerprint);
    grid_cell(grid, row->key_expires);
    grid_cell(grid, row->version);
}

static int run_links(const cli_t *cli)
{
    AUTO(ask_destroy) ask_t *ask = NULL;
    AUTO(msg_body_free) Selenga__Links *links = NULL;
    int r = ask_open(cli, &ask), health = CLI_DONE;
    if (r != CLI_DONE) return r;
    r = ask_call(ask, SERVICE_GATE, MSG_LINKS, NULL, MSG_LINKS_REPLY, &selenga__links__descriptor, &links,
                 ASK_SHORT_MS);
    if (r != CLI_DONE) return r == CLI_LATER ? CLI_BROKEN : r; // there is a gate, and it does not answer
    for (size_t i = 0; i < links->n_links; i++) health = worse(health, link_health(links->links[i]));
    if (cli->json) {
        json_t *array = json_array();
        for (size_t i = 0; i < links->n_links; i++) json_array_append_new(array, link_json(links->links[i]));
        output_json(&array);
        return health;
    }
    AUTO(grid_destroy) grid_t *grid = grid_new();
    const char *const titles[] = {N_("peer"),        N_("role"),    N_("state"),
                                  N_("since"),       N_("rtt, ms"), N_("key fingerprint"),
                                  N_("key expires"), N_("version")};
    for (size_t i = 0; i < ARRAY_SIZE(titles); i++) grid_column(grid, _(titles[i]));
    for (size_t i = 0; i < links->n_links; i++) link_row(grid, links->links[i]);
    if (links->n_links == 0) puts(_("no parent and no children"));
    grid_print(grid, stdout);
    links_tell(links, false);
    return health;
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
        .text = N_(
            "One row for each feed that this node serves: up to its parent, down to a child, local to "
            "another service of the node. Waiting are the records that the peer has not yet made "
            "durable. What is told as the reason is told with what to do about it. Exit status 0: all is "
            "well, also where a neighbour is off; 1: somebody should look (a feed is blocked or stopped, a "
            "neighbour has been away for three days while records wait for it, or the parent does not "
            "admit this node); 2: a program of this node gives no answer; 75: the node does not run."),
        .examples = "selenga --node region queues\nselenga --node region queues --watch\nselenga --node "
                    "school --json queues\n",
        .run = run_queues,
    },
    {
        .name = "links",
        .summary = N_("connections with the parent and the children"),
        .text = N_(
            "States: connected; not connected (the other is off, or the network, or it has another "
            "key now: compare the fingerprints); refused (the parent does not admit this node); "
            "revoked (a child that was cut off here); copy turned away (a node's directory runs "
            "twice; it is shown for some minutes after the last try); does not answer (it is connected, "
            "but a service of that node hangs or does not run). What to do is said below "
            "the table. Exit status 0: all is well, also where a neighbour is off; 1: somebody should look "
            "at one of these, or the parent has been away for three days; 2: the gate gives no answer; 75: "
            "the node does not run."),
        .examples = "selenga --node region links\n",
        .run = run_links,
    },
    {
        .name = "quarantine",
        .verbs = QUARANTINE_VERBS,
        .summary = N_("records that were refused"),
    },
    {
        .name = "attention",
        .options = ATTENTION_OPTIONS,
        .summary =
            N_("what needs somebody: routes overdue, young teachers without support, what was refused"),
        .text = ATTENTION_TEXT,
        .examples = "selenga --node school attention\n"
                    "selenga --node hub attention --role methodist\n"
                    "selenga --node region --json attention --org 03-08\n",
        .run = attention_run,
    },
    {
        .name = "calendar",
        .options = CALENDAR_OPTIONS,
        .summary = N_("what is held on which day, and what is in each other's way"),
        .text = CALENDAR_TEXT,
        .examples = "selenga --node hub calendar\n"
                    "selenga --node region calendar --org 03-08 --from 2024-09-01 --to 2024-09-30\n"
                    "selenga --node school calendar --ics calendar.ics\n",
        .run = calendar_run,
    },
    {
        .name = "report",
        .options = REPORT_OPTIONS,
        .summary = N_("indicators of an organisation and what is below it"),
        .text = REPORT_TEXT,
        .examples = "selenga --node region report --period 2024\n"
                    "selenga --node region --json report --org 03-08 --period 2024-Q3\n"
                    "selenga --node region report --period 2023/24 --csv > report.csv\n"
                    "selenga --node region report --period 2024 --xlsx report.xlsx\n"
                    "selenga --node school report --period 2024 --explain I-5.3.2\n",
        .run = report_run,
    },
    {0},
};
