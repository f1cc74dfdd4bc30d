// SPDX-License-Identifier: Apache-2.0
// A second main place is told, and looking for it costs the same whatever neighbours say of their people.
// clang-format off
#include "tests/unit/desk.h"
// clang-format on
#include "proto/registry.pb-c.h"
#include "services/registry/registry.h"
#include "services/registry/twins.h"
#include "tests/unit/registry/keys.h"
#include <stdio.h>

enum { CROWD = 400, LOOK_GETS = 64 };

static desk_t desk;

static int open_desk(void **state)
{
    (void)state;
    desk_open(&desk, &REGISTRY);
    return 0;
}

static int close_desk(void **state)
{
    (void)state;
    desk_close(&desk);
    return 0;
}

static void hire(unsigned number, const char *name, const char *more)
{
    char text[256];
    snprintf(text, sizeof text, "org=" DESK_ORG "|number=%u|last_name=%s|first_name=B|birth_date=1980-02-03",
             number, name);
    desk_write(&desk, &KIND_IDENTITY, text);
    snprintf(text, sizeof text, "org=" DESK_ORG "|number=%u|post=x|post_class=pedagogue|from=2015-09-01%s",
             number, more);
    desk_write(&desk, &KIND_EMPLOYMENT, text);
}

// What is said of a post at the main place of one who is not here yet.
static sense_t judge(const char *name)
{
    static sense_t sense;
    Selenga__Identity identity = SELENGA__IDENTITY__INIT;
    Selenga__Employment post = SELENGA__EMPLOYMENT__INIT;
    author_t author = service_author(&desk.service);
    sense = (sense_t){0};
    author.sense = &sense;
    identity.org = post.org = (char *)DESK_ORG;
    identity.number = post.number = (char *)"9999";
    identity.last_name = (char *)(uintptr_t)name;
    identity.first_name = (char *)"b";
    identity.has_birth_date = post.has_from = true;
    identity.birth_date = 3685; // 1980-02-03
    post.from = 16679;          // 2015-09-01
    author.siblings[0].rule = &KIND_IDENTITY;
    author.siblings[0].body = &identity.base;
    author.siblings[1].rule = &KIND_EMPLOYMENT;
    author.siblings[1].body = &post.base;
    author.n_siblings = 2;
    desk_begin(&desk);
    assert_int_equal(REGISTRY.judge(desk.service.self, desk.txn, &author), 0);
    desk_commit(&desk);
    return sense;
}

static void nobody_is_told_of_who_is_somebody_else(void **state)
{
    (void)state;
    desk_begin(&desk);
    hire(1, "Smith", "|main_place=no");
    hire(2, "Smith", "|to=2020-01-01");
    hire(3, "Brown", "");
    desk_commit(&desk);
    assert_int_equal(judge("Smith").n, 0);
}

static void who_comes_after_the_first_look_is_known_as_well(void **state)
{
    (void)state;
    assert_int_equal(judge("Smith").n, 0);
    desk_begin(&desk);
    hire(7, "Smith", "");
    desk_commit(&desk);
    sense_t sense = judge("SMITH");
    assert_int_equal(sense.n, 1);
    assert_string_equal(sense.faults[0].code, "TWO-MAIN-PLACES");
    assert_string_equal(sense.faults[0].args[0], DESK_ORG ":7");
}

static void a_crowd_of_one_name_costs_no_more_than_a_few(void **state)
{
    (void)state;
    desk_begin(&desk);
    for (unsigned i = 1; i <= CROWD; i++) hire(i, "Smith", "|main_place=no");
    desk_commit(&desk);
    judge("Smith"); // the first look reads them all
    desk_work();
    assert_int_equal(judge("Smith").n, 0);
    assert_in_range(desk_work().gets, 1, LOOK_GETS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(nobody_is_told_of_who_is_somebody_else, open_desk, close_desk),
        cmocka_unit_test_setup_teardown(who_comes_after_the_first_look_is_known_as_well, open_desk,
                                        close_desk),
        cmocka_unit_test_setup_teardown(a_crowd_of_one_name_costs_no_more_than_a_few, open_desk, close_desk),
    };
    return cmocka_run_group_tests(tests, keys_make, NULL);
}
