// SPDX-License-Identifier: Apache-2.0
// The hand-written codec of records: what is cut or breaks a bound is refused; else it agrees with protobuf-c
// byte for byte. And the seal, which only one key makes, and which holds for these bytes and no others.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include "common/store/record.h"
#include "proto/record.pb-c.h"
#include <cmocka.h>
#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

static uint64_t seed;

static uint64_t any(uint64_t below) // splitmix64
{
    uint64_t z = seed += 0x9e3779b97f4a7c15ULL;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
    return (z ^ z >> 31) % below;
}

static uint64_t any_number(unsigned bits) // every length of a varint alike
{
    return 1 + (any(UINT64_MAX) & ((2ULL << any(bits - 1)) - 1)) / 2;
}

static path_t any_path(void)
{
    path_t path = {.len = (uint8_t)(PATH_LABEL * (1 + any(PATH_BYTES / PATH_LABEL)))};
    for (size_t i = 0; i < path.len; i++) path.b[i] = (uint8_t)any(256);
    return path;
}

static uint8_t filling[4096];

static slice_t any_text(size_t max)
{
    return slice(filling, any(max + 1));
}

static record_t any_record(void)
{
    record_t r = {.kind = (uint32_t)any_number(31),
                  .home = any_path(),
                  .version = {(uint32_t)any_number(32), any_number(63), any(UINT64_MAX)},
                  .org = any_text(ORG_MAX),
                  .author = any_text(256),
                  .deleted = any(4) == 0,
                  .bulk = any(2) == 0,
                  .up = (uint8_t)any(16),
                  .down = (uint8_t)any(4)};
    for (size_t i = 0; i < sizeof r.id.b; i++) r.id.b[i] = (uint8_t)any(256);
    r.id.b[0] |= 1;
    if (!r.deleted) r.body = any_text(any(2) == 0 ? 200 : sizeof filling);
    if (r.down == 3) r.to = any_path();
    r.past = slice(filling, PAST_EPOCH * (any(2) == 0 ? 0 : any(PAST_EPOCHS + 1)));
    r.answered = slice(filling, PAST_EPOCH * (any(2) == 0 ? 0 : any(ANSWERED_MAX / PAST_EPOCH + 1)));
    if (r.answered.size == 0 && any(2) == 0) // protobuf-c writes the seal before what it has to stand behind
        r.seal = slice(filling, SEAL_SIZE);
    return r;
}

static slice_t pack(record_t *r)
{
    record_pack(r, xmalloc(record_size(r)));
    return r->wire;
}

static void let_go(slice_t wire)
{
    free((void *)(uintptr_t)wire.data);
}

static void assert_refused(record_t r)
{
    record_t got;
    slice_t wire = pack(&r);
    assert_int_equal(record_parse(wire, &got), -EBADMSG);
    let_go(wire);
}

static void what_is_missing_or_contradicts_itself_is_refused(void **state)
{
    (void)state;
    record_t good = any_record(), r;
    good.deleted = false;
    good.body = slice(filling, 10);
    good.down = 0;
    good.to = (path_t){0};
    assert_refused((r = good, r.kind = 0, r));
    assert_refused((r = good, r.home.len = 0, r));
    assert_refused((r = good, r.version.inc = 0, r));
    assert_refused((r = good, r.version.seq = 0, r));
    assert_refused((r = good, r.id = (rid_t){0}, r));
    assert_refused((r = good, r.down = 3, r));
    assert_refused((r = good, r.to = good.home, r));
    assert_refused((r = good, r.deleted = true, r));
    assert_refused((r = good, r.down = 4, r));
    assert_refused((r = good, r.home.len = 3, r));
    assert_refused((r = good, r.org = slice(filling, ORG_MAX + 1), r));
    assert_refused((r = good, r.author = slice(filling, 257), r));
    assert_refused((r = good, r.past = slice(filling, PAST_EPOCH - 1), r));
    assert_refused((r = good, r.past = slice(filling, PAST_MAX + PAST_EPOCH), r));
    assert_refused((r = good, r.answered = slice(filling, PAST_EPOCH - 1), r));
    assert_refused((r = good, r.answered = slice(filling, ANSWERED_MAX + PAST_EPOCH), r));
}

