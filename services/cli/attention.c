// SPDX-License-Identifier: Apache-2.0
// Watchers are rows of a table: what they look at, whom they are for, and what a person reads. Each record is
// asked for once, whoever looks at it.
#include <stdlib.h>
#include <string.h>

#include "common/base/arena.h"
#include "common/base/clock.h"
#include "common/base/vec.h"
#include "common/forms/grid.h"
#include "common/forms/view.h"
#include "common/node/node.h"
#include "common/schema/states.h"
#include "common/service/sensible.h"
#include "services/cli/attention_private.h"

enum { OPTION_ORG = CLI_KEY, OPTION_ROLE };
enum { DEPTH_MAX = 16, TERM_DAYS = 30, DAY_S = 86400, TERM_TEXT = VIEW_TEXT + 512 };

const struct argp_option ATTENTION_OPTIONS[] = {
    {"org", OPTION_ORG, "CODE", 0, N_("only of this organisation and those below it"), 0},
    {"role", OPTION_ROLE, "ROLE", 0,
     N_("only what is for this role: coordinator (a school's), methodist (a municipality's), regional, "
        "operator"),
     0},
    {0},
};

static void see_condition(attention_t *a, const watcher_t *self, const seen_record_t *seen);
static void see_term(attention_t *a, const watcher_t *self, const seen_record_t *seen);

enum {
    SCHOOLS = R_COORDINATOR | R_METHODIST,
    STAFF = R_COORDINATOR | R_METHODIST | R_REGIONAL,
    OFFICES = R_METHODIST | R_REGIONAL,
};

static const watcher_t WATCHERS[] = {
    {.what = "route-overdue",
     .roles = SCHOOLS,
     .see = see_condition,
     .kinds = {&KIND_ROUTE},
     .when = "state = active' & to known & to < today",
     .since = "to",
     .text = N_("The route is active, and its last day is over. Close it, or give it another last day.")},
    {.what = "route-without-tutor",
     .roles = SCHOOLS,
     .see = see_condition,
     .kinds = {&KIND_ROUTE},
     .when = "state = active' & tutor missing",
     .since = "from",
     .text = N_("The route is active and has no tutor. Name one.")},
    {.what = "closed-organisation",
     .roles = STAFF,
     .see = see_condition,
     .kinds = {&KIND_EMPLOYMENT},
     .when = "to missing",
     .since = "",
     .closed = true,
     .text =
         N_("The organisation is closed, and this person still stands in its staff list. Give the last day "
            "of work.")},
    {.what = "pseudonym",
     .roles = R_OPERATOR,
     .see = see_condition,
     .kinds = {&KIND_PERSON},
     .when = "provisional known & provisional = 1",
     .since = "",
     .text = N_("The pseudonym is provisional: figures above count this person as somebody new until the "
                "region has answered. If that takes long, look at `selenga links`.")},
    // for whom: who may write the kind
    {.what = "term-expires", .roles = STAFF | R_OPERATOR, .see = see_term, .mark = F_EXPIRES},
    {.what = "duplicate",
     .roles = STAFF,
     .see = people_see,
     .kinds = {&KIND_IDENTITY, &KIND_PERSON, &KIND_EMPLOYMENT},
     .end = people_find_duplicates},
    {.what = "two-main-places",
     .roles = STAFF,
     .see = people_see,
     .kinds = {&KIND_IDENTITY, &KIND_PERSON, &KIND_EMPLOYMENT},
     .end = people_find_main_places},
    {.what = "sense", .roles = STAFF, .end = find_senseless},
    {.what = "hangs-nowhere",
     .roles = OFFICES | R_OPERATOR,
     .end = find_hanging,
     .text =
         N_("No way leads from this organisation up to the root of the tree, so no figure above counts it. "
            "Enter what is above it, or correct `parent`.")},
    {.what = "silent",
     .roles = OFFICES,
     .end = find_silent,
     .text =
         N_("No data: nothing has come from this organisation, which is to report. Ask it; `selenga links` "
            "tells whether its node was here.")},
    {.what = "young-without-support", .roles = STAFF, .end = find_young},
    {.what = "refused", .roles = R_OPERATOR, .end = find_refused},
};

// --- organisations -------------------------------------------------------------------------------

place_of_t *attention_org(const attention_t *a, const char *code)
{
    uint32_t place = code != NULL ? dict_find(a->codes, slice_text(code)) : DICT_NONE;
    return place != DICT_NONE ? &a->orgs[place] : NULL;
}

bool attention_is_within(const attention_t *a, const char *code, const char *above)
{
    for (int i = 0; code != NULL && i < DEPTH_MAX; i++) {
        if (strcmp(code, above) == 0) return true;
        const place_of_t *org = attention_org(a, code);
        code = org != NULL ? org->parent : NULL;
    }
    return false;
}

bool attention_is_ours(const attention_t *a, const Selenga__Record *record)
{
    path_t home;
    return path_from_bytes(slice(record->home.data, record->home.len), &home) &&
           path_is_prefix(&a->own, &home);
}

