// SPDX-License-Identifier: Apache-2.0
// `selenga audit`: the node's audit logs, read from its directory. What the services have noted of how far
// they go is asked of them, so that an end that was cut off shows.
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/base/date.h"
#include "common/base/i18n.h"
#include "common/base/vec.h"
#include "common/forms/grid.h"
#include "common/forms/words.h"
#include "common/node/audit.h"
#include "common/node/msg.h"
#include "common/node/node.h"
#include "proto/audit.pb-c.h"
#include "services/cli/ask.h"
#include "services/cli/output.h"
#include "services/cli/verbs.h"

enum { OPTION_SINCE = CLI_KEY, DAY_S = 86400 };

// --- one log -------------------------------------------------------------------------------------

typedef struct wanted { // the head that a service told
    uint64_t seq;
    const uint8_t *hash;
    bool met; // or nobody told one
} wanted_t;

static int look_for(void *arg, const audit_head_t *head, slice_t body)
{
    wanted_t *wanted = arg;
    (void)body;
    if (head->seq == wanted->seq) wanted->met = memcmp(head->hash, wanted->hash, AUDIT_HASH) == 0;
    return 0;
}

// Opens a service's log in the node's directory. -1 where there is none.
static int open_log(const char *node, uint32_t service)
{
    char name[AUDIT_PATH], path[4096];
    int n = snprintf(path, sizeof path, "%s/%s", node, audit_path(service, name));
    return n > 0 && (size_t)n < sizeof path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
}

static void say_broken(const char *name, const audit_head_t *end)
{
    cli_say(_("%s: what stands behind entry %llu (at byte %llu) is not what was noted there"), name,
            (unsigned long long)end->seq, (unsigned long long)end->bytes);
}

// CLI_DONE or CLI_REFUSED, after saying why.
static int verify_log(const char *node, const path_t *path, uint32_t service, wanted_t *wanted,
                      audit_head_t *ret_end)
{
    char name[AUDIT_PATH];
    AUTO(xclose) int fd = open_log(node, service);
    audit_path(service, name);
    audit_begin(path, service, ret_end);
    if (wanted->seq == 0) wanted->met = memcmp(ret_end->hash, wanted->hash, AUDIT_HASH) == 0;
    int rc = fd >= 0 ? audit_read(fd, ret_end, look_for, wanted) : AUDIT_E_BROKEN;
    if (rc == 0 && wanted->met) return CLI_DONE;
    if (fd < 0)
        cli_say(_("%s is missing"), name);
    else if (rc == AUDIT_E_BROKEN)
        say_broken(name, ret_end);
    else if (rc == 0)
        cli_say(_("%s ends with entry %llu, and %llu were noted: the end was cut off, or the log is another"),
                name, (unsigned long long)ret_end->seq, (unsigned long long)wanted->seq);
    else
        cli_say("%s: %s", name, strerror(-rc));
    return CLI_REFUSED;
}

// --- verify --------------------------------------------------------------------------------------

typedef struct heads {
    Selenga__AuditHead *of[SERVICES_END]; // NULL: the service did not answer
} heads_t;

static void free_heads(heads_t *heads)
{
    for (uint32_t n = SERVICES_FIRST; n < SERVICES_END; n++) msg_body_free(&heads->of[n]);
}

// CLI_DONE, or why a service did not say.
static int ask_heads(const cli_t *cli, heads_t *heads)
{
    AUTO(ask_destroy) ask_t *ask = NULL;
    int r = ask_open(cli, &ask);
    for (uint32_t n = SERVICES_FIRST; n < SERVICES_END && r == CLI_DONE; n++) {
        r = ask_call(ask, n, MSG_AUDIT, NULL, MSG_AUDIT_HEAD, &selenga__audit_head__descriptor, &heads->of[n],
                     ASK_TIMEOUT_MS);
        if (r == CLI_DONE && heads->of[n]->hash.len != AUDIT_HASH) r = cli_refuse(_("the answer is damaged"));
    }
    return r;
}

