// SPDX-License-Identifier: Apache-2.0
// A record is looked at twice, as it was and as it is. What it says of days bounds the years that are counted
// again, and its kind says which aspects: the rest stays as it is.
#include "services/reporting/concerns.h"
#include "common/base/text.h"
#include "common/node/msg.h"
#include "proto/diagnostics.pb-c.h"
#include "proto/registry.pb-c.h"
#include "proto/routing.pb-c.h"
#include "services/reporting/human.h"
#include "services/reporting/recount.h"
#include <stdlib.h>

typedef struct touch {
    reporting_t *self;
    store_txn_t *txn;
    bool bulk;       // of a load
    bool first;      // there was no version before
    bool onward;     // by an event, a run ..., which touches many at once
    years_t days;    // onward: of that
    bool only_posts; // onward: by what posts alone depend on
} touch_t;

static bool is_home(const reporting_t *self, const record_t *r)
{
    return path_equal(&r->home, &service_node(self->service)->path);
}

// --- people --------------------------------------------------------------------------------------

static void mark(const touch_t *touch, const uint8_t *pseudonym, const dirty_t *what)
{
    dirty_t dirty = *what;
    dirty.bulk = touch->bulk;
    dirty.later = touch->onward;
    memcpy(dirty.pseudonym, pseudonym, PSEUDONYM_BYTES);
    recount_mark(touch->self, &dirty);
}

static int mark_person(const touch_t *touch, const rid_t *person, const dirty_t *what)
{
    record_t r;
    int rc = store_get(touch->txn, person, &r, NULL);
    if (rc != 0 || r.deleted || !is_home(touch->self, &r)) return rc < 0 ? rc : 0;
    AUTO(msg_body_free) Selenga__Person *m = msg_body_unpack(&selenga__person__descriptor, r.body);
    if (m != NULL && m->pseudonym.len == PSEUDONYM_BYTES) mark(touch, m->pseudonym.data, what);
    return 0;
}

static int touch_person(const touch_t *touch, const record_t *r, bool there)
{
    static const dirty_t all = {.years = {PERIOD_YEAR_MIN, PERIOD_YEAR_MAX}, .aspects = ASPECT_ALL};
    AUTO(msg_body_free) Selenga__Person *m = msg_body_unpack(&selenga__person__descriptor, r->body);
    if (m == NULL || m->pseudonym.len != PSEUDONYM_BYTES || !is_home(touch->self, r)) return 0;
    mark(touch, m->pseudonym.data, &all);
    return human_know_number(touch->txn, m->pseudonym.data, &r->id, there);
}

// The real pseudonym took a provisional one's place. That one is random: it was nobody else's.
static int note_was(const touch_t *touch, const record_t *old, const record_t *now)
{
    if (!is_home(touch->self, old) || !is_home(touch->self, now)) return 0;
    AUTO(msg_body_free) Selenga__Person *before = msg_body_unpack(&selenga__person__descriptor, old->body);
    AUTO(msg_body_free) Selenga__Person *after = msg_body_unpack(&selenga__person__descriptor, now->body);
    if (before == NULL || after == NULL || !before->provisional || after->provisional) return 0;
    if (before->pseudonym.len != PSEUDONYM_BYTES || after->pseudonym.len != PSEUDONYM_BYTES) return 0;
    return human_note_was(touch->txn, after->pseudonym.data, before->pseudonym.data);
}

// Identity and employment share the person's key.
static int touch_staff(const touch_t *touch, const kind_rule_t *rule, const body_t *body, const dirty_t *what)
{
    Selenga__Person key = SELENGA__PERSON__INIT;
    rid_t id;
    key.org = (char *)(uintptr_t)body_str(rule, body, (size_t)kind_field(rule, "org"));
    key.number = (char *)(uintptr_t)body_str(rule, body, (size_t)kind_field(rule, "number"));
    if (key.org == NULL || key.number == NULL || !body_id(&KIND_PERSON, &key.base, &id)) return 0;
    return mark_person(touch, &id, what);
}