static const char *text_of(const kind_rule_t *kind, const body_t *body, const char *name)
{
    int field = kind_field(kind, name);
    return field >= 0 && body_has(kind, body, (size_t)field) ? body_str(kind, body, (size_t)field) : NULL;
}

static int keep_org(slice_t wire, const Selenga__Record *record, void *context)
{
    attention_t *a = context;
    body_t *body = NULL;
    (void)wire;
    AUTO(arena_destroy) arena_t *arena = arena_new(record->body.len);
    const kind_rule_t *kind = &KIND_ORGANISATION;
    if (body_unpack(kind, slice(record->body.data, record->body.len), arena, &body, NULL) != 0)
        return CLI_DONE;
    const char *code = text_of(kind, body, "code"), *parent = text_of(kind, body, "parent");
    if (code == NULL || dict_add(a->codes, slice_text(code)) < a->n_orgs) return CLI_DONE;
    int end = kind_field(kind, "valid_to");
    *vec_add(a->orgs, a->n_orgs, a->orgs_room) =
        (place_of_t){.parent = parent != NULL ? xstrdup(parent) : NULL,
                     .valid_to = (int32_t)body_int(kind, body, (size_t)end),
                     .has_end = body_has(kind, body, (size_t)end),
                     .ours = attention_is_ours(a, record)};
    return CLI_DONE;
}

static int list(attention_t *a, const kind_rule_t *kind, ask_take_t *take, void *context)
{
    Selenga__List request = SELENGA__LIST__INIT;
    request.has_kind = true;
    request.kind = kind->number;
    return ask_each(a->ask, &request, 0, take, NULL, context);
}

void attention_add(attention_t *a, const char *what, const char *org, const char *ref, const char *since,
                   const char *text)
{
    if (a->org != NULL && !attention_is_within(a, org, a->org)) return;
    json_array_append_new(a->found, json_pack("{s:s, s:o, s:o, s:o, s:o}", "what", what, "org",
                                              output_text(org), "ref", output_text(ref), "since",
                                              output_text(since), "text", output_text(text)));
}

// --- records -------------------------------------------------------------------------------------

int attention_marked(const kind_rule_t *kind, unsigned mark)
{
    for (size_t i = 0; i < kind->n_fields; i++)
        if ((kind->fields[i].flags & mark) != 0) return (int)i;
    return -1;
}

static bool is_closed(const attention_t *a, const char *code)
{
    const place_of_t *org = attention_org(a, code);
    return org != NULL && org->has_end && org->valid_to < a->today;
}

static void see_condition(attention_t *a, const watcher_t *self, const seen_record_t *seen)
{
    char key[KEY_TEXT_MAX], since[FIELD_TEXT_MAX] = "";
    if (!sense_holds(a->today, seen->kind, seen->body, self->when) ||
        (self->closed && !is_closed(a, seen->record->org)))
        return;
    int field = kind_field(seen->kind, self->since);
    attention_add(a, self->what, seen->record->org, body_key_shown(seen->kind, seen->body, key),
                  field >= 0 ? body_print(seen->kind, seen->body, (size_t)field, since) : NULL,
                  _(self->text));
}

// Whose business a record is follows from who may write its kind.
static unsigned roles_of(const kind_rule_t *kind)
{
    unsigned roles = 0;
    if ((kind->writers & (W_SCHOOL | W_SERVING)) != 0) roles |= R_COORDINATOR;
    if ((kind->writers & (W_MUNICIPALITY | W_SERVING)) != 0) roles |= R_METHODIST;
    if ((kind->writers & W_REGION) != 0) roles |= R_REGIONAL;
    return (kind->writers & W_PROGRAM) != 0 ? R_OPERATOR : roles;
}

// Terms of records from above are the business of those above.
static void see_term(attention_t *a, const watcher_t *self, const seen_record_t *seen)
{
    const kind_rule_t *kind = seen->kind;
    char key[KEY_TEXT_MAX], day[VIEW_TEXT], text[TERM_TEXT];
    size_t field = (size_t)attention_marked(kind, self->mark);
    if (!seen->ours || (roles_of(kind) & a->roles) == 0 || !body_has(kind, seen->body, field) ||
        states_is_final(kind, seen->body))
        return;
    int64_t end = body_int(kind, seen->body, field);
    if (kind->fields[field].type != FIELD_DATE) end /= DAY_S;
    if (end < a->today || end > a->today + TERM_DAYS) return;
    snprintf(text, sizeof text,
             _("%s: the term ends on %s. If it is to go on, give it a later end, or enter what follows."),
             bilingual_text(&kind->label), view_day((int32_t)end, i18n_now(), day));
    attention_add(a, self->what, seen->record->org, body_key_shown(kind, seen->body, key), NULL, text);
}

typedef struct passing {
    attention_t *a;
    const kind_rule_t *kind;
} passing_t;

static bool looks_at(const attention_t *a, const watcher_t *watcher, const kind_rule_t *kind)
{
    if ((watcher->roles & a->roles) == 0 || watcher->see == NULL) return false;
    if (watcher->mark != 0) return attention_marked(kind, watcher->mark) >= 0;
    for (size_t i = 0; i < ARRAY_SIZE(watcher->kinds); i++)
        if (watcher->kinds[i] == kind) return true;
    return false;
}

