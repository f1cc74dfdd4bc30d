// SPDX-License-Identifier: Apache-2.0
// What a parent makes of the head of a child's audit log.
#include "common/service/audit_told.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static audit_head_t head(uint64_t seq, uint8_t mark)
{
    audit_head_t made = {.seq = seq};
    memset(made.hash, mark, sizeof made.hash);
    return made;
}

static void fewer_entries_than_before_are_a_shorter_log(void **state)
{
    (void)state;
    const audit_head_t kept = head(10, 1), told = head(9, 2), same_hash = head(9, 1), prior = head(8, 3);
    assert_int_equal(audit_judge(&kept, &told, NULL), AUDIT_SHORTER);
    assert_int_equal(audit_judge(&kept, &same_hash, &prior), AUDIT_SHORTER);
}

static void as_many_entries_with_another_hash_are_another_log(void **state)
{
    (void)state;
    const audit_head_t kept = head(10, 1), other = head(10, 2), prior = head(10, 1);
    assert_int_equal(audit_judge(&kept, &other, NULL), AUDIT_CHANGED);
    assert_int_equal(audit_judge(&kept, &other, &prior), AUDIT_CHANGED); // whatever else it says
}

static void a_longer_log_that_came_another_way_is_changed(void **state)
{
    (void)state;
    const audit_head_t kept = head(10, 1), told = head(12, 2), prior = head(10, 3);
    assert_int_equal(audit_judge(&kept, &told, &prior), AUDIT_CHANGED);
}

static void a_longer_log_that_does_not_say_its_way_is_asked(void **state)
{
    (void)state;
    const audit_head_t kept = head(10, 1), told = head(12, 2), elsewhere = head(9, 1);
    assert_int_equal(audit_judge(&kept, &told, NULL), AUDIT_UNSAID);
    assert_int_equal(audit_judge(&kept, &told, &elsewhere), AUDIT_UNSAID);
}

static void a_log_that_goes_on_from_what_is_kept_is_good(void **state)
{
    (void)state;
    const audit_head_t nothing = {0}, kept = head(10, 1), told = head(12, 2), prior = head(10, 1);
    assert_int_equal(audit_judge(&nothing, &told, NULL), AUDIT_GOES_ON);
    assert_int_equal(audit_judge(&kept, &told, &prior), AUDIT_GOES_ON);
    assert_int_equal(audit_judge(&kept, &kept, NULL), AUDIT_GOES_ON);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fewer_entries_than_before_are_a_shorter_log),
        cmocka_unit_test(as_many_entries_with_another_hash_are_another_log),
        cmocka_unit_test(a_longer_log_that_came_another_way_is_changed),
        cmocka_unit_test(a_longer_log_that_does_not_say_its_way_is_asked),
        cmocka_unit_test(a_log_that_goes_on_from_what_is_kept_is_good),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