// Nothing of who helps is counted, but of who is helped.
static bool is_helper(const kind_rule_t *rule, size_t field)
{
    const char *name = rule->fields[field].name;
    return strcmp(name, "mentor") == 0 || strcmp(name, "tutor") == 0;
}

static int touch_refs(const touch_t *touch, const kind_rule_t *rule, const body_t *body, const dirty_t *what)
{
    size_t state = 0;
    body_ref_t ref;
    int rc = 0;
    while (rc == 0 && body_next_ref(rule, body, &state, &ref))
        if (ref.target->number == N_PERSON && ref.complete && !is_helper(rule, ref.field))
            rc = mark_person(touch, &ref.id, what);
    return rc;
}

// --- years and aspects ---------------------------------------------------------------------------

static int32_t day(const kind_rule_t *rule, const body_t *body, const char *name)
{
    int i = kind_field(rule, name);
    return i >= 0 && body_has(rule, body, (size_t)i) ? (int32_t)body_int(rule, body, (size_t)i) : DAY_NONE;
}

// Of the event or the run.
static years_t days_of(const kind_rule_t *rule, const body_t *body)
{
    const char *from = rule->number == N_EVENT ? "starts_on" : "from";
    int32_t first = day(rule, body, from), last = day(rule, body, rule->number == N_EVENT ? "ends_on" : "to");
    return years_between(first, last == DAY_NONE && rule->number == N_EVENT ? first : last);
}

// Of the one to which this field refers; none while it is not here: when it comes it touches him.
static int days_of_ref(const touch_t *touch, const kind_rule_t *target, const char *ref, years_t *ret)
{
    record_t r;
    rid_t id;
    body_t *body = NULL;
    *ret = YEARS_NONE;
    if (touch->onward) return *ret = touch->days, 0;
    if (ref == NULL || !ref_id(target, slice_text(ref), &id)) return 0;
    int rc = store_get(touch->txn, &id, &r, NULL);
    if (rc != 0 || r.deleted) return rc < 0 ? rc : 0;
    AUTO(arena_destroy) arena_t *arena = arena_new(r.body.size);
    if (body_unpack(target, r.body, arena, &body, NULL) == 0) *ret = days_of(target, body);
    return 0;
}

// It adds to a form of support, on these days, and cannot take anything away.
static void say_more(const touch_t *touch, int32_t first, int32_t last, dirty_t *what)
{
    what->only_more = touch->first && !touch->onward && first != DAY_NONE && last != DAY_NONE;
    what->first_day = first;
    what->last_day = last;
}

static int about_event(const touch_t *touch, const char *event, dirty_t *what)
{
    what->aspects = ASPECT_EVENTS;
    return days_of_ref(touch, &KIND_EVENT, event, &what->years);
}

static int about_training(const touch_t *touch, const char *run, int32_t issued_on, dirty_t *what)
{
    what->aspects = ASPECT_TRAINING;
    int rc = days_of_ref(touch, &KIND_PROGRAMME_RUN, run, &what->years);
    if (issued_on != DAY_NONE)
        what->years =
            years_joined(what->years, years_between(issued_on, DAY_NONE)); // it may be valid for long
    return rc;
}

static void about_day(const touch_t *touch, unsigned aspect, int32_t on, dirty_t *what)
{
    what->aspects = aspect;
    what->years = on != DAY_NONE ? years_between(on, on) : YEARS_NONE;
    say_more(touch, on, on, what);
}

static void about_days(unsigned aspects, int32_t from, int32_t to, dirty_t *what)
{
    what->aspects = aspects;
    what->years = years_between(from, to);
}

