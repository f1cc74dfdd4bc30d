// SPDX-License-Identifier: Apache-2.0
// A frame from the line: the envelope, then its body as the program behind the gate unpacks it.
#include "common/node/msg.h"
#include "common/node/outgoing.h"
#include "proto/api.pb-c.h"
#include "proto/envelope.pb-c.h"
#include "proto/feed.pb-c.h"
#include "proto/message.h"
#include "tests/fuzz/fuzz.h"

static const ProtobufCMessageDescriptor *const BODIES[] = {
    [MSG_HELLO] = &selenga__hello__descriptor,
    [MSG_WELCOME] = &selenga__hello__descriptor,
    [MSG_PING] = &selenga__ping__descriptor,
    [MSG_PONG] = &selenga__ping__descriptor,
    [MSG_LINK] = &selenga__link__descriptor,
    [MSG_KEYS] = &selenga__keys__descriptor,
    [MSG_JOIN] = &selenga__join__descriptor,
    [MSG_JOIN_REPLY] = &selenga__join_reply__descriptor,
    [MSG_PULL] = &selenga__pull__descriptor,
    [MSG_PUSH] = &selenga__push__descriptor,
    [MSG_GIVEBACK_ASK] = &selenga__giveback_ask__descriptor,
    [MSG_GIVEBACK] = &selenga__giveback__descriptor,
    [MSG_REBASE] = &selenga__rebase__descriptor,
    [MSG_TAKEN] = &selenga__taken__descriptor,
    [MSG_PUT] = &selenga__put__descriptor,
    [MSG_PUT_REPLY] = &selenga__put_reply__descriptor,
    [MSG_GET] = &selenga__get__descriptor,
    [MSG_LIST] = &selenga__list__descriptor,
    [MSG_RECORDS] = &selenga__records__descriptor,
    [MSG_ERROR] = &selenga__error__descriptor,
    [MSG_QUEUES_REPLY] = &selenga__queues__descriptor,
    [MSG_QUARANTINE_LIST] = &selenga__quarantine_query__descriptor,
    [MSG_QUARANTINE_REPLY] = &selenga__quarantine_list__descriptor,
    [MSG_QUARANTINE_RETRY] = &selenga__quarantine_act__descriptor,
    [MSG_QUARANTINE_DISCARD] = &selenga__quarantine_act__descriptor,
    [MSG_QUARANTINE_TAKE] = &selenga__quarantine_act__descriptor,
    [MSG_QUARANTINE_DONE] = &selenga__quarantine_done__descriptor,
    [MSG_STATUS_REPLY] = &selenga__status__descriptor,
    [MSG_LINKS_REPLY] = &selenga__links__descriptor,
    [MSG_INVITE] = &selenga__invite__descriptor,
    [MSG_INVITE_REPLY] = &selenga__invite_reply__descriptor,
    [MSG_REVOKE] = &selenga__revoke__descriptor,
    [MSG_EVALUATE] = &selenga__evaluate__descriptor,
    [MSG_EVALUATED] = &selenga__evaluated__descriptor,
    [MSG_REVOKE_REPLY] = &selenga__revoke_reply__descriptor,
    [MSG_ADMIT] = &selenga__admit__descriptor,
    [MSG_REPORT] = &selenga__report__descriptor,
    [MSG_REPORT_REPLY] = &selenga__report_reply__descriptor,
    [MSG_ACCOUNT_ACT] = &selenga__account_act__descriptor,
    [MSG_ACCOUNT_REPLY] = &selenga__account_reply__descriptor,
    [MSG_LOGIN] = &selenga__login__descriptor,
    [MSG_TEACHER_ACCOUNT] = &selenga__teacher_account__descriptor,
    [MSG_FIRST_ACCOUNT] = &selenga__first_account__descriptor,
    [MSG_ROUTE_PROPOSE] = &selenga__propose__descriptor,
    [MSG_ROUTE_CONFIRM] = &selenga__confirm__descriptor,
    [MSG_SCREENING] = &selenga__screening__descriptor,
    [MSG_SCREENING_REPLY] = &selenga__screening_reply__descriptor,
    [MSG_SCREENING_ANSWER] = &selenga__screening_answer__descriptor,
    [MSG_ATTEMPT] = &selenga__attempt_ask__descriptor,
    [MSG_ATTEMPT_REPLY] = &selenga__attempt_reply__descriptor,
    [MSG_ATTEMPT_ACT] = &selenga__attempt_act__descriptor,
    [MSG_ATTEMPT_ACT_REPLY] = &selenga__attempt_act_reply__descriptor,
};

static bool same(const envelope_t *a, const envelope_t *b)
{
    return a->type == b->type && a->to == b->to && a->from == b->from && a->peer == b->peer &&
           a->call == b->call && strcmp(a->principal, b->principal) == 0 &&
           strcmp(a->account, b->account) == 0 &&
           slice_equal(slice(a->route, a->route_size), slice(b->route, b->route_size)) &&
           slice_equal(a->body, b->body);
}

// What a service or the gate takes one by one out of a bundle.
static void through_bundle(slice_t body)
{
    envelope_t one;
    for (size_t before = body.size; bundle_next(&body, &one) == 0; before = body.size) {
        assert(body.size < before);
        assert(msg_size(&one) <= MAX_FRAME);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    envelope_t read, again;
    zmq_msg_t frame;
    if (msg_unpack(slice(data, size), &read) != 0) return 0;
    msg_pack(&read, &frame);
    slice_t packed = slice(zmq_msg_data(&frame), zmq_msg_size(&frame));
    assert(packed.size == msg_size(&read) && msg_unpack(packed, &again) == 0 && same(&read, &again));
    zmq_msg_close(&frame);
    if (read.type == MSG_BUNDLE) through_bundle(read.body);
    if (read.type >= ARRAY_SIZE(BODIES) || BODIES[read.type] == NULL) return 0;
    AUTO(msg_body_free) ProtobufCMessage *body = msg_body_unpack(BODIES[read.type], read.body);
    if (body == NULL) return 0;
    msg_pack_with(&read, body, &frame);
    assert(msg_unpack(slice(zmq_msg_data(&frame), zmq_msg_size(&frame)), &again) == 0 ||
           protobuf_c_message_get_packed_size(body) > MAX_BODY);
    zmq_msg_close(&frame);
    return 0;
}
