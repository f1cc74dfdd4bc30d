// SPDX-License-Identifier: Apache-2.0
// The node as a whole: are its programs well, and who are its children.
#include "services/cli/status.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/i18n.h"
#include "common/base/shell.h"
#include "common/base/util.h"
#include "common/base/vec.h"
#include "common/forms/grid.h"
#include "common/forms/words.h"
#include "common/node/console.h"
#include "common/node/msg.h"
#include "common/node/node.h"
#include "common/schema/ids.h"
#include "common/schema/services.h"
#include "common/schema/states.h"
#include "proto/kinds.h"
#include "proto/registry.pb-c.h"
#include "services/cli/ask.h"
#include "services/cli/listing.h"
#include "services/cli/output.h"
#include "services/cli/views.h"

// ---- node status

static json_t *status_json(uint32_t service, const Selenga__Status *status, const char *trouble)
{
    json_t *json = json_object();
    json_object_set_new(json, "program", json_string(words_service(service)));
    json_object_set_new(json, "well", json_boolean(!*trouble));
    json_object_set_new(json, "trouble", output_text(trouble));
    json_object_set_new(json, "words", output_text(status ? status->words : NULL));
    json_object_set_new(json, "version", output_text(status ? status->version : NULL));
    json_object_set_new(json, "pid", output_integer(status && status->has_pid, status ? status->pid : 0));
    json_object_set_new(json, "up_s",
                        output_integer(status && status->has_up_s, status ? (int64_t)status->up_s : 0));
    json_object_set_new(
        json, "memory_bytes",
        output_integer(status && status->has_memory_bytes, status ? (int64_t)status->memory_bytes : 0));
    json_object_set_new(
        json, "store_bytes",
        output_integer(status && status->has_store_bytes, status ? (int64_t)status->store_bytes : 0));
    json_object_set_new(json, "records",
                        output_integer(status && status->has_records, status ? (int64_t)status->records : 0));
    if (status && status->url) json_object_set_new(json, "url", output_text(status->url));
    if (status && status->has_provisional)
        json_object_set_new(json, "provisional", json_integer((json_int_t)status->provisional));
    return json;
}

// A code is enough for the table; what it means stands below.
static void status_row(grid_t *grid, uint32_t service, const Selenga__Status *status, const char *trouble)
{
    char text[64];
    grid_cell(grid, words_service(service));
    if (*trouble)
        grid_cellf(grid, "%.*s", (int)strcspn(trouble, ": "), trouble);
    else
        grid_cell(grid, status ? _("well") : _("no answer"));
    grid_cell(grid, status ? words_duration(status->up_s, i18n_now(), text, sizeof text) : NULL);
    grid_cell(grid, status ? status->version : NULL);
    if (status)
        grid_cellf(grid, "%" PRIu32, status->pid);
    else
        grid_cell(grid, NULL);
    grid_cell(grid, status ? words_bytes(status->memory_bytes, i18n_now(), text, sizeof text) : NULL);
    bool stores = status && status->has_store_bytes && service_keeps(service);
    grid_cell(grid, stores ? words_bytes(status->store_bytes, i18n_now(), text, sizeof text) : NULL);
    if (stores)
        grid_cellf(grid, "%" PRIu64, status->records);
    else
        grid_cell(grid, NULL);
}

// What is to be done about a program that is not well; the caller frees it.
static char *note_of(const cli_t *cli, uint32_t service, const char *last, const char *why,
                     const Selenga__Status *status)
{
    char *text;
    if (last) return xstrdup(last);
    if (!why) return ask_code_text(status->trouble, status->words);
    AUTO(xfree) char *file = shell_word_of(cli->node, "/log/selenga-", words_service(service), ".log", NULL);
    if (asprintf(&text, _("it gives no answer; what it said last is in %s"), file) < 0) abort();
    return text;
}