static void a_record_too_large_is_refused_but_a_conflict_may_hold_the_largest(void **state)
{
    (void)state;
    AUTO(xfree) uint8_t *body = xcalloc(1, RECORD_MAX + 1);
    record_t r = any_record(), got;
    r.kind = 100;
    r.deleted = false;
    r.body = (slice_t){0};
    r.past = r.answered = (slice_t){0};
    r.body = slice(body, RECORD_MAX - RECORD_SPARE - record_size(&r) - 4);
    while (record_size(&r) > RECORD_MAX - RECORD_SPARE) r.body.size--;
    while (record_size(&r) < RECORD_MAX - RECORD_SPARE) r.body.size++;
    r.past = slice(filling, PAST_MAX); // beside that
    r.answered = slice(filling, ANSWERED_MAX);
    slice_t wire = pack(&r);
    assert_int_equal(record_parse(wire, &got), 0);
    let_go(wire);
    r.body.size++;
    assert_refused(r);
    r.kind = 1;
    wire = pack(&r);
    assert_int_equal(record_parse(wire, &got), 0);
    let_go(wire);
    r.body.size = RECORD_MAX;
    assert_refused(r);
}

// Cut anywhere but between two fields it is no record; there it may be a shorter one, as in any protobuf
// message.
static void every_cut_is_refused_or_reads_as_protobuf_reads_it(void **state)
{
    (void)state;
    for (int i = 0; i < 50; i++) {
        record_t r = any_record(), got;
        slice_t wire = pack(&r);
        for (size_t n = 0; n < wire.size; n++) {
            AUTO(xfree) uint8_t *part = xmalloc(n + 1); // a block of its own: reading on would be seen
            memcpy(part, wire.data, n);
            if (record_parse(slice(part, n), &got) != 0) continue;
            Selenga__Record *m = selenga__record__unpack(NULL, n, part);
            assert_non_null(m);
            selenga__record__free_unpacked(m, NULL);
        }
        let_go(wire);
    }
}

static void assert_same_bytes(slice_t ours, ProtobufCBinaryData theirs)
{
    assert_true(slice_equal(ours, slice(theirs.data, theirs.len)));
}

static void assert_same(const record_t *r, const Selenga__Record *m)
{
    assert_same_bytes(slice(r->id.b, sizeof r->id.b), m->id);
    assert_same_bytes(slice(r->home.b, r->home.len), m->home);
    assert_same_bytes(r->body, m->body);
    assert_same_bytes(slice(r->to.b, r->to.len), m->to);
    assert_true(slice_equal(r->org, slice_text(m->org != NULL ? m->org : "")));
    assert_true(slice_equal(r->author, slice_text(m->author != NULL ? m->author : "")));
    assert_int_equal(r->kind, m->kind);
    assert_int_equal(r->version.inc, m->inc);
    assert_true(r->version.seq == m->seq && r->version.boot == m->boot);
    assert_int_equal(r->deleted, m->deleted);
    assert_int_equal(r->bulk, m->bulk);
    assert_same_bytes(r->past, m->past);
    assert_same_bytes(r->answered, m->answered);
    assert_same_bytes(r->seal, m->seal);
    assert_int_equal(r->up, m->up);
    assert_int_equal(r->down, m->down);
}

static void random_records_agree_with_protobuf_byte_for_byte(void **state)
{
    (void)state;
    for (int i = 0; i < 5000; i++) {
        record_t r = any_record(), got;
        slice_t wire = pack(&r);
        assert_int_equal(wire.size, record_size(&r));
        assert_int_equal(record_parse(wire, &got), 0);
        Selenga__Record *m = selenga__record__unpack(NULL, wire.size, wire.data);
        assert_non_null(m);
        assert_same(&got, m);
        assert_int_equal(selenga__record__get_packed_size(m), wire.size);
        AUTO(xfree) uint8_t *theirs = xmalloc(wire.size);
        selenga__record__pack(m, theirs);
        assert_memory_equal(theirs, wire.data, wire.size);
        selenga__record__free_unpacked(m, NULL);
        let_go(wire);
    }
}

