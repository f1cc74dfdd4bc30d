// SPDX-License-Identifier: Apache-2.0
// Reviews: what an organisation decided about a record of another, and what waits for a decision.
#include "services/cli/review.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/base/i18n.h"
#include "common/base/util.h"
#include "common/base/vec.h"
#include "common/forms/grid.h"
#include "common/forms/json.h"
#include "common/forms/reviewed.h"
#include "common/forms/value.h"
#include "common/node/msg.h"
#include "common/node/node.h"
#include "common/schema/body.h"
#include "common/schema/fault.h"
#include "common/schema/states.h"
#include "proto/routing.pb-c.h"
#include "services/cli/listing.h"
#include "services/cli/named.h"
#include "services/cli/output.h"
#include "services/cli/put.h"
#include "services/cli/verbs.h"

enum { OPTION_DECISION = CLI_KEY, OPTION_BY, OPTION_REMARKS, OPTION_OFFICE, OPTION_ON };

// ---- what they say

int review_ask(ask_t *ask, const rid_t *ids, size_t n, Selenga__ReviewsReply **ret_reply)
{
    AUTO(xfree) ProtobufCBinaryData *list = xcalloc(n + 1, sizeof *list);
    for (size_t i = 0; i < n; i++) list[i] = (ProtobufCBinaryData){sizeof ids[i].b, (uint8_t *)ids[i].b};
    Selenga__Reviews request = SELENGA__REVIEWS__INIT;
    request.ids = list;
    request.n_ids = n;
    int r = ask_call(ask, N_REVIEW / 100, MSG_REVIEWS, &request, MSG_REVIEWS_REPLY,
                     &selenga__reviews_reply__descriptor, ret_reply, ASK_TIMEOUT_MS);
    if (r == CLI_DONE && ((*ret_reply)->n_states != n || (*ret_reply)->n_awaits != n))
        r = cli_refuse(_("the node sent a record that cannot be read"));
    return r;
}

const char *review_text(const Selenga__ReviewsReply *reply, size_t i, char *buf)
{
    return reviewed_text(reply->states[i], reply->awaits[i], buf);
}

json_t *review_json(const Selenga__ReviewsReply *reply, size_t i)
{
    json_t *json = json_object(), *awaits = json_array();
    for (int rank = 0; level_name(rank) != NULL; rank++)
        if ((reply->awaits[i] >> rank & 1) != 0) json_array_append_new(awaits, json_string(level_name(rank)));
    json_object_set_new(json, "state", output_text(reply->states[i]));
    json_object_set_new(json, "awaits", awaits);
    return json;
}

// ---- beside a record

typedef struct gathered {
    json_t *array; // bodies of reviews
} gathered_t;

static int take_review(slice_t wire, const Selenga__Record *record, void *context)
{
    gathered_t *gathered = context;
    json_auto_t *json = NULL;
    fault_t fault;
    (void)record;
    if (record_to_json(wire, &json, &fault) == 0)
        json_array_append(gathered->array, json_object_get(json, "body"));
    return CLI_DONE;
}

static int gather(ask_t *ask, const char *of, gathered_t *gathered)
{
    Selenga__Match match = SELENGA__MATCH__INIT, *where[] = {&match};
    Selenga__List request = SELENGA__LIST__INIT;
    match.field = "of";
    match.value = (char *)of;
    request.has_kind = true;
    request.kind = N_REVIEW;
    request.where = where;
    request.n_where = 1;
    return ask_each(ask, &request, 0, take_review, NULL, gathered);
}

static const char *text_of(const json_t *review, const char *field)
{
    const char *text = json_string_value(json_object_get(review, field));
    return text != NULL ? text : "";
}

