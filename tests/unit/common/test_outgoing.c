// SPDX-License-Identifier: Apache-2.0
// Envelopes that leave together, and what a reader makes of bundles that are none.
#include "common/node/outgoing.h"
#include "proto/message.h"
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { FRAMES_MAX = 8 };

typedef struct sent {
    zmq_msg_t frames[FRAMES_MAX];
    size_t n;
} sent_t;

static bool keep(void *arg, zmq_msg_t *frame)
{
    sent_t *sent = arg;
    assert_true(sent->n < FRAMES_MAX);
    zmq_msg_init(&sent->frames[sent->n]);
    zmq_msg_move(&sent->frames[sent->n++], frame);
    return true;
}

static bool refuse(void *arg, zmq_msg_t *frame)
{
    (void)frame;
    ++*(int *)arg;
    return false;
}

static void sent_clear(sent_t *sent)
{
    for (size_t i = 0; i < sent->n; i++) zmq_msg_close(&sent->frames[i]);
}

static envelope_t opened(sent_t *sent, size_t i)
{
    envelope_t e;
    assert_true(i < sent->n);
    assert_int_equal(msg_unpack(slice(zmq_msg_data(&sent->frames[i]), zmq_msg_size(&sent->frames[i])), &e),
                     0);
    return e;
}

static envelope_t an_envelope(uint64_t call, slice_t body)
{
    return (envelope_t){
        .type = MSG_PULL, .to = SERVICE_ROUTING, .from = SERVICE_GATE, .call = call, .body = body};
}

static void a_bundle_cut_short_is_refused(void **state)
{
    (void)state;
    envelope_t e;
    slice_t three = slice("\0\0\0", 3), beyond = slice("\0\0\0\x09\x08\x01", 6);
    assert_int_equal(bundle_next(&three, &e), -EBADMSG);
    assert_int_equal(bundle_next(&beyond, &e), -EBADMSG);
}

static void a_bundle_in_a_bundle_is_refused(void **state)
{
    (void)state;
    envelope_t e;
    slice_t rest = slice("\0\0\0\x04\x08\x01\x10\x09", 8); // protocol 1, type 9
    assert_int_equal(bundle_next(&rest, &e), -EBADMSG);
}

static void one_envelope_leaves_without_a_bundle(void **state)
{
    (void)state;
    sent_t sent = {0};
    outgoing_t out = {.from = SERVICE_GATE, .to = SERVICE_ROUTING};
    envelope_t one = an_envelope(7, slice_text("body"));
    outgoing_add(&out, &one, NULL);
    outgoing_flush(&out, keep, &sent);
    envelope_t e = opened(&sent, 0);
    assert_int_equal(e.type, MSG_PULL);
    assert_int_equal(e.call, 7);
    assert_true(slice_equal(e.body, one.body));
    outgoing_clear(&out);
    sent_clear(&sent);
}

static void small_ones_leave_in_one_frame_and_in_order(void **state)
{
    (void)state;
    sent_t sent = {0};
    outgoing_t out = {.from = SERVICE_GATE, .to = SERVICE_ROUTING};
    for (uint64_t call = 1; call <= 3; call++) {
        envelope_t one = an_envelope(call, slice_text("x"));
        outgoing_add(&out, &one, NULL);
    }
    outgoing_flush(&out, keep, &sent);
    assert_int_equal(sent.n, 1);
    envelope_t around = opened(&sent, 0), e;
    assert_int_equal(around.type, MSG_BUNDLE);
    assert_int_equal(around.from, SERVICE_GATE);
    for (uint64_t call = 1; call <= 3; call++) {
        assert_int_equal(bundle_next(&around.body, &e), 0);
        assert_int_equal(e.call, call);
    }
    assert_int_equal(bundle_next(&around.body, &e), 1);
    outgoing_clear(&out);
    sent_clear(&sent);
}

static void a_large_one_has_a_frame_of_its_own_in_its_place(void **state)
{
    (void)state;
    static uint8_t big[BUNDLE_ALONE + 1];
    sent_t sent = {0};
    outgoing_t out = {.from = SERVICE_GATE, .to = SERVICE_ROUTING};
    for (uint64_t call = 1; call <= 3; call++) {
        envelope_t one = an_envelope(call, call == 2 ? slice(big, sizeof big) : slice_text("x"));
        outgoing_add(&out, &one, NULL);
    }
    outgoing_flush(&out, keep, &sent);
    assert_int_equal(sent.n, 3);
    for (size_t i = 0; i < 3; i++) assert_int_equal(opened(&sent, i).call, i + 1);
    outgoing_clear(&out);
    sent_clear(&sent);
}

static void a_frame_ends_where_a_reader_has_room_for_its_envelopes(void **state)
{
    (void)state;
    sent_t sent = {0};
    outgoing_t out = {.from = SERVICE_GATE, .to = SERVICE_ROUTING};
    for (uint64_t call = 0; call <= BUNDLE_ENVELOPES; call++) {
        envelope_t one = an_envelope(call, (slice_t){0});
        outgoing_add(&out, &one, NULL);
    }
    outgoing_flush(&out, keep, &sent);
    assert_int_equal(sent.n, 2);
    assert_int_equal(opened(&sent, 1).call, BUNDLE_ENVELOPES);
    outgoing_clear(&out);
    sent_clear(&sent);
}

static void what_was_not_taken_is_not_kept(void **state)
{
    (void)state;
    sent_t sent = {0};
    int refused = 0;
    outgoing_t out = {.from = SERVICE_GATE, .to = SERVICE_ROUTING};
    envelope_t one = an_envelope(1, slice_text("x"));
    outgoing_add(&out, &one, NULL);
    outgoing_flush(&out, refuse, &refused);
    outgoing_add(&out, &one, NULL);
    outgoing_drop(&out);
    outgoing_flush(&out, keep, &sent);
    assert_int_equal(refused, 1);
    assert_int_equal(sent.n, 0);
    outgoing_clear(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_bundle_cut_short_is_refused),
        cmocka_unit_test(a_bundle_in_a_bundle_is_refused),
        cmocka_unit_test(one_envelope_leaves_without_a_bundle),
        cmocka_unit_test(small_ones_leave_in_one_frame_and_in_order),
        cmocka_unit_test(a_large_one_has_a_frame_of_its_own_in_its_place),
        cmocka_unit_test(a_frame_ends_where_a_reader_has_room_for_its_envelopes),
        cmocka_unit_test(what_was_not_taken_is_not_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
