// SPDX-License-Identifier: Apache-2.0
// Watchers are rows of a table: what they look at, whom they are for, and what a person reads.
#include "common/base/i18n.h"
#include "common/forms/view.h"
#include "common/schema/states.h"
#include "common/service/sensible.h"
#include "common/watch/attention_private.h"
#include <stdio.h>

enum { TERM_DAYS = 30, DAY_S = 86400, TERM_TEXT = VIEW_TEXT + 512 };

static void see_condition(attention_t *a, const watcher_t *self, const seen_record_t *seen);
static void see_term(attention_t *a, const watcher_t *self, const seen_record_t *seen);

enum {
    SCHOOLS = R_COORDINATOR | R_METHODIST,
    STAFF = R_COORDINATOR | R_METHODIST | R_REGIONAL,
    OFFICES = R_METHODIST | R_REGIONAL,
};

const watcher_t WATCHERS[] = {
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
    {.what = "tutor-untrained",
     .roles = R_REGIONAL,
     .see = tutors_see,
     .kinds = {&KIND_METHODIST, &KIND_ASSIGNMENT},
     .end = find_untrained,
     .text =
         N_("Teachers are assigned to this methodist, whose training as a tutor is missing or over. Enrol "
            "the methodist in it, then enter until when it holds.")},
    {.what = "duplicate",
     .roles = STAFF,
     .see = staff_see,
     .kinds = {&KIND_IDENTITY, &KIND_PERSON, &KIND_EMPLOYMENT},
     .end = staff_find_duplicates},
    {.what = "two-main-places",
     .roles = STAFF,
     .see = staff_see,
     .kinds = {&KIND_IDENTITY, &KIND_PERSON, &KIND_EMPLOYMENT},
     .end = staff_find_main_places},
    {.what = "sense", .roles = STAFF, .end = find_senseless},
    {.what = "hangs-nowhere",
     .roles = OFFICES | R_OPERATOR,
     .figures = true,
     .end = find_hanging,
     .text =
         N_("No way leads from this organisation up to the root of the tree, so no figure above counts it. "
            "Enter what is above it, or correct `parent`.")},
    {.what = "silent",
     .roles = OFFICES,
     .figures = true,
     .end = find_silent,
     .text =
         N_("No data: nothing has come from this organisation, which is to report. Ask it; `selenga links` "
            "tells whether its node was here.")},
    {.what = "young-without-support",
     .roles = STAFF,
     .see = young_see,
     .kinds = {&KIND_IDENTITY},
     .figures = true,
     .end = find_young},
    {.what = "refused", .roles = R_OPERATOR, .end = find_refused},
    {.what = "audit-log",
     .roles = R_OPERATOR,
     .end = find_chains,
     .text = N_(
         "The audit log of this organisation's node became shorter, or is another one than it was: entries "
         "were cut off or changed, or a store was put back. `selenga audit verify --child` tells more.")},
};
const size_t N_WATCHERS = ARRAY_SIZE(WATCHERS);

unsigned attention_roles(void)
{
    unsigned roles = 0;
    for (size_t i = 0; i < N_WATCHERS; i++) roles |= WATCHERS[i].roles;
    return roles;
}

bool watcher_is_wanted(const attention_t *a, const watcher_t *watcher)
{
    return (watcher->roles & a->roles) != 0;
}

const char *attention_words(const char *what)
{
    static const struct {
        const char *what, *text;
    } words[] = {{"route-overdue", N_("route-overdue")},
                 {"route-without-tutor", N_("route-without-tutor")},
                 {"closed-organisation", N_("closed-organisation")},
                 {"pseudonym", N_("pseudonym")},
                 {"term-expires", N_("term-expires")},
                 {"tutor-untrained", N_("tutor-untrained")},
                 {"duplicate", N_("duplicate")},
                 {"two-main-places", N_("two-main-places")},
                 {"sense", N_("sense")},
                 {"hangs-nowhere", N_("hangs-nowhere")},
                 {"silent", N_("silent")},
                 {"young-without-support", N_("young-without-support")},
                 {"refused", N_("refused")},
                 {"audit-log", N_("audit-log")}};
    for (size_t i = 0; what != NULL && i < ARRAY_SIZE(words); i++)
        if (strcmp(words[i].what, what) == 0) return _(words[i].text);
    return what;
}

// --- records that a condition of theirs tells

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
    finding_t *found = attention_add(a, self->what, seen->record->org, seen->kind,
                                     body_key_shown(seen->kind, seen->body, key), _(self->text));
    if (found != NULL && field >= 0)
        found->since = xstrdup(body_print(seen->kind, seen->body, (size_t)field, since));
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
    attention_add(a, self->what, seen->record->org, kind, body_key_shown(kind, seen->body, key), text);
}