static record_t written(record_t *before, uint64_t seq, uint64_t boot, uint8_t *past)
{
    record_t r = {.version = {1, seq, boot}};
    if (before != NULL) r.past = record_past_upon(before, boot, past);
    return r;
}

static void a_version_tells_what_its_home_was_shown_and_does_not_descend_from_it(void **state)
{
    (void)state;
    uint8_t past[2][PAST_MAX], answered[3][ANSWERED_MAX];
    record_t first = written(NULL, 5, 11, NULL), mine = written(&first, 9, 22, past[0]);
    record_t other = written(&first, 10, 33, past[1]), above = mine, later;
    above.version.seq = 12;
    above.answered = record_answered_upon(&mine, &other, 22, answered[0]);
    assert_false(record_answers(&mine, &other.version));
    assert_true(record_answers(&above, &other.version));
    assert_false(record_descends(&above, &other.version));
    assert_int_equal(above.answered.size, PAST_EPOCH); // what both descend from stands in its past
    later = above;
    later.answered = record_answered_upon(&above, NULL, 22, answered[1]);
    assert_true(record_answers(&later, &other.version));
    other.version.seq = 11; // written since
    assert_false(record_answers(&later, &other.version));
    later.answered = record_answered_upon(&above, &other, 22, answered[2]);
    assert_true(record_answers(&later, &other.version));
    assert_int_equal(later.answered.size, PAST_EPOCH);
}

static void of_more_epochs_than_fit_the_oldest_answers_give_way(void **state)
{
    (void)state;
    uint8_t answered[ANSWERED_MAX];
    record_t r = written(NULL, 1, 500, NULL), shown;
    for (uint64_t epoch = 1; epoch <= ANSWERED_MAX / PAST_EPOCH + 1; epoch++) {
        uint8_t next[ANSWERED_MAX];
        shown = written(NULL, 7, epoch, NULL);
        slice_t now = record_answered_upon(&r, &shown, 500, next);
        memcpy(answered, next, now.size);
        r.answered = slice(answered, now.size);
        assert_true(record_answers(&r, &shown.version));
    }
    assert_int_equal(r.answered.size, ANSWERED_MAX);
    assert_false(record_answers(&r, &(version_t){1, 7, 1}));
    assert_true(record_answers(&r, &(version_t){1, 7, 2}));
}

static void a_version_knows_what_it_descends_from_and_nothing_else(void **state)
{
    (void)state;
    uint8_t past[3][PAST_MAX];
    record_t first = written(NULL, 5, 11, NULL), second = written(&first, 9, 11, past[0]);
    record_t later = written(&second, 12, 22, past[1]), other = written(&first, 10, 33, past[2]);
    assert_int_equal(second.past.size, 0); // of one epoch
    assert_true(record_descends(&second, &first.version) && record_descends(&second, &second.version));
    assert_false(record_descends(&first, &second.version));
    assert_true(record_descends(&later, &first.version) && record_descends(&later, &second.version));
    assert_true(record_descends(&other, &first.version));
    assert_false(record_descends(&other, &second.version)); // written upon an image that had only the first
    assert_false(record_descends(&other, &later.version) || record_descends(&later, &other.version));
}

// Two processes of one home, as when its directory runs twice: each goes on upon what the other wrote last.
static void epochs_that_take_turns_stand_in_the_past_once_each_up_to_their_last_version(void **state)
{
    (void)state;
    uint8_t past[4][PAST_MAX];
    record_t first = written(NULL, 5, 11, NULL), second = written(&first, 9, 22, past[0]);
    record_t third = written(&second, 12, 11, past[1]), fourth = written(&third, 14, 22, past[2]);
    record_t later = written(&fourth, 20, 33, past[3]);
    assert_true(record_descends(&fourth, &third.version));
    assert_true(record_descends(&later, &third.version) && record_descends(&later, &fourth.version));
    assert_false(record_descends(&later, &(version_t){1, 13, 11}));
    assert_int_equal(later.past.size, 2 * PAST_EPOCH);
}

