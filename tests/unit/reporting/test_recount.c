// SPDX-License-Identifier: Apache-2.0
// Whatever happens, in whatever order: what is counted piece by piece is what a count of all would find.
#include "tests/unit/reporting/staff.h"
#include <stdlib.h>

enum { STAFF = 12, ROUNDS = 1500 };

static unsigned below(unsigned n)
{
    return (unsigned)rand() % n;
}

static char day_text[3][16];
static const char *some_day(unsigned i)
{
    snprintf(day_text[i], sizeof day_text[i], "20%02u-%02u-%02u", 20 + below(9), 1 + below(12),
             1 + below(28));
    return day_text[i];
}

// Days in order.
static void two_days(const char **from, const char **to)
{
    *from = some_day(0);
    *to = some_day(1);
    if (strcmp(*from, *to) <= 0) return;
    const char *swap = *from;
    *from = *to;
    *to = swap;
}

static void something_happens(void)
{
    const char *from, *to, *on = some_day(2);
    unsigned person = below(STAFF), other = (person + 1 + below(STAFF - 1)) % STAFF, thing = below(6);
    char text[300], end[32] = "";
    const kind_rule_t *kind = NULL;
    two_days(&from, &to);
    if (below(3) != 0) snprintf(end, sizeof end, "|to=%s", to);
#define SAY(KIND, ...) (kind = &(KIND), snprintf(text, sizeof text, __VA_ARGS__))
    switch (below(19)) {
    case 0:
        SAY(KIND_PERSON, "org=" DESK_ORG "|number=%u|pseudonym=%032x%s", person, person / 2,
            below(4) == 0 ? "|provisional=yes" : "");
        break;
    case 1:
        SAY(KIND_IDENTITY,
            "org=" DESK_ORG "|number=%u|last_name=A|first_name=B|birth_date=19%02u-05-05|experience_from=%s",
            person, 80 + below(19), on);
        break;
    case 2:
    case 3:
        SAY(KIND_EMPLOYMENT, "org=" DESK_ORG "|number=%u|post=P|post_class=%s|from=%s%s%s", person,
            below(2) ? "pedagogue" : "manager", from, end, below(4) == 0 ? "|external=yes" : "");
        break;
    case 4:
        SAY(KIND_ABSENCE, "person=" DESK_ORG ":%u|kind=%s|from=20%02u-01-01|to=%s", person,
            below(2) ? "sick" : "childcare", 20 + thing, "2027-03-01");
        break;
    case 5:
        SAY(KIND_MENTORING_PAIR, "mentor=" DESK_ORG ":%u|mentee=" DESK_ORG ":%u|from=20%02u-01-01%s", other,
            person, 20 + thing, below(2) ? "|to=2028-01-01" : "");
        break;
    case 6:
        SAY(KIND_MENTORING_MEETING, "mentor=" DESK_ORG ":%u|mentee=" DESK_ORG ":%u|date=%s", other, person,
            on);
        break;
    case 7:
        SAY(KIND_PROGRAMME, "code=P%u|title=T%u|kind=%s|hours=16|target_group=%s", thing / 2, below(100),
            below(2) ? "pk" : "internship", below(2) ? "молодые" : "все");
        break;
    case 8:
        SAY(KIND_PROGRAMME_RUN, "code=R%u|programme=P%u|provider=X|from=%s|to=%s%s", thing, below(3), from,
            to, below(2) ? "|provider_class=federal" : "");
        break;
    case 9:
        SAY(KIND_ENROLMENT, "run=R%u|person=" DESK_ORG ":%u%s%s", thing, person, below(2) ? "|team=T1" : "",
            below(2) ? "|attended_hours=8" : "");
        break;
    case 10:
        SAY(KIND_CERTIFICATE, "number=N%u|run=R%u|person=" DESK_ORG ":%u|issued_on=%s%s", below(20), thing,
            person, on, below(2) ? "|valid_to=2029-06-01" : "");
        break;
    case 11:
        SAY(KIND_EVENT, "code=E%u|kind=seminar|title=T|org=" DESK_ORG "|starts_on=%s%s|young_school=%s",
            thing, from, "", below(4) ? "yes" : "no");
        break;
    case 12:
        SAY(KIND_ATTENDANCE, "event=E%u|person=" DESK_ORG ":%u", thing, person);
        break;
    case 13:
        SAY(KIND_SUPPORT_ACT, "person=" DESK_ORG ":%u|methodist=M%u|kind=visit|date=%s", person, below(2),
            on);
        break;
    case 16:
        SAY(KIND_RESULT, "campaign=C%u|person=" DESK_ORG ":%u|competency=S1|score=1|max=2|taken_on=%s",
            thing / 2, person, on);
        break;
    case 17:
        SAY(KIND_CAMPAIGN, "code=C%u|title=T|framework=F|org=03|from=2020-01-01|to=2029-01-01%s", thing / 2,
            below(2) ? "|instruments=I1;I2" : "");
        break;
    case 18:
        SAY(KIND_INSTRUMENT,
            "code=I%u|title=T|class=self-assessment|org=03|version=1|state=approved|countable=%s",
            1 + below(2), below(2) ? "yes" : "no");
        break;
    case 14:
        SAY(KIND_ROUTE, "code=W%u|person=" DESK_ORG ":%u|tutor=" DESK_ORG ":%u|from=%s%s|state=%s", thing,
            thing, other, from, end, below(4) ? "active|confirmed_by=X|confirmed_on=2024-01-01" : "draft");
        break;
    default:
        SAY(KIND_ACTIVITY, "route=W%u|code=%u|person=" DESK_ORG ":%u|title=T|form=self|reason=R%s%s", thing,
            below(3), thing, below(4) ? "|done_on=" : "", "");
        if (strstr(text, "done_on") != NULL)
            snprintf(text + strlen(text), sizeof text - strlen(text), "%s", on);
        break;
    }
#undef SAY
    if (below(12) == 0)
        desk_tell_deleted(&desk, kind, text);
    else
        desk_tell(&desk, kind, text);
}

static void whatever_happens_facts_are_those_of_a_recount(void **state)
{
    (void)state;
    reporting_t *self = desk.service.self;
    srand(11);
    desk_begin(&desk);
    for (unsigned i = 0; i < STAFF; i++) hire(i);
    for (unsigned round = 0; round < ROUNDS; round++) {
        for (unsigned i = below(4); i > 0; i--) something_happens();
        desk_commit(&desk);
        desk_begin(&desk);
        while (REPORTING.busy(self)) {
            desk_commit(&desk);
            desk_begin(&desk);
        }
        if (round % 10 != 0) continue;
        uint64_t head = store_txn_head(desk.txn);
        for (unsigned i = 0; i < STAFF; i++) {
            dirty_t dirty = {.years = YEARS_ALL, .aspects = ASPECT_ALL};
            dirty.pseudonym[PSEUDONYM_BYTES - 1] = (uint8_t)i;
            recount_mark(self, &dirty);
        }
        assert_int_equal(recount(self, desk.txn), 0);
        assert_int_equal(store_txn_head(desk.txn), head); // nothing had to be written
    }
    store_abort(&desk.txn);
    assert_true(desk_count(&desk, &KIND_FACT) > 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(whatever_happens_facts_are_those_of_a_recount, open_desk, close_desk),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