static void print_reviews(const json_t *reviews, FILE *out)
{
    size_t i;
    const json_t *review;
    json_array_foreach(reviews, i, review)
    {
        const char *decision = text_of(review, "decision");
        const field_rule_t *field = &KIND_REVIEW.fields[kind_field(&KIND_REVIEW, "decision")];
        for (size_t w = 0; w < field->n_words; w++)
            if (strcmp(field->words[w].code, decision) == 0)
                decision = bilingual_text(&field->words[w].label);
        const char *remarks = text_of(review, "remarks");
        fprintf(out, "    %s, %s, %s: %s%s%s\n", text_of(review, "office"), text_of(review, "by"),
                text_of(review, "on"), decision, *remarks != '\0' ? "; " : "", remarks);
    }
}

int review_show(ask_t *ask, const Selenga__Record *record, json_t *json, FILE *out)
{
    const kind_rule_t *kind = kind_by_number(record->kind);
    char of[REVIEWED_OF], text[REVIEW_TEXT];
    rid_t id;
    if (kind == NULL || !states_are_reviewed(kind) || record->id.len != sizeof id.b ||
        !reviewed_of(record, of))
        return CLI_DONE;
    memcpy(id.b, record->id.data, sizeof id.b);
    AUTO(msg_body_free) Selenga__ReviewsReply *reply = NULL;
    json_auto_t *reviews = json_array();
    gathered_t gathered = {reviews};
    int r = review_ask(ask, &id, 1, &reply);
    if (r == CLI_DONE) r = gather(ask, of, &gathered);
    if (r != CLI_DONE) return r;
    if (json != NULL) {
        json_t *review = review_json(reply, 0);
        json_object_set(review, "reviews", reviews);
        json_object_set_new(json, "review", review);
    } else if (reply->states[0][0] != '\0') {
        fprintf(out, "  %s: %s\n", _("reviews"), review_text(reply, 0, text));
        print_reviews(reviews, out);
    }
    return CLI_DONE;
}

// ---- review list

typedef struct named {
    char of[REVIEWED_OF], org[CODE_MAX + 1];
} named_t;

typedef struct waiting {
    ask_t *ask;
    const kind_rule_t *kind;
    bool json;
    json_t *array;
    grid_t *grid;
    rid_t *ids; // of this page
    named_t *names;
    size_t n, ids_room, names_room;
    int result; // of asking for a page
} waiting_t;

static int take_waiting(slice_t wire, const Selenga__Record *record, void *context)
{
    waiting_t *w = context;
    (void)wire;
    vec_reserve(w->ids, w->ids_room, w->n + 1);
    vec_reserve(w->names, w->names_room, w->n + 1);
    named_t *name = &w->names[w->n];
    if (record->id.len != sizeof(rid_t) || !reviewed_of(record, name->of)) return CLI_DONE;
    memcpy(w->ids[w->n++].b, record->id.data, sizeof(rid_t));
    snprintf(name->org, sizeof name->org, "%s", record->org != NULL ? record->org : "");
    return CLI_DONE;
}

static void show_waiting(waiting_t *w, const Selenga__ReviewsReply *reply, size_t i)
{
    char text[REVIEW_TEXT];
    if (strcmp(reply->states[i], "waiting") != 0) return;
    if (!w->json) {
        grid_cell(w->grid, w->names[i].of);
        grid_cell(w->grid, w->names[i].org);
        grid_cell(w->grid, review_text(reply, i, text));
        return;
    }
    json_t *json = review_json(reply, i);
    json_object_set_new(json, "of", output_text(w->names[i].of));
    json_object_set_new(json, "org", output_text(w->names[i].org));
    json_array_append_new(w->array, json);
}

static void turn_waiting(void *context)
{
    waiting_t *w = context;
    AUTO(msg_body_free) Selenga__ReviewsReply *reply = NULL;
    if (w->n == 0 || w->result != CLI_DONE) return;
    w->result = review_ask(w->ask, w->ids, w->n, &reply);
    for (size_t i = 0; w->result == CLI_DONE && i < w->n; i++) show_waiting(w, reply, i);
    w->n = 0;
}

