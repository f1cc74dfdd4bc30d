// SPDX-License-Identifier: Apache-2.0
// Batches: sizes that lie are refused before anything is unpacked, and what is packed comes back.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include "common/store/record.h"
#include "common/sync/batch.h"
#include <cmocka.h>
#include <errno.h>
#include <zstd.h>

static int open_batch(slice_t entries, uint32_t encoding, uint32_t plain_bytes)
{
    slice_t plain;
    AUTO(xfree) uint8_t *owned = NULL;
    return batch_open(entries, encoding, plain_bytes, &plain, &owned);
}

static void an_unknown_encoding_is_refused(void **state)
{
    (void)state;
    assert_int_equal(open_batch(slice("abc", 3), 2, 3), -EBADMSG);
}

static void a_size_that_lies_is_refused(void **state)
{
    (void)state;
    uint8_t packed[256];
    size_t size = ZSTD_compress(packed, sizeof packed, "0123456789", 10, 1);
    assert_int_equal(open_batch(slice("abc", 3), BATCH_PLAIN, 4), -EBADMSG);
    assert_int_equal(open_batch(slice("abc", 3), BATCH_PLAIN, 2), -EBADMSG);
    assert_int_equal(open_batch(slice(packed, size), BATCH_ZSTD, 9), -EBADMSG);
    assert_int_equal(open_batch(slice(packed, size), BATCH_ZSTD, 11), -EBADMSG);
    assert_int_equal(open_batch(slice(packed, size), BATCH_ZSTD, UINT32_MAX), -EBADMSG);
    assert_int_equal(open_batch(slice(packed, size), BATCH_ZSTD, 10), 0);
}

static void a_bomb_is_refused_whatever_it_says_of_its_size(void **state)
{
    (void)state;
    enum { HUGE = 64 * BATCH_MAX };
    AUTO(xfree) uint8_t *zeros = xcalloc(1, HUGE);
    size_t bound = ZSTD_compressBound(HUGE);
    AUTO(xfree) uint8_t *packed = xmalloc(bound);
    size_t size = ZSTD_compress(packed, bound, zeros, HUGE, 1);
    assert_false(ZSTD_isError(size));
    assert_int_equal(open_batch(slice(packed, size), BATCH_ZSTD, HUGE), -EBADMSG);
    assert_int_equal(open_batch(slice(packed, size), BATCH_ZSTD, BATCH_MAX), -EBADMSG);
    assert_int_equal(open_batch(slice(packed, size), BATCH_ZSTD, 0), -EBADMSG);
}

static void a_cut_frame_is_refused_at_every_byte(void **state)
{
    (void)state;
    uint8_t packed[256];
    size_t size = ZSTD_compress(packed, sizeof packed, "0123456789", 10, 1);
    for (size_t n = 0; n < size; n++)
        assert_int_equal(open_batch(slice(packed, n), BATCH_ZSTD, 10), -EBADMSG);
}

static void a_record_longer_than_what_is_left_is_refused(void **state)
{
    (void)state;
    static const uint8_t short_length[] = {0, 0, 1}, beyond[] = {0, 0, 0, 3, 'a', 'b'}, none[] = {0, 0, 0, 0},
                         wraps[] = {0xff, 0xff, 0xff, 0xff, 'a'};
    AUTO(xfree) uint8_t *large = xcalloc(1, RECORD_MAX + 5);
    slice_t record,
        rests[] = {slice(short_length, sizeof short_length), slice(beyond, sizeof beyond),
                   slice(none, sizeof none), slice(wraps, sizeof wraps), slice(large, RECORD_MAX + 5)};
    be32_store(large, RECORD_MAX + 1);
    for (size_t i = 0; i < ARRAY_SIZE(rests); i++) assert_int_equal(batch_next(&rests[i], &record), -EBADMSG);
}

static void records_come_back_in_order(void **state)
{
    (void)state;
    for (size_t n = 0; n < 300; n += 13) {
        AUTO(batch_clear) batch_t batch = {0};
        AUTO(xfree) uint8_t *owned = NULL;
        uint8_t text[300];
        uint32_t encoding, plain_bytes;
        slice_t rest, record;
        for (size_t i = 1; i <= n; i++) {
            memset(text, (int)i, i);
            batch_add(&batch, slice(text, i));
        }
        assert_int_equal(batch.count, n);
        batch_pack(&batch, &encoding, &plain_bytes);
        assert_int_equal(encoding, plain_bytes < 400 ? BATCH_PLAIN : BATCH_ZSTD);
        assert_int_equal(batch_open(slice(batch.data, batch.size), encoding, plain_bytes, &rest, &owned), 0);
        for (size_t i = 1; i <= n; i++) {
            memset(text, (int)i, i);
            assert_int_equal(batch_next(&rest, &record), 0);
            assert_true(slice_equal(record, slice(text, i)));
        }
        assert_int_equal(batch_next(&rest, &record), 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_unknown_encoding_is_refused),
        cmocka_unit_test(a_size_that_lies_is_refused),
        cmocka_unit_test(a_bomb_is_refused_whatever_it_says_of_its_size),
        cmocka_unit_test(a_cut_frame_is_refused_at_every_byte),
        cmocka_unit_test(a_record_longer_than_what_is_left_is_refused),
        cmocka_unit_test(records_come_back_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