// What of somebody's facts the record bears on.
static int what_of(const touch_t *touch, const kind_rule_t *rule, const body_t *body, dirty_t *what)
{
    *what = (dirty_t){.years = YEARS_ALL, .aspects = ASPECT_ALL};
    switch (rule->number) {
    case N_IDENTITY:
        what->aspects = ASPECT_NONE;
        break;
    case N_EMPLOYMENT: // decides on team parts of runs that end after it
        about_days(touch->only_posts ? ASPECT_NONE : ASPECT_ALL, day(rule, body, "from"), DAY_NONE, what);
        break;
    case N_ROUTE:
        about_days(ASPECT_ROUTES, day(rule, body, "from"), DAY_NONE, what);
        break;
    case N_ABSENCE:
        about_days(ASPECT_LEAVE, day(rule, body, "from"), day(rule, body, "to"), what);
        break;
    case N_MENTORING_PAIR:
        about_days(ASPECT_PAIRS, day(rule, body, "from"), day(rule, body, "to"), what);
        break;
    case N_MENTORING_MEETING:
        about_day(touch, ASPECT_PAIRS, day(rule, body, "date"), what);
        break;
    case N_SUPPORT_ACT:
        about_day(touch, ASPECT_ACTS, day(rule, body, "date"), what);
        break;
    case N_ACTIVITY:
        about_day(touch, ASPECT_ROUTES, day(rule, body, "done_on"), what);
        break;
    case N_ATTENDANCE:
        return about_event(touch, ((const Selenga__Attendance *)body)->event, what);
    case N_ENROLMENT:
        return about_training(touch, ((const Selenga__Enrolment *)body)->run, DAY_NONE, what);
    case N_CERTIFICATE: // of a team's run, too
        return about_training(touch, ((const Selenga__Certificate *)body)->run, day(rule, body, "issued_on"),
                              what);
    case N_RESULT:
        about_day(touch, ASPECT_MEASURES, day(rule, body, "taken_on"), what);
        break;
    default:
        break;
    }
    return 0;
}

// --- onward --------------------------------------------------------------------------------------

static int touch_body(const touch_t *touch, const record_t *r);

static int touch_again(void *arg, const record_t *r, const place_t *place)
{
    (void)place;
    return touch_body(arg, r);
}

typedef struct named {
    const touch_t *touch;
    const char *instrument;
} named_t;

static int touch_if_named(void *arg, const record_t *r, const place_t *place)
{
    const named_t *named = arg;
    (void)place;
    AUTO(msg_body_free) Selenga__Campaign *m = msg_body_unpack(&selenga__campaign__descriptor, r->body);
    return m != NULL && ref_in(m->instruments, named->instrument) ? touch_body(named->touch, r) : 0;
}

// An event touches those who came, a run those who learnt in it, an organisation those whom it employs: many
// at once, a load of its own.
static int touch_onward(const touch_t *touch, const record_t *r, const kind_rule_t *rule, const body_t *body)
{
    touch_t onward = {.self = touch->self, .txn = touch->txn, .bulk = true, .onward = true};
    switch (r->kind) {
    case N_EVENT:
        onward.days = days_of(rule, body);
        return store_each_referring(touch->txn, &r->id, N_ATTENDANCE, NULL, touch_again, &onward);
    case N_PROGRAMME:
        return store_each_referring(touch->txn, &r->id, N_PROGRAMME_RUN, NULL, touch_again, &onward);
    case N_PROGRAMME_RUN: {
        onward.days = days_of(rule, body);
        int rc = store_each_referring(touch->txn, &r->id, N_ENROLMENT, NULL, touch_again, &onward);
        return rc == 0 ? store_each_referring(touch->txn, &r->id, N_CERTIFICATE, NULL, touch_again, &onward)
                       : rc;
    }
    case N_CAMPAIGN:
        return store_each_referring(touch->txn, &r->id, N_RESULT, NULL, touch_again, &onward);
    case N_INSTRUMENT: { // no index leads from it to campaigns, of which there are few
        named_t named = {&onward, ((const Selenga__Instrument *)body)->code};
        return store_each(touch->txn, N_CAMPAIGN, (slice_t){0}, NULL, touch_if_named, &named);
    }
    case N_ORGANISATION:
        onward.only_posts = true;
        return store_each(touch->txn, N_EMPLOYMENT, r->org, NULL, touch_again, &onward);
    default:
        return 0;
    }
}

