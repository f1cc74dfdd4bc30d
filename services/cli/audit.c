// SPDX-License-Identifier: Apache-2.0
// `selenga audit`: the node's audit logs, read from its directory. What the services have noted of how far
// they go is asked of them, so that an end that was cut off shows.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/i18n.h"
#include "common/forms/grid.h"
#include "common/forms/value.h"
#include "common/forms/view.h"
#include "common/forms/words.h"
#include "common/node/audit_files.h"
#include "common/node/msg.h"
#include "common/node/node.h"
#include "services/cli/ask.h"
#include "services/cli/output.h"
#include "services/cli/verbs.h"

enum { OPTION_SINCE = CLI_KEY, OPTION_CHILD, DAY_S = 86400 };

static void say_broken(const char *name, const audit_head_t *end)
{
    cli_say(_("%s: what stands behind entry %llu (at byte %llu) is not what was noted there"), name,
            (unsigned long long)end->seq, (unsigned long long)end->bytes);
}

// CLI_DONE or CLI_REFUSED, after saying why.
static int verify_log(const char *node, const path_t *path, uint32_t service, const audit_head_t *told,
                      audit_head_t *ret_end)
{
    char name[AUDIT_PATH];
    int error;
    audit_path(service, name);
    switch (audit_verify(node, path, service, told, ret_end, &error)) {
    case AUDIT_WHOLE:
        return CLI_DONE;
    case AUDIT_MISSING:
        return cli_refuse(_("%s is missing"), name);
    case AUDIT_BROKEN:
        say_broken(name, ret_end);
        return CLI_REFUSED;
    case AUDIT_CUT:
        return cli_refuse(
            _("%s ends with entry %llu, and %llu were noted: the end was cut off, or the log is another"),
            name, (unsigned long long)ret_end->seq, (unsigned long long)told->seq);
    case AUDIT_FAILED:
        break;
    }
    return cli_refuse("%s: %s", name, strerror(error));
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
        audit_head_t told = {.seq = head != NULL ? head->seq : 0};
        if (head != NULL) memcpy(told.hash, head->hash.data, AUDIT_HASH);
        int r = verify_log(cli->node, path, n, head != NULL ? &told : NULL, &end);
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

// --- of a child, as this node was told it

static int show_child(const cli_t *cli, uint32_t service, const Selenga__AuditHead *head, json_t *all)
{
    char hex[2 * AUDIT_HASH + 1];
    const Selenga__AuditChild *child = head->n_children > 0 ? head->children[0] : NULL;
    if (child == NULL || child->hash.len != AUDIT_HASH) return CLI_DONE;
    hex_text(slice(child->hash.data, AUDIT_HASH), hex);
    if (cli->json)
        json_array_append_new(all,
                              json_pack("{s:s, s:I, s:s, s:o, s:o, s:o}", "service", words_service(service),
                                        "entries", (json_int_t)child->seq, "hash", hex, "told",
                                        output_time(true, child->told_s), "mark", output_text(child->mark),
                                        "had", output_integer(child->has_had, (int64_t)child->had)));
    else
        printf(_("%s: %llu entries, the last with hash %s\n"), words_service(service),
               (unsigned long long)child->seq, hex);
    if (child->mark == NULL) return CLI_DONE;
    return cli_refuse(
        strcmp(child->mark, "shorter") == 0
            ? _("%s: the log became shorter: it had %llu entries, as this node was told")
            : _("%s: the log was changed: up to entry %llu it is not the one that this node was told of"),
        words_service(service), (unsigned long long)child->had);
}

static int verify_child(const cli_t *cli, const char *org)
{
    AUTO(ask_destroy) ask_t *ask = NULL;
    Selenga__Audit request = SELENGA__AUDIT__INIT;
    json_t *all = json_array();
    int result = CLI_DONE;
    int r = ask_open(cli, &ask);
    request.child = (char *)(uintptr_t)org;
    for (uint32_t n = SERVICES_FIRST; n < SERVICES_END && r == CLI_DONE; n++) {
        AUTO(msg_body_free) Selenga__AuditHead *head = NULL;
        r = ask_call(ask, n, MSG_AUDIT, &request, MSG_AUDIT_HEAD, &selenga__audit_head__descriptor, &head,
                     ASK_TIMEOUT_MS);
        if (r == CLI_DONE && show_child(cli, n, head, all) != CLI_DONE) result = CLI_REFUSED;
    }
    if (r == CLI_DONE && cli->json)
        output_json(&all);
    else
        json_decref(all);
    return r != CLI_DONE ? r : result;
}

static int run_verify(const cli_t *cli)
{
    const char *child = cli_option(cli, OPTION_CHILD);
    if (child != NULL) return verify_child(cli, child);
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

static json_t *entry_json(const audit_row_t *e)
{
    char id[RID_TEXT];
    json_t *json = json_object();
    json_object_set_new(json, "time", output_time(e->entry->has_time_s, e->entry->time_s));
    json_object_set_new(json, "service", json_string(words_service(e->service)));
    json_object_set_new(json, "seq", json_integer((json_int_t)e->seq));
    json_object_set_new(json, "who", output_text(e->entry->who));
    json_object_set_new(json, "what", output_text(e->entry->what));
    json_object_set_new(json, "kind", output_text(e->entry->kind));
    json_object_set_new(json, "id", output_text(words_id(&e->entry->id, id)));
    json_object_set_new(json, "records", output_integer(e->entry->has_records, (int64_t)e->entry->records));
    json_object_set_new(json, "about", output_text(e->entry->about));
    json_object_set_new(json, "code", output_text(e->entry->code));
    return json;
}

static void entry_row(grid_t *grid, const audit_row_t *e)
{
    char time[VIEW_TEXT], id[RID_TEXT];
    const kind_rule_t *kind = e->entry->kind ? kind_by_name(e->entry->kind) : NULL;
    grid_cell(grid, view_moment(e->entry->time_s, i18n_now(), time));
    grid_cell(grid, e->entry->who);
    grid_cell(grid, e->entry->what ? audit_words(e->entry->what, i18n_now()) : "");
    grid_cell(grid, kind && i18n_now() != LANG_EN ? bilingual_text(&kind->label) : e->entry->kind);
    if (e->entry->has_records)
        grid_cellf(grid, "%llu", (unsigned long long)e->entry->records);
    else
        grid_cell(grid, "");
    grid_cell(grid, e->entry->about ? e->entry->about : words_id(&e->entry->id, id));
    grid_cell(grid, e->entry->code ? audit_reason(e->entry->code, i18n_now()) : "");
}

static void print_list(const cli_t *cli, const audit_rows_t *list)
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
    const char *const titles[] = {N_("time"),    N_("who"),   N_("what"),  N_("kind"),
                                  N_("records"), N_("about"), N_("reason")};
    for (size_t i = 0; i < ARRAY_SIZE(titles); i++) grid_column(grid, _(titles[i]));
    for (size_t i = 0; i < list->n; i++) entry_row(grid, &list->items[i]);
    grid_print(grid, stdout);
}

static int run_list(const cli_t *cli)
{
    path_t path;
    int32_t day = 0;
    char name[AUDIT_PATH];
    AUTO(audit_rows_free) audit_rows_t list = {0};
    const char *since = cli_option(cli, OPTION_SINCE);
    if (since && !value_day(since, &day))
        return cli_usage(cli, _("`%s` is not a date like 2024-09-01"), since);
    int result = load_path(cli, &path);
    if (result != CLI_DONE) return result;
    audit_rows_read(cli->node, &path, since ? (int64_t)day * DAY_S : INT64_MIN, &list);
    if (list.broken != 0) say_broken(audit_path(list.broken, name), &list.broken_at);
    print_list(cli, &list);
    return list.broken != 0 ? CLI_REFUSED : CLI_DONE;
}

// --- table ---------------------------------------------------------------------------------------

static const struct argp_option LIST_SINCE[] = {
    {"since", OPTION_SINCE, "DATE", 0, N_("only what happened from this day on"), 0},
    {0},
};

static const struct argp_option VERIFY_CHILD[] = {
    {"child", OPTION_CHILD, "ORG", 0, N_("in place of this node's logs: those of a child, as it told them"),
     0},
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
        .options = VERIFY_CHILD,
        .summary = N_("whether nothing was changed or cut off in the audit logs"),
        .text = N_("Each entry covers those before it; how far a log goes its service has noted in its "
                   "store. Whoever "
                   "can write both, the node's own user, can make both anew; then its parent notices: there, "
                   "--child ORG "
                   "tells how far the child's logs went, and what became shorter or was changed."),
        .examples = "selenga --node school audit verify\n",
        .run = run_verify,
    },
    {0},
};