// All records of the kind that stand in this word.
static int list_word(waiting_t *w, const char *field, const char *code)
{
    Selenga__Match match = SELENGA__MATCH__INIT, *where[] = {&match};
    Selenga__List request = SELENGA__LIST__INIT;
    match.field = (char *)field;
    match.value = (char *)code;
    request.has_kind = true;
    request.kind = w->kind->number;
    request.where = where;
    request.n_where = 1;
    int r = ask_each(w->ask, &request, 0, take_waiting, turn_waiting, w);
    return r == CLI_DONE ? w->result : r;
}

static int list_kind(waiting_t *w)
{
    int r = CLI_DONE;
    for (size_t i = 0; i < w->kind->n_fields; i++) {
        const field_rule_t *f = &w->kind->fields[i];
        for (size_t k = 0; k < f->n_words && r == CLI_DONE; k++)
            if (f->words[k].awaits != 0) r = list_word(w, f->name, f->words[k].code);
    }
    return r;
}

static int run_list(const cli_t *cli)
{
    AUTO(ask_destroy) ask_t *ask = NULL;
    AUTO(grid_destroy) grid_t *grid = grid_new();
    int r = ask_open(cli, &ask);
    if (r != CLI_DONE) return r;
    waiting_t w = {.ask = ask, .json = cli->json, .array = json_array(), .grid = grid};
    grid_column(grid, _("of"));
    grid_column(grid, _("organisation"));
    grid_column(grid, _("review"));
    for (size_t k = 0; k < N_KINDS && r == CLI_DONE; k++) {
        w.kind = KINDS[k];
        if (states_are_reviewed(w.kind)) r = list_kind(&w);
    }
    if (r == CLI_DONE && cli->json)
        output_json(&w.array);
    else if (r == CLI_DONE && grid_rows(grid) == 0)
        cli_say(_("nothing waits for a review"));
    else if (r == CLI_DONE)
        grid_print(grid, stdout);
    json_decref(w.array);
    free(w.ids);
    free(w.names);
    return r;
}

// ---- review give

static int own_org(const cli_t *cli, char *buf, size_t size)
{
    AUTO(node_conf_clear) node_conf_t conf = {0};
    why_t why;
    if (node_conf_load(cli->node, &conf, &why) != 0) return cli_refuse("%s", why.text);
    snprintf(buf, size, "%s", conf.org);
    return CLI_DONE;
}

static int set(body_t *body, const char *field, const char *text, arena_t *arena, uint32_t *numbers,
               size_t *n)
{
    fault_t fault;
    char why[FAULT_TEXT];
    size_t i = (size_t)kind_field(&KIND_REVIEW, field);
    if (text == NULL) return CLI_DONE;
    const char *value = value_read(&KIND_REVIEW.fields[i], text, arena);
    if (body_set_text(&KIND_REVIEW, body, i, value != NULL ? value : text, arena, &fault) != 0)
        return cli_refuse("%s", fault_text_of(&fault, &KIND_REVIEW, i18n_now(), why, sizeof why));
    numbers[(*n)++] = kind_field_number(&KIND_REVIEW, i);
    return CLI_DONE;
}

static int send_review(ask_t *ask, const body_t *body, arena_t *arena, uint32_t *numbers, size_t n)
{
    slice_t packed;
    fault_t fault;
    char why[FAULT_TEXT];
    if (body_pack(body, arena, &packed, &fault) != 0)
        return cli_refuse("%s", fault_text_of(&fault, &KIND_REVIEW, i18n_now(), why, sizeof why));
    Selenga__Item item = SELENGA__ITEM__INIT;
    item.has_kind = item.has_body = true;
    item.kind = N_REVIEW;
    item.body = (ProtobufCBinaryData){packed.size, (uint8_t *)packed.data};
    item.set = numbers;
    item.n_set = n;
    return put_one(ask, SERVICE_ROUTING, &item);
}