static void the_oldest_epochs_are_forgotten_first(void **state)
{
    (void)state;
    uint8_t buf[2][PAST_MAX];
    record_t r = {.version = {1, 1, 1000}};
    for (unsigned epoch = 1; epoch <= PAST_EPOCHS + 1; epoch++)
        r = written(&r, 1 + epoch, 1000 + epoch, buf[epoch % 2]);
    assert_int_equal(r.past.size, PAST_MAX);
    assert_false(record_descends(&r, &(version_t){1, 1, 1000}));
    for (unsigned epoch = 1; epoch <= PAST_EPOCHS + 1; epoch++)
        assert_true(record_descends(&r, &(version_t){1, 1 + epoch, 1000 + epoch}));
}

// --- the seal

static const uint8_t our_key[SEAL_KEY] = {1, 2, 3}, foreign_key[SEAL_KEY] = {1, 2, 4};

enum { ROOM = RECORD_MAX + 64 };

static record_t sealed(uint8_t wire[ROOM])
{
    record_t r = any_record();
    assert_true(record_size(&r) + SEAL_ROOM <= ROOM);
    record_pack_sealed(&r, wire, our_key);
    return r;
}

static bool reads(slice_t wire)
{
    record_t got;
    return record_parse(wire, &got) == 0;
}

static void a_seal_is_known_by_its_key_alone(void **state)
{
    (void)state;
    AUTO(xfree) uint8_t *wire = xmalloc(ROOM);
    for (int i = 0; i < 200; i++) {
        record_t r = sealed(wire), got;
        assert_int_equal(record_parse(r.wire, &got), 0);
        assert_true(record_is_sealed(&r, our_key) && record_is_sealed(&got, our_key));
        assert_false(record_is_sealed(&r, foreign_key) || record_is_sealed(&got, foreign_key));
    }
}

static void a_record_that_bears_none_is_nobodys(void **state)
{
    (void)state;
    AUTO(xfree) uint8_t *wire = xmalloc(ROOM);
    record_t r = sealed(wire), got;
    assert_int_equal(record_parse(slice(wire, r.wire.size - SEAL_ROOM), &got), 0);
    assert_false(record_is_sealed(&got, our_key));
}

// Each bit of the record, of its seal, and of all lengths: it is no record any more, or not ours.
static void one_changed_bit_anywhere_breaks_the_seal(void **state)
{
    (void)state;
    AUTO(xfree) uint8_t *wire = xmalloc(ROOM);
    for (int i = 0; i < 20; i++) {
        record_t r = sealed(wire), got;
        for (size_t bit = 0; bit < 8 * r.wire.size; bit++) {
            wire[bit / 8] ^= (uint8_t)(1U << bit % 8);
            if (record_parse(r.wire, &got) == 0) assert_false(record_is_sealed(&got, our_key));
            wire[bit / 8] ^= (uint8_t)(1U << bit % 8);
        }
        assert_true(record_is_sealed(&r, our_key));
    }
}

static void another_records_seal_is_none(void **state)
{
    (void)state;
    AUTO(xfree) uint8_t *one = xmalloc(ROOM), *other = xmalloc(ROOM);
    record_t a = sealed(one), b = sealed(other), got;
    memcpy(other + b.wire.size - SEAL_SIZE, one + a.wire.size - SEAL_SIZE, SEAL_SIZE);
    assert_int_equal(record_parse(b.wire, &got), 0);
    assert_false(record_is_sealed(&got, our_key));
}

static void behind_the_seal_stands_nothing(void **state)
{
    (void)state;
    static const uint8_t newer[] = {0x98, 0x01, 7}, deleted[] = {0x48, 0}; // fields 19 and 9
    AUTO(xfree) uint8_t *wire = xmalloc(ROOM);
    record_t r = sealed(wire);
    size_t size = r.wire.size;
    assert_true(reads(r.wire));
    memcpy(wire + size, newer, sizeof newer);
    assert_false(reads(slice(wire, size + sizeof newer)));
    memcpy(wire + size, deleted, sizeof deleted);
    assert_false(reads(slice(wire, size + sizeof deleted)));
    memcpy(wire + size, wire + size - SEAL_ROOM, SEAL_ROOM); // a second one
    assert_false(reads(slice(wire, size + SEAL_ROOM)));
}

