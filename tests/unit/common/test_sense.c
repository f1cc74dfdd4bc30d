// SPDX-License-Identifier: Apache-2.0
// Rules of sense: each warns of one record and not of another. Today is a Monday in 2025.
// clang-format off
#include "tests/unit/desk.h"
// clang-format on
#include "common/base/clock.h"
#include "common/base/date.h"
#include "common/schema/fault.h"
#include "common/schema/sense.h"
#include <stdio.h>
#include <stdlib.h>

enum { FIELDS_MAX = 16, BODY_ROOM = 64 * 1024 };

#define P1 DESK_ORG ":1"
#define P2 DESK_ORG ":2"
#define PERSON "org=" DESK_ORG "|number=1|last_name=A|first_name=B"
#define POST "org=" DESK_ORG "|number=1|post=x|post_class=pedagogue"
#define MEETING "mentor=" P1 "|mentee=" P2 "|date="
#define ACT "person=" P1 "|kind=visit|date="
#define ROUTE "code=R|person=" P1 "|from=2025-01-10|tutor=" P2
#define STEP "code=S|person=" P1 "|title=x|form=self|reason=y|route="
#define RESULT "campaign=K|person=" P1 "|competency=C|score=1|max=2|taken_on="

// The world in which they are judged.
static const struct {
    const kind_rule_t *kind;
    const char *fields;
} there[] = {
    {&KIND_PROGRAMME, "code=PR|title=x|kind=pk|hours=36"},
    {&KIND_PROGRAMME_RUN, "code=RUN|programme=PR|provider=x|from=2025-02-01|to=2025-03-01"},
    {&KIND_EVENT, "code=PAST|kind=forum|title=x|org=" DESK_ORG "|starts_on=2025-06-02"},
    {&KIND_EVENT, "code=NEXT|kind=forum|title=x|org=" DESK_ORG "|starts_on=2025-06-03"},
    {&KIND_MENTORING_PAIR, "mentor=" P1 "|mentee=" P2 "|from=2025-01-10|to=2025-02-10"},
    {&KIND_MENTORING_PAIR, "mentor=" P1 "|mentee=" P2 "|from=2025-04-10"},
    {&KIND_METHODIST, "code=M|person=" P1 "|from=2025-01-01"},
    {&KIND_CAMPAIGN, "code=K|title=x|framework=F|org=" DESK_ORG "|from=2025-03-01|to=2025-03-31"},
    {&KIND_ACTIVITY, STEP "OPEN"},
    {&KIND_ACTIVITY, STEP "R|code=S1|done_on=2025-02-01"},
    {&KIND_ACTIVITY, STEP "HALF|code=S1|done_on=2025-02-01"},
    {&KIND_ACTIVITY, STEP "HALF|code=S2"},
    {&KIND_ROUTE,
     "code=CLOSED|person=" P1
     "|from=2025-01-10|state=closed|outcome=done|closed_on=2025-02-02|confirmed_by=x|confirmed_on="
     "2025-01-10"},
};