// All that the review says, from the command's words.
static int fill(const cli_t *cli, const char *of, body_t *body, arena_t *arena, uint32_t *numbers, size_t *n)
{
    char org[CODE_MAX + 1] = "", today[16];
    time_t now = time(NULL);
    struct tm tm;
    const char *office = cli_option(cli, OPTION_OFFICE), *on = cli_option(cli, OPTION_ON);
    const char *remarks = cli_option(cli, OPTION_REMARKS);
    int r = office == NULL ? own_org(cli, org, sizeof org) : CLI_DONE;
    strftime(today, sizeof today, "%Y-%m-%d", localtime_r(&now, &tm));
    const struct {
        const char *field, *text;
    } said[] = {{"of", of},
                {"office", office != NULL ? office : org},
                {"decision", cli_option(cli, OPTION_DECISION)},
                {"by", cli_option(cli, OPTION_BY)},
                {"on", on != NULL ? on : today},
                {"remarks", remarks != NULL ? remarks : ""}}; // none: what was remarked before is settled
    for (size_t i = 0; i < ARRAY_SIZE(said) && r == CLI_DONE; i++)
        r = set(body, said[i].field, said[i].text, arena, numbers, n);
    return r;
}

static int run_give(const cli_t *cli)
{
    const kind_rule_t *kind;
    char of[REVIEWED_OF];
    uint32_t numbers[16];
    size_t n = 0;
    if (cli_option(cli, OPTION_DECISION) == NULL)
        return cli_usage(cli, _("what was decided? Give --decision agree, return or decline"));
    if (cli_option(cli, OPTION_BY) == NULL) return cli_usage(cli, _("who decided? Give --by NAME"));
    int r = named_kind(cli->args[0], &kind);
    if (r != CLI_DONE) return r;
    snprintf(of, sizeof of, "%s:%s", kind->name, cli->args[1]);
    AUTO(ask_destroy) ask_t *ask = NULL;
    AUTO(arena_destroy) arena_t *arena = arena_new(BODY_MAX);
    body_t *body = body_new(&KIND_REVIEW, arena);
    r = ask_open(cli, &ask);
    if (r == CLI_DONE) r = fill(cli, of, body, arena, numbers, &n);
    return r == CLI_DONE ? send_review(ask, body, arena, numbers, n) : r;
}

// ---- verbs

static const struct argp_option GIVE_OPTIONS[] = {
    {"decision", OPTION_DECISION, "WORD", 0, N_("agree, return or decline (required)"), 0},
    {"by", OPTION_BY, "NAME", 0, N_("the person who decided (required)"), 0},
    {"remarks", OPTION_REMARKS, "TEXT", 0, N_("why; who returns or declines says it"), 0},
    {"office", OPTION_OFFICE, "CODE", 0, N_("the organisation that decided; else that of the node"), 0},
    {"on", OPTION_ON, "DATE", 0, N_("the day of the decision; else today"), 0},
    {0},
};

static const verb_t REVIEW_VERBS[] = {
    {
        .name = "list",
        .summary = N_("what waits for a decision, and whose"),
        .examples = "selenga --node hub review list\n",
        .run = run_list,
    },
    {
        .name = "give",
        .args = "KIND KEY",
        .min_args = 2,
        .max_args = 2,
        .options = GIVE_OPTIONS,
        .summary = N_("decide about a record of another organisation"),
        .text = N_(
            "The decision is a record of this node; what it is about stays as it is. It goes to the node of "
            "that organisation, and no further up than what it is about. Given again, it replaces the one "
            "before."),
        .examples =
            "selenga --node hub review give route R-17-1 --decision return --by 'А. Б. Доржиева' --remarks "
            "'нет срока'\n",
        .run = run_give,
    },
    {0},
};

const verb_t REVIEW_SECTION[] = {
    {
        .name = "review",
        .verbs = REVIEW_VERBS,
        .summary = N_("decide about what others submit; see what waits"),
    },
    {0},
};
