// SPDX-License-Identifier: Apache-2.0
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
// clang-format on
#include "services/registry/people.h"

enum { MANY = 5000 };

static void key_of(uint32_t n, uint8_t ret[16])
{
    memset(ret, 0, 16);
    be32_store(ret + 8 + n % 3, n * 2654435761U); // alike at the beginning, as ids of one organisation are
    be32_store(ret, n);
}

static void an_input_that_was_never_seen_has_no_pseudonym(void **state)
{
    people_t people;
    uint8_t digest[16] = {1};
    size_t at = 0;
    rid_t id = {{1}};
    (void)state;
    people_init(&people);
    assert_null(people_known(&people, digest));
    assert_null(people_find(&people, &id));
    assert_null(people_next(&people, &at));
    people_clear(&people);
}

static void each_input_keeps_its_pseudonym(void **state)
{
    people_t people;
    uint8_t digest[16];
    (void)state;
    people_init(&people);
    for (uint32_t i = 0; i < MANY; i++) {
        pseudonym_t p = {.mark = {(uint8_t)i}};
        be32_store(p.b, i);
        key_of(i, digest);
        people_know(&people, digest, &p);
    }
    for (uint32_t i = 0; i < MANY; i++) {
        key_of(i, digest);
        assert_int_equal(be32_load(people_known(&people, digest)->b), i);
    }
    people_clear(&people);
}

static void who_is_wanted_is_counted_once(void **state)
{
    people_t people;
    rid_t id;
    (void)state;
    people_init(&people);
    for (uint32_t i = 0; i < MANY; i++) {
        key_of(i, id.b);
        people_want(&people, people_add(&people, &id), true);
        people_want(&people, people_add(&people, &id), i % 2 == 0);
    }
    assert_int_equal(people.n_wanted, MANY / 2);
    size_t at = 0, n = 0, wanted = 0;
    own_person_t *person;
    while ((person = people_next(&people, &at)) != NULL) {
        n++;
        wanted += person->wanted;
    }
    assert_int_equal(n, MANY);
    assert_int_equal(wanted, MANY / 2);
    people_clear(&people);
}

// A walk over all people writes each of them anew: it must not miss one because another has moved.
static void whoever_is_there_is_found_where_he_was_however_many_there_are(void **state)
{
    people_t people;
    rid_t first, id;
    (void)state;
    people_init(&people);
    key_of(0, first.b);
    for (uint32_t i = 0; i < MANY; i++) {
        key_of(i, id.b);
        people_add(&people, &id);
        own_person_t *there = people_find(&people, &first);
        assert_ptr_equal(people_add(&people, &first), there);
    }
    people_clear(&people);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_input_that_was_never_seen_has_no_pseudonym),
        cmocka_unit_test(each_input_keeps_its_pseudonym),
        cmocka_unit_test(who_is_wanted_is_counted_once),
        cmocka_unit_test(whoever_is_there_is_found_where_he_was_however_many_there_are),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