// "": nothing.
static const struct {
    const char *code;
    const kind_rule_t *kind;
    const char *fields;
} cases[] = {
    {"AGE-SENSE", &KIND_IDENTITY, PERSON "|birth_date=2025-06-05"},
    {"AGE-SENSE", &KIND_IDENTITY, PERSON "|birth_date=2011-06-03"},
    {"AGE-SENSE", &KIND_IDENTITY, PERSON "|birth_date=1925-06-01"},
    {"", &KIND_IDENTITY, PERSON "|birth_date=2011-06-02"},
    {"", &KIND_IDENTITY, PERSON "|birth_date=1925-06-02"},
    {"", &KIND_IDENTITY, PERSON},
    {"EXPERIENCE-EARLY", &KIND_IDENTITY, PERSON "|birth_date=1990-06-02|experience_from=2004-06-01"},
    {"", &KIND_IDENTITY, PERSON "|birth_date=1990-06-02|experience_from=2004-06-02"},
    {"", &KIND_IDENTITY, PERSON "|experience_from=2004-06-01"},
    {"DATE-FUTURE", &KIND_IDENTITY, PERSON "|experience_from=2025-06-03"},
    {"", &KIND_IDENTITY, PERSON "|experience_from=2025-06-02"},
    {"DATE-FUTURE", &KIND_EMPLOYMENT, POST "|from=2025-06-03"},
    {"", &KIND_EMPLOYMENT, POST "|from=2025-06-02"},
    {"RATE-SENSE", &KIND_EMPLOYMENT, POST "|from=2025-06-02|rate=3"},
    {"", &KIND_EMPLOYMENT, POST "|from=2025-06-02|rate=2"},
    {"DATE-FUTURE", &KIND_MENTORING_MEETING, MEETING "2025-06-03"},
    {"NO-PAIR", &KIND_MENTORING_MEETING, MEETING "2025-01-09"},
    {"NO-PAIR", &KIND_MENTORING_MEETING, MEETING "2025-02-11"},
    {"NO-PAIR", &KIND_MENTORING_MEETING, "mentor=" P2 "|mentee=" P1 "|date=2025-01-20"},
    {"", &KIND_MENTORING_MEETING, MEETING "2025-01-10"},
    {"", &KIND_MENTORING_MEETING, MEETING "2025-02-10"},
    {"", &KIND_MENTORING_MEETING, MEETING "2025-06-02"},
    {"SELF-SUPPORT", &KIND_ASSIGNMENT, "methodist=M|person=" P1 "|from=2025-02-01"},
    {"", &KIND_ASSIGNMENT, "methodist=M|person=" P2 "|from=2025-02-01"},
    {"SELF-SUPPORT", &KIND_SUPPORT_ACT, ACT "2025-02-01|methodist=M"},
    {"", &KIND_SUPPORT_ACT, ACT "2025-02-01"},
    {"DATE-FUTURE", &KIND_SUPPORT_ACT, ACT "2025-06-03"},
    {"", &KIND_SUPPORT_ACT, ACT "2025-06-02"},
    {"HOURS-ABOVE", &KIND_ENROLMENT, "run=RUN|person=" P1 "|attended_hours=99"},
    {"", &KIND_ENROLMENT, "run=RUN|person=" P1 "|attended_hours=36"},
    {"", &KIND_ENROLMENT, "run=UNKNOWN|person=" P1 "|attended_hours=99"},
    {"HOURS-ABOVE", &KIND_CERTIFICATE, "run=RUN|person=" P1 "|number=1|issued_on=2025-03-01|hours=37"},
    {"", &KIND_CERTIFICATE, "run=RUN|person=" P1 "|number=1|issued_on=2025-03-01|hours=36"},
    {"BEFORE-RUN", &KIND_CERTIFICATE, "run=RUN|person=" P1 "|number=1|issued_on=2025-01-31"},
    {"", &KIND_CERTIFICATE, "run=RUN|person=" P1 "|number=1|issued_on=2025-02-01"},
    {"DATE-FUTURE", &KIND_CERTIFICATE, "run=RUN|person=" P1 "|number=1|issued_on=2025-06-03"},
    {"EVENT-TO-COME", &KIND_ATTENDANCE, "event=NEXT|person=" P1},
    {"", &KIND_ATTENDANCE, "event=PAST|person=" P1},
    {"DATE-FUTURE", &KIND_RESULT, RESULT "2025-06-03|campaign=UNKNOWN"},
    {"OUTSIDE-CAMPAIGN", &KIND_RESULT, RESULT "2025-02-28"},
    {"OUTSIDE-CAMPAIGN", &KIND_RESULT, RESULT "2025-04-01"},
    {"", &KIND_RESULT, RESULT "2025-03-01"},
    {"", &KIND_RESULT, RESULT "2025-03-31"},
    {"SELF-SUPPORT", &KIND_ROUTE, ROUTE "|tutor=" P1},
    {"", &KIND_ROUTE, ROUTE},
    {"DATE-FUTURE", &KIND_ROUTE, ROUTE "|state=closed|outcome=partial|closed_on=2025-06-03"},
    {"STEPS-UNDONE", &KIND_ROUTE, ROUTE "|code=HALF|state=closed|outcome=done|closed_on=2025-06-02"},
    {"", &KIND_ROUTE, ROUTE "|code=HALF|state=closed|outcome=partial|closed_on=2025-06-02"},
    {"", &KIND_ROUTE, ROUTE "|state=closed|outcome=done|closed_on=2025-06-02"},
    {"DATE-FUTURE", &KIND_ACTIVITY, STEP "OPEN|done_on=2025-06-03"},
    {"", &KIND_ACTIVITY, STEP "OPEN"},
    {"STEPS-UNDONE", &KIND_ACTIVITY, STEP "CLOSED"},
    {"", &KIND_ACTIVITY, STEP "CLOSED|done_on=2025-02-01"},
};

static const service_def_t BARE = {.number = SERVICE_REGISTRY};
static desk_t desk;

static body_t *body_of(const kind_rule_t *kind, const char *fields, arena_t *arena)
{
    body_t *body = body_new(kind, arena);
    AUTO(xfree) char *copy = xstrdup(fields);
    char *rest = copy, *one;
    while ((one = strsep(&rest, "|")) != NULL) {
        char *value = strchr(one, '=');
        *value++ = '\0';
        int field = kind_field(kind, one);
        assert_true(field >= 0);
        assert_int_equal(body_set_text(kind, body, (size_t)field, value, arena, NULL), 0);
    }
    return body;
}

