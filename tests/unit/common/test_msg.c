// SPDX-License-Identifier: Apache-2.0
// The envelope's bytes: what is refused first, then what goes through unchanged.
#include "common/node/msg.h"
#include "proto/envelope.pb-c.h"
#include "proto/message.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static envelope_t a_full_envelope(void)
{
    envelope_t e = {.type = MSG_PUSH,
                    .to = SERVICE_REGISTRY,
                    .from = SERVICE_GATE,
                    .peer = PEER_PARENT,
                    .call = UINT64_MAX};
    strcpy(e.principal, "node:01020304");
    memcpy(e.route, "\0\1\2\3\4", 5);
    e.route_size = 5;
    e.body = slice_text("the body");
    return e;
}

static int unpack_text(const char *bytes, size_t size)
{
    envelope_t e;
    return msg_unpack(slice(bytes, size), &e);
}

#define assert_refused(outcome, bytes) assert_int_equal(unpack_text(bytes, sizeof(bytes) - 1), outcome)

static void an_empty_frame_is_refused(void **state)
{
    (void)state;
    assert_refused(MSG_E_PROTOCOL, "");
}

static void another_protocol_is_refused(void **state)
{
    (void)state;
    assert_refused(MSG_E_PROTOCOL, "\x08\x02");
    assert_refused(MSG_E_PROTOCOL, "\x10\x02"); // no protocol at all
}

static void ill_formed_fields_are_refused(void **state)
{
    (void)state;
    assert_refused(MSG_E_MALFORMED, "\x08\x01\x08\x01"); // twice
    assert_refused(MSG_E_MALFORMED, "\x08");             // cut short
    assert_refused(MSG_E_MALFORMED, "\x08\x01\x00");     // field 0, left over
    assert_refused(MSG_E_MALFORMED, "\x08\x01\x12\x00"); // type as bytes
    assert_refused(MSG_E_MALFORMED, "\x08\x01\x4a\x05"
                                    "abc"); // body longer than frame
    assert_refused(MSG_E_MALFORMED, "\x08\x01\x38\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02"); // 65 bits
    assert_refused(MSG_E_MALFORMED, "\x08\x01\x10\x80\x80\x80\x80\x10"); // type over 32 bits
    assert_refused(MSG_E_MALFORMED, "\x08\x01\x32\x02"
                                    "a\n");          // control character
    assert_refused(MSG_E_MALFORMED, "\x08\x01\x4b"); // a group
}

static void oversized_parts_are_refused(void **state)
{
    (void)state;
    char bytes[2 + 3 + PRINCIPAL_MAX + 1] = "\x08\x01\x32\x80\x01";
    memset(bytes + 5, 'a', PRINCIPAL_MAX + 1);
    assert_int_equal(unpack_text(bytes, sizeof bytes), MSG_E_TOO_BIG);
    char route[4 + ROUTE_MAX + 1] = "\x08\x01\x42\x21";
    assert_int_equal(unpack_text(route, sizeof route), MSG_E_TOO_BIG);
    AUTO(xfree) char *big = xcalloc(1, MAX_FRAME + 1);
    assert_int_equal(unpack_text(big, MAX_FRAME + 1), MSG_E_TOO_BIG);
    memcpy(big, "\x08\x01\x4a\x81\x80\x40", 6); // a body of 1 MiB + 1
    assert_int_equal(unpack_text(big, 6 + MAX_BODY + 1), MSG_E_TOO_BIG);
}

static void every_cut_of_an_envelope_is_refused_or_lacks_its_tail(void **state)
{
    (void)state;
    envelope_t sent = a_full_envelope();
    zmq_msg_t frame;
    msg_pack(&sent, &frame);
    for (size_t size = 0; size < zmq_msg_size(&frame); size++) {
        envelope_t got;
        if (msg_unpack(slice(zmq_msg_data(&frame), size), &got) == 0) assert_int_equal(got.body.size, 0);
    }
    zmq_msg_close(&frame);
}

static void random_bytes_never_crash_the_reader(void **state)
{
    (void)state;
    srandom(7);
    for (int round = 0; round < 200000; round++) {
        uint8_t bytes[48] = {0x08, 0x01};
        size_t size = (size_t)random() % sizeof bytes;
        for (size_t i = round % 2 ? 2 : 0; i < size; i++) bytes[i] = (uint8_t)random();
        AUTO(xfree) uint8_t *exact = xmemdup(bytes, size); // so that the sanitizer sees a read beyond the end
        envelope_t e;
        if (msg_unpack(slice(exact, size), &e) == 0) assert_true(e.body.size <= size);
    }
}

static void a_body_of_empty_messages_does_not_take_more_memory_than_its_bound(void **state)
{
    (void)state;
    AUTO(xfree) uint8_t *body = xmalloc(MAX_BODY); // Keys of 524288 empty keys
    for (size_t i = 0; i < MAX_BODY; i += 2) {
        body[i] = 0x12;
        body[i + 1] = 0;
    }
    AUTO(msg_body_free)
    Selenga__Keys *keys = msg_body_unpack(&selenga__keys__descriptor, slice(body, MAX_BODY));
    assert_null(keys);
}