// Returns how well the program is; *ret_note, for the caller to free, is NULL when it is.
static int ask_program(const cli_t *cli, ask_t *ask, uint32_t service, json_t *array, grid_t *grid,
                       char **ret_note)
{
    AUTO(msg_body_free) Selenga__Status *status = NULL;
    AUTO(xfree) char *why = NULL;
    ask_quietly(ask, service, MSG_STATUS, NULL, MSG_STATUS_REPLY, &selenga__status__descriptor, &status,
                ASK_SHORT_MS, &why);
    AUTO(xfree) char *words = why ? ask_last_words(cli->node, service) : NULL;
    const char *code = status && status->trouble ? status->trouble : "";
    const char *trouble = words ? words : why ? why : code;
    if (array) json_array_append_new(array, status_json(service, status, trouble));
    if (grid) status_row(grid, service, status, words ? words : code);
    if (grid && status && status->url) printf("%s: %s\n", words_service(service), status->url);
    *ret_note = *trouble ? note_of(cli, service, words, why, status) : NULL;
    return why ? CLI_BROKEN : *trouble ? CLI_CONCERNS : CLI_DONE;
}

static void print_notes(char *const *notes)
{
    for (size_t i = 0; i < PROGRAMS_N; i++)
        if (notes[i]) printf("%s: %s\n", PROGRAMS[i].name, notes[i]);
}

int status_run(const cli_t *cli)
{
    AUTO(ask_destroy) ask_t *ask = NULL;
    int r = ask_open(cli, &ask);
    if (r != CLI_DONE) return r;
    why_t why;
    AUTO(node_conf_clear) node_conf_t conf = {0};
    if (node_conf_load(cli->node, &conf, &why) != 0) return cli_refuse("%s", why.text);
    json_t *array = cli->json ? json_array() : NULL;
    AUTO(grid_destroy) grid_t *grid = grid_new();
    const char *const titles[] = {N_("program"), N_("state"),  N_("up"),    N_("version"),
                                  N_("pid"),     N_("memory"), N_("store"), N_("records")};
    for (size_t i = 0; i < ARRAY_SIZE(titles); i++)
        (i < 4 ? grid_column : grid_column_right)(grid, _(titles[i]));
    int health = CLI_DONE;
    char *notes[PROGRAMS_N] = {NULL};
    for (size_t i = 0; i < PROGRAMS_N; i++) {
        if (!node_runs(&conf, PROGRAMS[i].number)) continue;
        int one = ask_program(cli, ask, PROGRAMS[i].number, array, array ? NULL : grid, &notes[i]);
        if (one > health) health = one;
    }
    if (array) {
        output_json(&array);
    } else {
        grid_print(grid, stdout);
        print_notes(notes);
    }
    for (size_t i = 0; i < PROGRAMS_N; i++) free(notes[i]);
    return health;
}

// ---- node list

typedef struct child {
    Selenga__Node *node;
    path_t path;
} child_t;

typedef struct children {
    const path_t *own_path;
    child_t *items;
    size_t n, room;
} children_t;

// The link with a child; NULL if it has none now.
static const Selenga__LinkRow *link_of(const Selenga__Links *links, uint32_t label)
{
    for (size_t i = 0; i < links->n_links; i++)
        if (links->links[i]->label == label) return links->links[i];
    return NULL;
}

static json_t *child_json(const Selenga__Node *node, const char *path, const Selenga__LinkRow *link)
{
    json_t *json = json_object();
    json_object_set_new(json, "org", output_text(node->org));
    json_object_set_new(json, "name", output_text(node->name));
    json_object_set_new(json, "level", output_text(node->level));
    json_object_set_new(json, "path", output_text(path));
    json_object_set_new(json, "state", output_text(node->state));
    json_object_set_new(json, "why", output_text(node->why));
    json_object_set_new(json, "link", output_text(link ? link->state : "down"));
    json_object_set_new(json, "since_s",
                        output_integer(link && link->has_since_s, link ? (int64_t)link->since_s : 0));
    json_object_set_new(json, "version", output_text(link ? link->version : NULL));
    json_object_set_new(json, "key_fingerprint", output_text(link ? link->key_fingerprint : NULL));
    return json;
}