static int show(slice_t wire, const Selenga__Record *record, void *context)
{
    passing_t *passing = context;
    attention_t *a = passing->a;
    body_t *body = NULL;
    (void)wire;
    AUTO(arena_destroy) arena_t *arena = arena_new(record->body.len);
    if (body_unpack(passing->kind, slice(record->body.data, record->body.len), arena, &body, NULL) != 0)
        return CLI_DONE;
    seen_record_t seen = {passing->kind, record, body, attention_is_ours(a, record)};
    for (size_t i = 0; i < ARRAY_SIZE(WATCHERS); i++)
        if (looks_at(a, &WATCHERS[i], passing->kind)) WATCHERS[i].see(a, &WATCHERS[i], &seen);
    return CLI_DONE;
}

static int look_at_all(attention_t *a)
{
    int r = list(a, &KIND_ORGANISATION, keep_org, a);
    for (size_t k = 0; k < N_KINDS && r == CLI_DONE; k++) {
        passing_t passing = {a, KINDS[k]};
        bool wanted = false;
        for (size_t i = 0; i < ARRAY_SIZE(WATCHERS); i++) wanted |= looks_at(a, &WATCHERS[i], KINDS[k]);
        if (wanted) r = list(a, KINDS[k], show, &passing);
    }
    for (size_t i = 0; i < ARRAY_SIZE(WATCHERS) && r == CLI_DONE; i++)
        if ((WATCHERS[i].roles & a->roles) != 0 && WATCHERS[i].end != NULL)
            r = WATCHERS[i].end(a, &WATCHERS[i]);
    return r;
}

// --- verb ----------------------------------------------------------------------------------------

// What programs read is the code.
static const char *what_words(const char *what)
{
    static const struct {
        const char *what, *text;
    } words[] = {{"route-overdue", N_("route-overdue")},
                 {"route-without-tutor", N_("route-without-tutor")},
                 {"closed-organisation", N_("closed-organisation")},
                 {"pseudonym", N_("pseudonym")},
                 {"hangs-nowhere", N_("hangs-nowhere")},
                 {"silent", N_("silent")},
                 {"young-without-support", N_("young-without-support")},
                 {"refused", N_("refused")}};
    for (size_t i = 0; what != NULL && i < ARRAY_SIZE(words); i++)
        if (strcmp(words[i].what, what) == 0) return _(words[i].text);
    return what;
}

static void print_table(const json_t *found)
{
    static const char *const names[] = {"what", "org", "ref", "since", "text"};
    AUTO(grid_destroy) grid_t *grid = grid_new();
    size_t i;
    json_t *one;
    grid_column(grid, _("what"));
    grid_column(grid, _("organisation"));
    grid_column(grid, _("record"));
    grid_column(grid, _("since"));
    grid_column(grid, _("what to do"));
    json_array_foreach(found, i, one) for (size_t k = 0; k < ARRAY_SIZE(names); k++)
    {
        const char *text = json_string_value(json_object_get(one, names[k]));
        grid_cell(grid, k == 0 ? what_words(text) : text);
    }
    if (grid_rows(grid) > 0)
        grid_print(grid, stdout);
    else
        puts(_("nothing needs anybody"));
}

static int choose_role(const cli_t *cli, unsigned *ret_roles)
{
    const char *role = cli_option(cli, OPTION_ROLE);
    unsigned all = 0;
    for (size_t i = 0; i < ARRAY_SIZE(WATCHERS); i++) all |= WATCHERS[i].roles;
    *ret_roles = role != NULL ? states_role(role) & all : all;
    if (*ret_roles != 0) return CLI_DONE;
    return cli_usage(cli, _("nothing is for the role '%s'; there are: %s"), role,
                     "coordinator, methodist, regional, operator");
}

static void clear(attention_t *a)
{
    if (a->found != NULL) json_decref(a->found);
    for (size_t i = 0; i < a->n_orgs; i++) free(a->orgs[i].parent);
    dict_destroy(&a->codes);
    free(a->orgs);
    people_destroy(&a->people);
    report_clear(&a->report);
}

int attention_run(const cli_t *cli)
{
    AUTO(ask_destroy) ask_t *ask = NULL;
    AUTO(node_conf_clear) node_conf_t conf = {0};
    why_t why;
    unsigned roles;
    int r = choose_role(cli, &roles);
    if (r == CLI_DONE) r = ask_open(cli, &ask);
    if (r != CLI_DONE) return r;
    if (node_conf_load(cli->node, &conf, &why) != 0) return cli_refuse("%s", why.text);
    attention_t a = {.cli = cli,
                     .ask = ask,
                     .org = cli_option(cli, OPTION_ORG),
                     .roles = roles,
                     .own = conf.path,
                     .today = wall_day(),
                     .codes = dict_new(),
                     .found = json_array()};
    ask_catch_up_all(ask);
    r = look_at_all(&a);
    if (r == CLI_DONE && cli->json)
        output_json(&a.found);
    else if (r == CLI_DONE)
        print_table(a.found);
    clear(&a);
    return r;
}