// Kinds of other services are judged in their stores; here one store has them all.
static void put_there(const kind_rule_t *kind, const char *fields, arena_t *arena)
{
    const body_t *body = body_of(kind, fields, arena);
    record_t draft = {.kind = kind->number, .org = slice_text(DESK_ORG)};
    assert_true(body_id(kind, body, &draft.id));
    assert_int_equal(body_pack(body, arena, &draft.body, NULL), 0);
    assert_int_equal(store_write(desk.txn, &draft, NULL), 0);
}

static int open_desk(void **state)
{
    (void)state;
    AUTO(arena_destroy) arena_t *arena = arena_new(BODY_ROOM);
    desk_open(&desk, &BARE);
    desk_begin(&desk);
    for (size_t i = 0; i < ARRAY_SIZE(there); i++) put_there(there[i].kind, there[i].fields, arena);
    return 0;
}

static int close_desk(void **state)
{
    (void)state;
    desk_close(&desk);
    return 0;
}

static sense_t judge(const kind_rule_t *kind, const char *fields)
{
    AUTO(arena_destroy) arena_t *arena = arena_new(BODY_ROOM);
    const body_t *body = body_of(kind, fields, arena);
    sense_t sense = {0};
    rid_t id;
    assert_true(body_id(kind, body, &id));
    assert_int_equal(sense_check(desk.txn, date_days(2025, 6, 2), kind, &id, body, &sense), 0);
    return sense;
}

// --- tests

static void each_rule_warns_of_what_makes_no_sense_and_of_nothing_else(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        sense_t sense = judge(cases[i].kind, cases[i].fields);
        bool silent = cases[i].code[0] == '\0';
        if (sense.n != (silent ? 0 : 1) || (!silent && strcmp(sense.faults[0].code, cases[i].code) != 0))
            fail_msg("%s %s: %zu warnings, %s", cases[i].kind->name, cases[i].fields, sense.n,
                     sense.n > 0 ? sense.faults[0].code : "-");
    }
}

static bool is_case(const char *code, const kind_rule_t *kind)
{
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
        if (cases[i].kind == kind && strcmp(cases[i].code, code) == 0) return true;
    return false;
}

static void every_rule_has_cases_and_a_sentence(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_SENSE_RULES; i++) {
        const sense_rule_t *rule = &SENSE_RULES[i];
        if (!is_case(rule->code, rule->kind) || !is_case("", rule->kind))
            fail_msg("%s of %s has no case", rule->code, rule->kind->name);
        assert_true(fault_is_known(rule->code));
        assert_true(kind_field(rule->kind, rule->field) >= 0);
    }
}

static void a_warning_says_what_was_compared(void **state)
{
    (void)state;
    sense_t sense = judge(&KIND_ENROLMENT, "run=RUN|person=" P1 "|attended_hours=99");
    assert_string_equal(sense.faults[0].field, "attended_hours");
    assert_string_equal(sense.faults[0].args[0], "99");
    assert_string_equal(sense.faults[0].args[1], "36");
    sense = judge(&KIND_MENTORING_MEETING, MEETING "2025-02-11");
    assert_string_equal(sense.faults[0].args[0], "2025-02-11");
}

static size_t alike(alike_t *self, const char *number)
{
    AUTO(arena_destroy) arena_t *arena = arena_new(BODY_ROOM);
    char fields[200];
    sense_t sense = {0};
    rid_t id;
    snprintf(fields, sizeof fields, "org=" DESK_ORG "|number=%s|last_name=A|first_name=B", number);
    const body_t *body = body_of(&KIND_IDENTITY, fields, arena);
    assert_true(body_id(&KIND_IDENTITY, body, &id));
    assert_int_equal(alike_check(self, desk.txn, &KIND_IDENTITY, &id, body, &sense), 0);
    return sense.n;
}

static void a_number_that_looks_like_one_that_is_here_is_told(void **state)
{
    (void)state;
    AUTO(arena_destroy) arena_t *arena = arena_new(BODY_ROOM);
    put_there(&KIND_IDENTITY, "org=" DESK_ORG "|number=7C|last_name=A|first_name=B", arena);
    put_there(&KIND_IDENTITY, "org=" DESK_ORG "|number=12|last_name=A|first_name=B", arena);
    AUTO(alike_destroy) alike_t *self = alike_new();
    assert_int_equal(alike(self, "7С"), 1); // Cyrillic
    assert_int_equal(alike(self, "012"), 1);
    assert_int_equal(alike(self, "12"), 0);
    assert_int_equal(alike(self, "13"), 0);
    assert_int_equal(alike(self, "013"), 0); // 13 was never written
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_rule_warns_of_what_makes_no_sense_and_of_nothing_else),
        cmocka_unit_test(every_rule_has_cases_and_a_sentence),
        cmocka_unit_test(a_warning_says_what_was_compared),
        cmocka_unit_test(a_number_that_looks_like_one_that_is_here_is_told),
    };
    return cmocka_run_group_tests(tests, open_desk, close_desk);
}