// Enrolments of nodes below are read to be counted as rows; whom they are about has his facts made there.
static bool is_of_below(const touch_t *touch, const record_t *r)
{
    const path_t *self = &service_node(touch->self->service)->path;
    return r->kind == N_ENROLMENT && path_is_prefix(self, &r->home) && !path_equal(self, &r->home);
}

static int touch_body(const touch_t *touch, const record_t *r)
{
    const kind_rule_t *rule = kind_by_number(r->kind);
    body_t *body = NULL;
    dirty_t what;
    if (rule == NULL || r->deleted || is_of_below(touch, r)) return 0;
    AUTO(arena_destroy) arena_t *arena = arena_new(r->body.size);
    if (body_unpack(rule, r->body, arena, &body, NULL) != 0) return 0;
    record_t copy = store_record_dup(r); // the store is read on the way
    int rc = what_of(touch, rule, body, &what);
    if (rc == 0 && what.years.first <= what.years.last)
        rc = r->kind == N_IDENTITY || r->kind == N_EMPLOYMENT ? touch_staff(touch, rule, body, &what)
                                                              : touch_refs(touch, rule, body, &what);
    if (rc == 0) rc = touch_onward(touch, &copy, rule, body);
    store_record_free(&copy);
    return rc;
}

// --- does it matter ------------------------------------------------------------------------------

static bool same_field(const kind_rule_t *rule, const body_t *a, const body_t *b, size_t i)
{
    char text[FIELD_TEXT_MAX], other[FIELD_TEXT_MAX];
    if (body_has(rule, a, i) != body_has(rule, b, i)) return false;
    return strcmp(body_print(rule, a, i, text), body_print(rule, b, i, other)) == 0;
}

static bool is_marked(const kind_rule_t *rule)
{
    for (size_t i = 0; i < rule->n_fields; i++)
        if ((rule->fields[i].flags & F_ACCOUNT) != 0) return true;
    return false;
}

// Do both say the same, as far as facts are made of it? Its fields that are so marked tell; references are
// among them, to another person or another run. A person has none: whatever changed is of account.
static bool is_same(const record_t *old, const record_t *now)
{
    const kind_rule_t *rule = kind_by_number(now->kind);
    body_t *a = NULL, *b = NULL;
    if (rule == NULL || !is_marked(rule) || old == NULL || old->deleted || now->deleted) return false;
    AUTO(arena_destroy) arena_t *arena = arena_new(old->body.size + now->body.size);
    if (body_unpack(rule, old->body, arena, &a, NULL) != 0 ||
        body_unpack(rule, now->body, arena, &b, NULL) != 0)
        return false;
    for (size_t i = 0; i < rule->n_fields; i++)
        if ((rule->fields[i].flags & F_ACCOUNT) != 0 && !same_field(rule, a, b, i)) return false;
    return true;
}

// Facts about people are made of persons, and of kinds that mark what of them is of account.
static bool concerns_people(uint32_t kind)
{
    const kind_rule_t *rule = kind_by_number(kind);
    return kind == N_PERSON || (rule != NULL && is_marked(rule));
}

int concerns_touch(reporting_t *self, store_txn_t *txn, const record_t *old, const record_t *now)
{
    touch_t touch = {.self = self, .txn = txn, .bulk = now->bulk, .first = old == NULL || old->deleted};
    int rc = 0;
    if (!concerns_people(now->kind) || is_same(old, now)) return 0;
    if (now->kind == N_PERSON) {
        if (old != NULL && !old->deleted) rc = touch_person(&touch, old, false);
        if (rc == 0 && !now->deleted) rc = touch_person(&touch, now, true);
        if (rc == 0 && old != NULL && !old->deleted && !now->deleted) rc = note_was(&touch, old, now);
        return rc;
    }
    if (old != NULL) rc = touch_body(&touch, old);
    return rc == 0 ? touch_body(&touch, now) : rc;
}