static void child_row(grid_t *grid, const Selenga__Node *node, const char *path, const Selenga__LinkRow *link)
{
    char since[64];
    grid_cell(grid, node->org);
    grid_cell(grid, node->name);
    int rank = node->level ? level_rank(node->level) : -1;
    grid_cell(grid, rank < 0 ? node->level : states_level(rank, i18n_now()));
    grid_cell(grid, words_link(node->state && strcmp(node->state, "active") == 0 ? link ? link->state : "down"
                                                                                 : node->state,
                               i18n_now()));
    grid_cell(grid, link && link->has_since_s ? words_duration(link->since_s, i18n_now(), since, sizeof since)
                                              : NULL);
    grid_cell(grid, link ? link->version : NULL);
    grid_cell(grid, path);
}

static int take_child(slice_t wire, const Selenga__Record *record, void *context)
{
    (void)wire;
    children_t *children = context;
    AUTO(msg_body_free)
    Selenga__Node *node =
        msg_body_unpack(&selenga__node__descriptor, slice(record->body.data, record->body.len));
    // Nodes deeper in the tree are known here too; a child's path is ours and one label more.
    path_t path;
    if (!node || !path_from_bytes(slice(node->path.data, node->path.len), &path)) return CLI_DONE;
    if (path.len != children->own_path->len + PATH_LABEL || !path_is_prefix(children->own_path, &path))
        return CLI_DONE;
    *vec_add(children->items, children->n, children->room) = (child_t){.node = node, .path = path};
    node = NULL;
    return CLI_DONE;
}

static int by_org(const void *a, const void *b)
{
    const char *left = ((const child_t *)a)->node->org, *right = ((const child_t *)b)->node->org;
    return strcmp(left ? left : "", right ? right : "");
}

static int gather_children(ask_t *ask, children_t *children)
{
    Selenga__List request = SELENGA__LIST__INIT;
    request.has_kind = true;
    request.kind = N_NODE;
    int r = ask_each(ask, &request, 0, take_child, NULL, children);
    if (children->n > 0) qsort(children->items, children->n, sizeof *children->items, by_org);
    return r;
}

static void forget_children(children_t *children)
{
    for (size_t i = 0; i < children->n; i++) msg_body_free(&children->items[i].node);
    free(children->items);
}

static void show_children(const cli_t *cli, const children_t *children, const Selenga__Links *links)
{
    AUTO(grid_destroy) grid_t *grid = grid_new();
    json_t *array = json_array();
    const char *const titles[] = {N_("organisation"), N_("name"),    N_("level"), N_("state"),
                                  N_("since"),        N_("version"), N_("path")};
    for (size_t i = 0; i < ARRAY_SIZE(titles); i++) grid_column(grid, _(titles[i]));
    for (size_t i = 0; i < children->n; i++) {
        const child_t *child = &children->items[i];
        char path[PATH_TEXT];
        path_text(&child->path, path);
        const Selenga__LinkRow *link = link_of(links, path_own_label(&child->path));
        json_array_append_new(array, child_json(child->node, path, link));
        child_row(grid, child->node, path, link);
    }
    if (cli->json) {
        output_json(&array);
        return;
    }
    json_decref(array);
    if (children->n == 0) puts(_("no children; invite one: selenga node invite --help"));
    grid_print(grid, stdout);
    links_tell(links, false);
}

int children_run(const cli_t *cli)
{
    AUTO(ask_destroy) ask_t *ask = NULL;
    int r = ask_open(cli, &ask);
    if (r != CLI_DONE) return r;
    why_t why;
    AUTO(node_conf_clear) node_conf_t conf = {0};
    if (node_conf_load(cli->node, &conf, &why) != 0) return cli_refuse("%s", why.text);
    AUTO(msg_body_free) Selenga__Links *links = NULL;
    r = ask_call(ask, SERVICE_GATE, MSG_LINKS, NULL, MSG_LINKS_REPLY, &selenga__links__descriptor, &links,
                 ASK_TIMEOUT_MS);
    if (r != CLI_DONE) return r;
    children_t children = {.own_path = &conf.path};
    r = gather_children(ask, &children);
    if (r == CLI_DONE) show_children(cli, &children, links);
    forget_children(&children);
    return r;
}