static void a_seal_of_another_length_is_refused(void **state)
{
    (void)state;
    AUTO(xfree) uint8_t *wire = xmalloc(ROOM);
    record_t r = sealed(wire);
    uint8_t *length = wire + r.wire.size - SEAL_SIZE - 1;
    *length = SEAL_SIZE - 1;
    assert_false(reads(slice(wire, r.wire.size - 1)));
    *length = SEAL_SIZE + 1;
    assert_false(reads(slice(wire, r.wire.size + 1)));
    *length = 0;
    assert_false(reads(slice(wire, r.wire.size - SEAL_SIZE)));
}

static void what_a_newer_version_adds_is_sealed_with_the_rest(void **state)
{
    (void)state;
    static const uint8_t newer[] = {0x98, 0x01, 7}; // field 19
    AUTO(xfree) uint8_t *wire = xmalloc(ROOM);
    record_t r = any_record(), got;
    r.seal = (slice_t){0};
    record_pack(&r, wire);
    size_t size = r.wire.size + sizeof newer;
    memcpy(wire + r.wire.size, newer, sizeof newer);
    wire[size] = 0x8a, wire[size + 1] = 1, wire[size + 2] = SEAL_SIZE; // field 17
    crypto_generichash(wire + size + 3, SEAL_SIZE, wire, size, our_key, sizeof our_key);
    assert_int_equal(record_parse(slice(wire, size + SEAL_ROOM), &got), 0);
    assert_true(record_is_sealed(&got, our_key));
    wire[size - 1]++;
    assert_int_equal(record_parse(slice(wire, size + SEAL_ROOM), &got), 0);
    assert_false(record_is_sealed(&got, our_key));
}

static void word_that_a_record_is_gone_bears_no_seal(void **state)
{
    (void)state;
    uint8_t wire[RECORD_GONE_MAX + SEAL_ROOM];
    record_t r = any_record(), gone = record_gone(&r);
    assert_true(record_size(&gone) <= RECORD_GONE_MAX);
    record_pack(&gone, wire);
    assert_true(reads(gone.wire));
    record_pack_sealed(&gone, wire, our_key);
    assert_false(reads(gone.wire));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_missing_or_contradicts_itself_is_refused),
        cmocka_unit_test(a_record_too_large_is_refused_but_a_conflict_may_hold_the_largest),
        cmocka_unit_test(every_cut_is_refused_or_reads_as_protobuf_reads_it),
        cmocka_unit_test(random_records_agree_with_protobuf_byte_for_byte),
        cmocka_unit_test(a_version_tells_what_its_home_was_shown_and_does_not_descend_from_it),
        cmocka_unit_test(of_more_epochs_than_fit_the_oldest_answers_give_way),
        cmocka_unit_test(a_version_knows_what_it_descends_from_and_nothing_else),
        cmocka_unit_test(epochs_that_take_turns_stand_in_the_past_once_each_up_to_their_last_version),
        cmocka_unit_test(the_oldest_epochs_are_forgotten_first),
        cmocka_unit_test(a_record_that_bears_none_is_nobodys),
        cmocka_unit_test(one_changed_bit_anywhere_breaks_the_seal),
        cmocka_unit_test(another_records_seal_is_none),
        cmocka_unit_test(behind_the_seal_stands_nothing),
        cmocka_unit_test(a_seal_of_another_length_is_refused),
        cmocka_unit_test(word_that_a_record_is_gone_bears_no_seal),
        cmocka_unit_test(a_seal_is_known_by_its_key_alone),
        cmocka_unit_test(what_a_newer_version_adds_is_sealed_with_the_rest),
    };
    const char *given = getenv("SEED");
    seed = given != NULL ? strtoull(given, NULL, 10) : 1;
    memset(filling, 'x', sizeof filling);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