static void an_envelope_comes_back_as_it_was(void **state)
{
    (void)state;
    envelope_t sent = a_full_envelope(), got;
    zmq_msg_t frame;
    msg_pack(&sent, &frame);
    assert_int_equal(zmq_msg_size(&frame), msg_size(&sent));
    assert_int_equal(msg_unpack(slice(zmq_msg_data(&frame), zmq_msg_size(&frame)), &got), 0);
    assert_int_equal(got.type, sent.type);
    assert_int_equal(got.to, sent.to);
    assert_int_equal(got.from, sent.from);
    assert_int_equal(got.peer, sent.peer);
    assert_true(got.call == sent.call);
    assert_string_equal(got.principal, sent.principal);
    assert_true(slice_equal(slice(got.route, got.route_size), slice(sent.route, sent.route_size)));
    assert_true(slice_equal(got.body, sent.body));
    zmq_msg_close(&frame);
}

static void the_longest_account_comes_back_and_a_longer_one_is_refused(void **state)
{
    (void)state;
    envelope_t sent = a_full_envelope(), got;
    uint8_t head[MSG_HEAD_MAX], bytes[2 * MSG_HEAD_MAX];
    memset(sent.account, 'a', ACCOUNT_MAX);
    memset(sent.principal, 'p', PRINCIPAL_MAX);
    sent.route_size = ROUTE_MAX;
    sent.call = UINT64_MAX;
    sent.body = slice(NULL, 0);
    size_t size = msg_head(&sent, head);
    assert_true(size <= MSG_HEAD_MAX);
    assert_int_equal(msg_unpack(slice(head, size), &got), 0);
    assert_string_equal(got.account, sent.account);
    memcpy(bytes, head, size);
    bytes[size] = 10 << 3 | 2; // a second one
    bytes[size + 1] = 0;
    assert_int_equal(msg_unpack(slice(bytes, size + 2), &got), MSG_E_MALFORMED);
    const uint8_t longer[2 + 2 + ACCOUNT_MAX + 1] = {1 << 3, 1, 10 << 3 | 2, ACCOUNT_MAX + 1};
    assert_int_equal(msg_unpack(slice(longer, sizeof longer), &got), MSG_E_TOO_BIG);
    const uint8_t hidden[] = {1 << 3, 1, 10 << 3 | 2, 3, 'a', 0, 'b'};
    assert_int_equal(msg_unpack(slice(hidden, sizeof hidden), &got), MSG_E_MALFORMED);
}

static void our_bytes_are_those_of_the_protobuf_library(void **state)
{
    (void)state;
    envelope_t sent = a_full_envelope();
    zmq_msg_t frame;
    msg_pack(&sent, &frame);
    Selenga__Envelope *theirs = selenga__envelope__unpack(NULL, zmq_msg_size(&frame), zmq_msg_data(&frame));
    assert_non_null(theirs);
    uint8_t packed[256];
    size_t size = selenga__envelope__pack(theirs, packed);
    assert_true(slice_equal(slice(packed, size), slice(zmq_msg_data(&frame), zmq_msg_size(&frame))));
    selenga__envelope__free_unpacked(theirs, NULL);
    zmq_msg_close(&frame);
}

static void a_body_packed_in_place_equals_one_packed_before(void **state)
{
    (void)state;
    Selenga__Hello hello = SELENGA__HELLO__INIT;
    hello.has_service = 1;
    hello.service = SERVICE_ROUTING;
    uint8_t body[64];
    envelope_t e = a_full_envelope();
    e.body = slice(body, selenga__hello__pack(&hello, body));
    zmq_msg_t one, other;
    msg_pack(&e, &one);
    msg_pack_with(&e, &hello.base, &other);
    assert_true(slice_equal(slice(zmq_msg_data(&one), zmq_msg_size(&one)),
                            slice(zmq_msg_data(&other), zmq_msg_size(&other))));
    zmq_msg_close(&one);
    zmq_msg_close(&other);
}

static void fields_of_a_later_version_are_skipped(void **state)
{
    (void)state;
    assert_int_equal(unpack_text("\x08\x01\x58\x07\x62\x01z", 7), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_frame_is_refused),
        cmocka_unit_test(another_protocol_is_refused),
        cmocka_unit_test(ill_formed_fields_are_refused),
        cmocka_unit_test(oversized_parts_are_refused),
        cmocka_unit_test(every_cut_of_an_envelope_is_refused_or_lacks_its_tail),
        cmocka_unit_test(random_bytes_never_crash_the_reader),
        cmocka_unit_test(a_body_of_empty_messages_does_not_take_more_memory_than_its_bound),
        cmocka_unit_test(an_envelope_comes_back_as_it_was),
        cmocka_unit_test(the_longest_account_comes_back_and_a_longer_one_is_refused),
        cmocka_unit_test(our_bytes_are_those_of_the_protobuf_library),
        cmocka_unit_test(a_body_packed_in_place_equals_one_packed_before),
        cmocka_unit_test(fields_of_a_later_version_are_skipped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
