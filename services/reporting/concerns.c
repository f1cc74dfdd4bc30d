// SPDX-License-Identifier: Apache-2.0
// A record is looked at twice, as it was and as it is. What it says of days bounds the years that are counted
// again: the rest of a history stays as it is.
#include "services/reporting/concerns.h"
#include "common/node/msg.h"
#include "proto/registry.pb-c.h"
#include "proto/routing.pb-c.h"
#include "services/reporting/human.h"
#include "services/reporting/recount.h"
#include <stdlib.h>

typedef struct touch {
    reporting_t *self;
    store_txn_t *txn;
    bool bulk;    // of a load
    bool onward;  // by an event, a run ..., which touches many at once
    years_t days; // onward: of that
} touch_t;

static bool is_home(const reporting_t *self, const record_t *r)
{
    return path_equal(&r->home, &service_node(self->service)->path);
}

// --- people --------------------------------------------------------------------------------------

static void mark(const touch_t *touch, const uint8_t *pseudonym, years_t years)
{
    dirty_t dirty = {.bulk = touch->bulk, .later = touch->onward, .years = years};
    memcpy(dirty.pseudonym, pseudonym, PSEUDONYM_BYTES);
    recount_mark(touch->self, &dirty);
}

static int mark_person(const touch_t *touch, const rid_t *person, years_t years)
{
    record_t r;
    int rc = store_get(touch->txn, person, &r, NULL);
    if (rc != 0 || r.deleted || !is_home(touch->self, &r)) return rc < 0 ? rc : 0;
    AUTO(msg_body_free) Selenga__Person *m = msg_body_unpack(&selenga__person__descriptor, r.body);
    if (m != NULL && m->pseudonym.len == PSEUDONYM_BYTES) mark(touch, m->pseudonym.data, years);
    return 0;
}

static int touch_person(const touch_t *touch, const record_t *r, bool there)
{
    AUTO(msg_body_free) Selenga__Person *m = msg_body_unpack(&selenga__person__descriptor, r->body);
    if (m == NULL || m->pseudonym.len != PSEUDONYM_BYTES || !is_home(touch->self, r)) return 0;
    mark(touch, m->pseudonym.data, YEARS_ALL);
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
static int touch_staff(const touch_t *touch, const kind_rule_t *rule, const body_t *body, years_t years)
{
    Selenga__Person key = SELENGA__PERSON__INIT;
    rid_t id;
    key.org = (char *)(uintptr_t)body_str(rule, body, (size_t)kind_field(rule, "org"));
    key.number = (char *)(uintptr_t)body_str(rule, body, (size_t)kind_field(rule, "number"));
    if (key.org == NULL || key.number == NULL || !body_id(&KIND_PERSON, &key.base, &id)) return 0;
    return mark_person(touch, &id, years);
}

static int touch_refs(const touch_t *touch, const kind_rule_t *rule, const body_t *body, years_t years)
{
    size_t state = 0;
    body_ref_t ref;
    int rc = 0;
    while (rc == 0 && body_next_ref(rule, body, &state, &ref))
        if (ref.target->number == N_PERSON && ref.complete) rc = mark_person(touch, &ref.id, years);
    return rc;
}

// --- years ---------------------------------------------------------------------------------------

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

static int years_of(const touch_t *touch, const kind_rule_t *rule, const body_t *body, years_t *ret)
{
    int32_t on;
    int rc = 0;
    *ret = YEARS_ALL;
    switch (rule->number) {
    case N_EMPLOYMENT: // decides on team parts of runs that end after it
    case N_ROUTE:
        *ret = years_between(day(rule, body, "from"), DAY_NONE);
        break;
    case N_ABSENCE:
    case N_MENTORING_PAIR:
        *ret = years_between(day(rule, body, "from"), day(rule, body, "to"));
        break;
    case N_MENTORING_MEETING:
    case N_SUPPORT_ACT:
        on = day(rule, body, "date");
        *ret = years_between(on, on);
        break;
    case N_ACTIVITY:
        on = day(rule, body, "done_on");
        *ret = on != DAY_NONE ? years_between(on, on) : YEARS_NONE;
        break;
    case N_ATTENDANCE:
        rc = days_of_ref(touch, &KIND_EVENT, ((const Selenga__Attendance *)body)->event, ret);
        break;
    case N_ENROLMENT:
        rc = days_of_ref(touch, &KIND_PROGRAMME_RUN, ((const Selenga__Enrolment *)body)->run, ret);
        break;
    case N_CERTIFICATE: // of a team's run, too
        on = day(rule, body, "issued_on");
        rc = days_of_ref(touch, &KIND_PROGRAMME_RUN, ((const Selenga__Certificate *)body)->run, ret);
        *ret = years_joined(*ret, years_between(on, on));
        break;
    default:
        break;
    }
    return rc;
}

// --- onward --------------------------------------------------------------------------------------

static int touch_body(const touch_t *touch, const record_t *r);

static int touch_again(void *arg, const rid_t *id)
{
    const touch_t *onward = arg;
    record_t r;
    int rc = store_get(onward->txn, id, &r, NULL);
    if (rc != 0) return rc < 0 ? rc : 0;
    return touch_body(onward, &r);
}

// An event touches those who came, a run those who learnt in it, an organisation those whom it employs: many
// at once, a load of its own.
static int touch_onward(const touch_t *touch, const record_t *r, const kind_rule_t *rule, const body_t *body)
{
    touch_t onward = {.self = touch->self, .txn = touch->txn, .bulk = true, .onward = true};
    switch (r->kind) {
    case N_EVENT:
        onward.days = days_of(rule, body);
        return store_referring(touch->txn, &r->id, N_ATTENDANCE, touch_again, &onward);
    case N_PROGRAMME:
        return store_referring(touch->txn, &r->id, N_PROGRAMME_RUN, touch_again, &onward);
    case N_PROGRAMME_RUN: {
        onward.days = days_of(rule, body);
        int rc = store_referring(touch->txn, &r->id, N_ENROLMENT, touch_again, &onward);
        return rc == 0 ? store_referring(touch->txn, &r->id, N_CERTIFICATE, touch_again, &onward) : rc;
    }
    case N_ORGANISATION:
        return store_list(touch->txn, N_EMPLOYMENT, r->org, NULL, touch_again, &onward);
    default:
        return 0;
    }
}

static int touch_body(const touch_t *touch, const record_t *r)
{
    const kind_rule_t *rule = kind_by_number(r->kind);
    body_t *body = NULL;
    years_t years;
    if (rule == NULL || r->deleted) return 0;
    AUTO(arena_destroy) arena_t *arena = arena_new(r->body.size);
    if (body_unpack(rule, r->body, arena, &body, NULL) != 0) return 0;
    record_t copy = store_record_dup(r); // the store is read on the way
    int rc = years_of(touch, rule, body, &years);
    if (rc == 0 && years.first <= years.last)
        rc = r->kind == N_IDENTITY || r->kind == N_EMPLOYMENT ? touch_staff(touch, rule, body, years)
                                                              : touch_refs(touch, rule, body, years);
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
// among them, to another person or another run. Of a kind without such marks all fields are of account.
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

static bool concerns_people(uint32_t kind)
{
    return kind / 100 != SERVICE_REPORTING && kind != N_NODE && kind != N_METHODIST && kind != N_ASSIGNMENT &&
           kind != N_TEAM;
}

int concerns_touch(reporting_t *self, store_txn_t *txn, const record_t *old, const record_t *now)
{
    touch_t touch = {.self = self, .txn = txn, .bulk = now->bulk};
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