static int verify_all(const cli_t *cli, const path_t *path, const heads_t *heads, uint64_t *ret_entries)
{
    int result = CLI_DONE;
    *ret_entries = 0;
    for (uint32_t n = SERVICES_FIRST; n < SERVICES_END; n++) {
        audit_head_t end;
        const Selenga__AuditHead *head = heads->of[n];
        wanted_t wanted = {.seq = UINT64_MAX, .met = head == NULL};
        if (head != NULL) wanted = (wanted_t){.seq = head->seq, .hash = head->hash.data};
        int r = verify_log(cli->node, path, n, &wanted, &end);
        if (r != CLI_DONE) result = r;
        *ret_entries += end.seq;
    }
    return result;
}

static int load_path(const cli_t *cli, path_t *ret_path)
{
    why_t why;
    node_conf_t conf;
    if (!cli->node) return cli_usage(cli, _("say which node: --node DIR"));
    if (node_conf_load(cli->node, &conf, &why) != 0) return cli_refuse("%s", why.text);
    *ret_path = conf.path;
    node_conf_clear(&conf);
    return CLI_DONE;
}

static int run_verify(const cli_t *cli)
{
    path_t path;
    uint64_t entries;
    AUTO(free_heads) heads_t heads = {0};
    int r = load_path(cli, &path);
    if (r != CLI_DONE) return r;
    int asked = ask_heads(cli, &heads); // before the files are read: they only grow
    r = verify_all(cli, &path, &heads, &entries);
    if (r == CLI_DONE) r = asked;
    if (cli->json) {
        json_t *json = json_object();
        json_object_set_new(json, "whole", json_boolean(r == CLI_DONE));
        json_object_set_new(json, "entries", json_integer((json_int_t)entries));
        output_json(&json);
    } else if (r == CLI_DONE) {
        printf(_("The chain is whole: %llu entries.\n"), (unsigned long long)entries);
    }
    return r;
}

// --- list ----------------------------------------------------------------------------------------

typedef struct entry {
    uint32_t service;
    uint64_t seq;
    Selenga__AuditEntry *m;
} entry_t;

typedef struct listing {
    entry_t *items;
    size_t n, room;
    uint32_t service;
    int64_t since_s;
} listing_t;

static void free_listing(listing_t *list)
{
    for (size_t i = 0; i < list->n; i++) msg_body_free(&list->items[i].m);
    free(list->items);
}

static int add_entry(void *arg, const audit_head_t *head, slice_t body)
{
    listing_t *list = arg;
    Selenga__AuditEntry *m = msg_body_unpack(&selenga__audit_entry__descriptor, body);
    if (m == NULL || m->time_s < list->since_s) {
        msg_body_free(&m);
        return 0;
    }
    *vec_add(list->items, list->n, list->room) = (entry_t){list->service, head->seq, m};
    return 0;
}

static int by_time(const void *a, const void *b)
{
    const entry_t *x = a, *y = b;
    if (x->m->time_s != y->m->time_s) return x->m->time_s < y->m->time_s ? -1 : 1;
    if (x->service != y->service) return x->service < y->service ? -1 : 1;
    return (x->seq > y->seq) - (x->seq < y->seq);
}

static json_t *entry_json(const entry_t *e)
{
    char id[RID_TEXT];
    json_t *json = json_object();
    json_object_set_new(json, "time", output_time(e->m->has_time_s, e->m->time_s));
    json_object_set_new(json, "service", json_string(words_service(e->service)));
    json_object_set_new(json, "seq", json_integer((json_int_t)e->seq));
    json_object_set_new(json, "who", output_text(e->m->who));
    json_object_set_new(json, "what", output_text(e->m->what));
    json_object_set_new(json, "kind", output_text(e->m->kind));
    json_object_set_new(json, "id", output_text(words_id(&e->m->id, id)));
    json_object_set_new(json, "records", output_integer(e->m->has_records, (int64_t)e->m->records));
    json_object_set_new(json, "about", output_text(e->m->about));
    json_object_set_new(json, "code", output_text(e->m->code));
    return json;
}

