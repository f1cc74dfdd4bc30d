// SPDX-License-Identifier: Apache-2.0
// What a store was is told by a witness of constant size, however many epochs it had.
#include "common/store/lineage.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

static lineage_t lineage;
static uint64_t head;

static int start(void **state)
{
    (void)state;
    lineage = (lineage_t){0};
    head = 0;
    return 0;
}

static void live(uint64_t id, uint64_t writes)
{
    lineage_begin(&lineage, id, head);
    head += writes;
}

static bool has(witness_t w)
{
    return lineage_has(&lineage, head, &w);
}

static void damaged_bytes_are_no_lineage(void **state)
{
    (void)state;
    static uint8_t bytes[LINEAGE_BYTES + 16];
    lineage_t read;
    assert_int_not_equal(lineage_parse(slice(bytes, 0), &read), 0);
    assert_int_not_equal(lineage_parse(slice(bytes, 17), &read), 0);
    assert_int_not_equal(lineage_parse(slice(bytes, LINEAGE_BYTES + 16), &read), 0);
}

static void a_witness_of_more_than_was_written_is_foreign(void **state)
{
    (void)state;
    live(7, 10);
    assert_false(has(lineage_witness(&lineage, head + 1)));
    assert_false(has((witness_t){.head = 1}));
    witness_t later = lineage_witness(&lineage, head);
    later.epochs++;
    assert_false(has(later));
}

static void one_who_read_what_a_lost_epoch_wrote_is_told_apart(void **state)
{
    (void)state;
    live(7, 10);
    lineage_t image = lineage;
    live(8, 10);
    witness_t lost = lineage_witness(&lineage, head);
    lineage = image;
    head = 10;
    live(9, 20); // beyond where the lost epoch was
    assert_false(has(lost));
}

static void a_witness_does_not_reach_beyond_its_epoch(void **state)
{
    (void)state;
    live(7, 10);
    witness_t w = lineage_witness(&lineage, head);
    live(8, 10);
    assert_true(has(w));
    w.head = 11; // epoch 7 ended at 10
    assert_false(has(w));
}

static void who_has_read_nothing_belongs_to_every_past(void **state)
{
    (void)state;
    assert_true(has((witness_t){0}));
    for (uint64_t id = 1; id < 2 * EPOCHS_KEPT; id++) live(id, 1);
    assert_true(has((witness_t){0}));
}

static void an_epoch_that_wrote_nothing_leaves_no_trace(void **state)
{
    (void)state;
    live(7, 10);
    witness_t before = lineage_witness(&lineage, head);
    live(8, 0);
    live(9, 0);
    witness_t w = lineage_witness(&lineage, head);
    assert_true(witness_equal(&before, &w));
    assert_int_equal(lineage.n, 2);
}

static void the_present_epoch_is_told_from_its_first_write_on(void **state)
{
    (void)state;
    live(7, 10);
    live(8, 0);
    witness_t w = lineage_witness(&lineage, head);
    assert_int_equal(w.epochs, 1);
    w = lineage_witness(&lineage, ++head);
    assert_int_equal(w.epochs, 2);
}

static void of_very_many_epochs_the_older_ones_are_forgotten_and_the_others_known(void **state)
{
    (void)state;
    witness_t early = {0}, late = {0};
    for (uint64_t id = 1; id <= 5 * EPOCHS_KEPT; id++) {
        live(id, 1);
        if (id == EPOCHS_KEPT / 4) early = lineage_witness(&lineage, head);
        if (id == 5 * EPOCHS_KEPT - EPOCHS_KEPT / 4) late = lineage_witness(&lineage, head);
        assert_true(has(lineage_witness(&lineage, head)));
    }
    assert_false(has(early));
    assert_true(has(late));
    assert_int_equal(lineage.forgotten + lineage.n, 5 * EPOCHS_KEPT);
}

static void it_is_the_same_after_being_kept(void **state)
{
    (void)state;
    static uint8_t bytes[LINEAGE_BYTES];
    lineage_t read;
    for (uint64_t id = 1; id < EPOCHS_KEPT + 3; id++) live(id, 2);
    witness_t w = lineage_witness(&lineage, head);
    assert_int_equal(lineage_parse(lineage_pack(&lineage, bytes), &read), 0);
    assert_true(lineage_has(&read, head, &w));
    assert_int_equal(read.n, lineage.n);
}

#define LINEAGE(test) cmocka_unit_test_setup(test, start)

int main(void)
{
    const struct CMUnitTest tests[] = {
        LINEAGE(damaged_bytes_are_no_lineage),
        LINEAGE(a_witness_of_more_than_was_written_is_foreign),
        LINEAGE(one_who_read_what_a_lost_epoch_wrote_is_told_apart),
        LINEAGE(a_witness_does_not_reach_beyond_its_epoch),
        LINEAGE(who_has_read_nothing_belongs_to_every_past),
        LINEAGE(an_epoch_that_wrote_nothing_leaves_no_trace),
        LINEAGE(the_present_epoch_is_told_from_its_first_write_on),
        LINEAGE(of_very_many_epochs_the_older_ones_are_forgotten_and_the_others_known),
        LINEAGE(it_is_the_same_after_being_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
