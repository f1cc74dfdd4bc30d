// SPDX-License-Identifier: Apache-2.0
// After a start the registry looks at its people some at a time; what changes meanwhile comes to the same.
// clang-format off
#include "tests/unit/desk.h"
// clang-format on
#include "proto/registry.pb-c.h"
#include "services/registry/pseudonym_private.h"
#include "services/registry/registry.h"
#include "tests/unit/registry/keys.h"
#include <stdio.h>
#include <stdlib.h>

enum { CROWD = 2600, LAST = CROWD, NEW = 9000 };

#define SNILS "|snils=11223344595"
#define OTHER_SNILS "|snils=08765430300"

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

static const char *key_of(unsigned number)
{
    static char text[64];
    snprintf(text, sizeof text, "org=" DESK_ORG "|number=%u", number);
    return text;
}

static void identify(unsigned number, const char *snils)
{
    char text[200];
    snprintf(text, sizeof text, "%s|last_name=A|first_name=B%s", key_of(number), snils);
    desk_write(&desk, &KIND_IDENTITY, text);
}

// Writes the person as a request does.
static void write_person(unsigned number)
{
    char digits[16];
    author_t author = service_author(&desk.service);
    fault_t fault;
    Selenga__Person m = SELENGA__PERSON__INIT;
    snprintf(digits, sizeof digits, "%u", number);
    m.org = (char *)DESK_ORG;
    m.number = digits;
    assert_int_equal(REGISTRY.derive(desk.service.self, desk.txn, &author, &KIND_PERSON, &m.base, &fault), 0);
    assert_int_equal(record_write_own(&author, desk.txn, &KIND_PERSON, NULL, &m.base, &fault), 0);
}

static void pseudonym_of_one(unsigned number, char ret[40])
{
    snprintf(ret, 40, "%s", desk_field(&desk, &KIND_PERSON, key_of(number), "pseudonym"));
    assert_int_equal(strlen(ret), 2 * PSEUDONYM_SIZE);
}

static void finish_look(void)
{
    while (REGISTRY.busy(desk.service.self)) {
        desk_begin(&desk);
        desk_commit(&desk);
    }
}

// All without СНИЛС but the last.
static void hire_crowd(void)
{
    desk_begin(&desk);
    for (unsigned i = 1; i <= CROWD; i++) {
        identify(i, i == LAST ? SNILS : "");
        write_person(i);
    }
    desk_commit(&desk);
    finish_look();
}

// As far as the first turn of a start comes; the last of the crowd is not seen yet.
static void start_again(void)
{
    desk_begin(&desk);
    desk_reopen(&desk);
    assert_true(REGISTRY.busy(desk.service.self));
}

static void a_start_looks_at_some_people_in_each_turn(void **state)
{
    (void)state;
    unsigned turns = 0;
    hire_crowd();
    desk_work();
    desk_begin(&desk);
    desk_reopen(&desk);
    while (REGISTRY.busy(desk.service.self)) {
        desk_work_t work = desk_work();
        assert_in_range(work.gets + work.steps, 1, 6 * CROWD);
        desk_begin(&desk);
        desk_commit(&desk);
        turns++;
    }
    assert_true(turns > 3);
    registry_t *registry = desk.service.self;
    size_t at = 0, n = 0;
    while (people_next(&registry->pseudonyms->people, &at) != NULL) n++;
    assert_int_equal(n, CROWD);
    assert_int_equal(registry->pseudonyms->people.n_wanted, CROWD);
}

static void who_changes_before_he_is_seen_keeps_his_pseudonym(void **state)
{
    (void)state;
    char before[40], after[40];
    hire_crowd();
    pseudonym_of_one(LAST, before);
    start_again();
    desk_begin(&desk);
    write_person(LAST);
    identify(LAST, SNILS "|middle_name=C");
    desk_commit(&desk);
    finish_look();
    pseudonym_of_one(LAST, after);
    assert_string_equal(after, before);
}

static void a_second_number_of_one_who_is_not_seen_yet_has_his_pseudonym_in_the_end(void **state)
{
    (void)state;
    char before[40], after[40], second[40];
    hire_crowd();
    pseudonym_of_one(LAST, before);
    start_again();
    desk_begin(&desk);
    identify(NEW, SNILS);
    write_person(NEW);
    desk_commit(&desk);
    finish_look();
    pseudonym_of_one(LAST, after);
    pseudonym_of_one(NEW, second);
    assert_string_equal(after, before);
    assert_string_equal(second, before);
}

static void a_new_identity_of_one_who_is_not_seen_yet_is_another_pseudonym(void **state)
{
    (void)state;
    char before[40], after[40];
    hire_crowd();
    pseudonym_of_one(LAST, before);
    start_again();
    desk_begin(&desk);
    identify(LAST, OTHER_SNILS);
    desk_commit(&desk);
    finish_look();
    pseudonym_of_one(LAST, after);
    assert_string_not_equal(after, before);
    desk_begin(&desk);
    identify(NEW, SNILS);
    write_person(NEW);
    desk_commit(&desk);
    pseudonym_of_one(NEW, after);
    assert_string_equal(after, before); // the input keeps the one it had
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_desk, close_desk)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_start_looks_at_some_people_in_each_turn),
        TEST(who_changes_before_he_is_seen_keeps_his_pseudonym),
        TEST(a_second_number_of_one_who_is_not_seen_yet_has_his_pseudonym_in_the_end),
        TEST(a_new_identity_of_one_who_is_not_seen_yet_is_another_pseudonym),
    };
    return cmocka_run_group_tests(tests, keys_make, NULL);
}
