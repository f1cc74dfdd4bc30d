// SPDX-License-Identifier: Apache-2.0
// Reporting over a store: what a changed record makes it count again, and what it does not commit.
// clang-format off
#include "tests/unit/desk.h"
// clang-format on
#include "services/reporting/reporting.h"
#include <errno.h>

static desk_t desk;

static int open_desk(void **state)
{
    (void)state;
    desk_open(&desk, &REPORTING);
    return 0;
}

static int close_desk(void **state)
{
    (void)state;
    desk_close(&desk);
    return 0;
}

// A teacher of this number, hired in 2023.
static void hire(unsigned number)
{
    char text[200];
    snprintf(text, sizeof text, "org=" DESK_ORG "|number=%u|pseudonym=%032x", number, number);
    desk_tell(&desk, &KIND_PERSON, text);
    snprintf(text, sizeof text,
             "org=" DESK_ORG "|number=%u|post=учитель|post_class=pedagogue|from=2023-09-01", number);
    desk_tell(&desk, &KIND_EMPLOYMENT, text);
}

static void attend(unsigned number, const char *event)
{
    char text[200];
    snprintf(text, sizeof text, "event=%s|person=" DESK_ORG ":%u", event, number);
    desk_tell(&desk, &KIND_ATTENDANCE, text);
}

#define EVENT "code=E1|kind=seminar|title=T|org=" DESK_ORG "|starts_on=2024-02-01"

// --- refusals ------------------------------------------------------------------------------------

static void what_cannot_be_read_on_the_way_to_people_is_not_committed(void **state)
{
    (void)state;
    desk_begin(&desk);
    hire(1);
    attend(1, "E1");
    desk_tell(&desk, &KIND_EVENT, EVENT);
    desk_commit(&desk);
    desk_begin(&desk);
    desk_tear(&desk, &KIND_ATTENDANCE, "event=E1|person=" DESK_ORG ":1");
    desk_tell(&desk, &KIND_EVENT, EVENT "|young_school=yes");
    assert_int_equal(desk_try_commit(&desk), -EUCLEAN);
}

static void what_cannot_be_read_about_a_person_is_not_committed(void **state)
{
    (void)state;
    desk_begin(&desk);
    hire(1);
    desk_tell(&desk, &KIND_EVENT, EVENT);
    desk_commit(&desk);
    desk_begin(&desk);
    desk_tear(&desk, &KIND_EVENT, "code=E1");
    attend(1, "E1");
    assert_int_equal(desk_try_commit(&desk), -EUCLEAN);
}

// --- ordinary ------------------------------------------------------------------------------------

static void a_hired_teacher_has_facts(void **state)
{
    (void)state;
    desk_begin(&desk);
    hire(1);
    desk_commit(&desk);
    assert_true(desk_count(&desk, &KIND_FACT) > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_cannot_be_read_on_the_way_to_people_is_not_committed, open_desk,
                                        close_desk),
        cmocka_unit_test_setup_teardown(what_cannot_be_read_about_a_person_is_not_committed, open_desk,
                                        close_desk),
        cmocka_unit_test_setup_teardown(a_hired_teacher_has_facts, open_desk, close_desk),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