static void entry_row(grid_t *grid, const entry_t *e)
{
    char time[OUTPUT_TIME_TEXT], id[RID_TEXT];
    const char *said = output_time_text(e->m->time_s, time);
    grid_cell(grid, said);
    grid_cell(grid, e->m->who);
    grid_cell(grid, e->m->what ? audit_words(e->m->what, i18n_now()) : "");
    grid_cell(grid, e->m->kind);
    if (e->m->has_records)
        grid_cellf(grid, "%llu", (unsigned long long)e->m->records);
    else
        grid_cell(grid, "");
    grid_cell(grid, e->m->about ? e->m->about : words_id(&e->m->id, id));
    grid_cell(grid, e->m->code);
}

static void print_list(const cli_t *cli, const listing_t *list)
{
    output_array_t array;
    if (cli->json) {
        output_array_begin(&array);
        for (size_t i = 0; i < list->n; i++) {
            json_t *json = entry_json(&list->items[i]);
            output_array_add(&array, &json);
        }
        output_array_end(&array);
        return;
    }
    AUTO(grid_destroy) grid_t *grid = grid_new();
    const char *const titles[] = {N_("time"),    N_("who"),   N_("what"), N_("kind"),
                                  N_("records"), N_("about"), N_("code")};
    for (size_t i = 0; i < ARRAY_SIZE(titles); i++) grid_column(grid, _(titles[i]));
    for (size_t i = 0; i < list->n; i++) entry_row(grid, &list->items[i]);
    grid_print(grid, stdout);
}

static int run_list(const cli_t *cli)
{
    path_t path;
    int32_t day = 0;
    AUTO(free_listing) listing_t list = {.since_s = INT64_MIN};
    const char *since = cli_option(cli, OPTION_SINCE);
    if (since && !date_parse(since, &day))
        return cli_usage(cli, _("`%s` is not a date like 2024-09-01"), since);
    int result = load_path(cli, &path);
    if (result != CLI_DONE) return result;
    if (since) list.since_s = (int64_t)day * DAY_S;
    for (list.service = SERVICES_FIRST; list.service < SERVICES_END; list.service++) {
        audit_head_t end;
        char name[AUDIT_PATH];
        AUTO(xclose) int fd = open_log(cli->node, list.service);
        audit_begin(&path, list.service, &end);
        if (fd < 0 || audit_read(fd, &end, add_entry, &list) == 0) continue;
        say_broken(audit_path(list.service, name), &end);
        result = CLI_REFUSED;
    }
    if (list.n > 0) qsort(list.items, list.n, sizeof *list.items, by_time);
    print_list(cli, &list);
    return result;
}

// --- table ---------------------------------------------------------------------------------------

static const struct argp_option LIST_SINCE[] = {
    {"since", OPTION_SINCE, "DATE", 0, N_("only what happened from this day on"), 0},
    {0},
};

const verb_t AUDIT_VERBS[] = {
    {
        .name = "list",
        .options = LIST_SINCE,
        .summary = N_("who logged in, wrote, read names, took data out, changed keys"),
        .text =
            N_("As far as the chain is whole. Times are those of the node's clock, which decides nothing."),
        .examples = "selenga --node school audit list --since 2024-09-01\n",
        .run = run_list,
    },
    {
        .name = "verify",
        .summary = N_("whether nothing was changed or cut off in the audit logs"),
        .text = N_("Each entry covers those before it; how far a log goes its service has noted in its "
                   "store. Whoever "
                   "can write both, the node's own user, can make both anew: keep a copy elsewhere."),
        .examples = "selenga --node school audit verify\n",
        .run = run_verify,
    },
    {0},
};
