// SPDX-License-Identifier: Apache-2.0
// The envelope's bytes: protobuf wire format, walked and written by hand.
//
//   tag(1) varint protocol | tag(2) type | tag(3) to | tag(4) from | tag(5) fixed32 peer | tag(6) principal |
//   tag(7) call | tag(8) route | tag(10) account | tag(9) body        each at most once; zero and empty ones
//   are left out, but for protocol
//
// By hand because a gate reads every envelope of a stranger: no allocation, no recursion, one pass, body in
// place.
#include "common/node/msg.h"
#include "common/schema/wire.h"
#include "proto/message.h"
#include <assert.h>
#include <errno.h>
#include <stdlib.h>

enum {
    FIELD_PROTOCOL = 1,
    FIELD_TYPE = 2,
    FIELD_TO = 3,
    FIELD_FROM = 4,
    FIELD_PEER = 5,
    FIELD_PRINCIPAL = 6,
    FIELD_CALL = 7,
    FIELD_ROUTE = 8,
    FIELD_BODY = 9,
    FIELD_ACCOUNT = 10,
    FIELD_LAST = FIELD_ACCOUNT,
};

static const uint8_t WIRE_OF[] = {
    [FIELD_PROTOCOL] = WIRE_VARINT, [FIELD_TYPE] = WIRE_VARINT, [FIELD_TO] = WIRE_VARINT,
    [FIELD_FROM] = WIRE_VARINT,     [FIELD_PEER] = WIRE_32,     [FIELD_PRINCIPAL] = WIRE_BYTES,
    [FIELD_CALL] = WIRE_VARINT,     [FIELD_ROUTE] = WIRE_BYTES, [FIELD_BODY] = WIRE_BYTES,
    [FIELD_ACCOUNT] = WIRE_BYTES,
};

// --- reading

static int set_number(uint32_t *to, uint64_t value)
{
    if (value > UINT32_MAX) return MSG_E_MALFORMED;
    *to = (uint32_t)value;
    return 0;
}

static int set_principal(envelope_t *envelope, slice_t bytes)
{
    if (bytes.size > PRINCIPAL_MAX) return MSG_E_TOO_BIG;
    for (size_t i = 0; i < bytes.size; i++)
        if (bytes.data[i] <= ' ' || bytes.data[i] > '~') return MSG_E_MALFORMED;
    if (bytes.size) memcpy(envelope->principal, bytes.data, bytes.size);
    envelope->principal[bytes.size] = '\0';
    return 0;
}

static int set_route(envelope_t *envelope, slice_t bytes)
{
    if (bytes.size > ROUTE_MAX) return MSG_E_TOO_BIG;
    if (bytes.size) memcpy(envelope->route, bytes.data, bytes.size);
    envelope->route_size = bytes.size;
    return 0;
}

static int set_account(envelope_t *envelope, slice_t bytes)
{
    if (bytes.size > ACCOUNT_MAX) return MSG_E_TOO_BIG;
    if (memchr(bytes.data, '\0', bytes.size) != NULL) return MSG_E_MALFORMED;
    memcpy(envelope->account, bytes.data, bytes.size);
    envelope->account[bytes.size] = '\0';
    return 0;
}

static int set_body(envelope_t *envelope, slice_t bytes)
{
    if (bytes.size > MAX_BODY) return MSG_E_TOO_BIG;
    envelope->body = bytes;
    return 0;
}

static int set_field(envelope_t *envelope, const wire_field_t *field)
{
    switch (field->number) {
    case FIELD_PROTOCOL:
        return field->value == PROTOCOL_VERSION ? 0 : MSG_E_PROTOCOL;
    case FIELD_TYPE:
        return set_number(&envelope->type, field->value);
    case FIELD_TO:
        return set_number(&envelope->to, field->value);
    case FIELD_FROM:
        return set_number(&envelope->from, field->value);
    case FIELD_PEER:
        return set_number(&envelope->peer, field->value);
    case FIELD_PRINCIPAL:
        return set_principal(envelope, field->bytes);
    case FIELD_CALL:
        envelope->call = field->value;
        return 0;
    case FIELD_ROUTE:
        return set_route(envelope, field->bytes);
    case FIELD_BODY:
        return set_body(envelope, field->bytes);
    case FIELD_ACCOUNT:
        return field->bytes.size > 0 ? set_account(envelope, field->bytes) : 0;
    default:
        return 0; // of a later minor version
    }
}

int msg_unpack(slice_t bytes, envelope_t *ret_envelope)
{
    if (bytes.size > MAX_FRAME) return MSG_E_TOO_BIG;
    envelope_t envelope = {0};
    unsigned seen = 0;
    while (bytes.size) {
        wire_field_t field;
        if (wire_next(&bytes, &field) < 0) return MSG_E_MALFORMED;
        if (field.number <= FIELD_LAST) {
            if (field.type != WIRE_OF[field.number] || seen & 1U << field.number) return MSG_E_MALFORMED;
            seen |= 1U << field.number;
        }
        int r = set_field(&envelope, &field);
        if (r) return r;
    }
    if (!(seen & 1U << FIELD_PROTOCOL)) return MSG_E_PROTOCOL;
    *ret_envelope = envelope;
    return 0;
}

// --- writing: every put_ function with a NULL cursor only counts

typedef struct cursor {
    uint8_t *at; // NULL: only count
    size_t size;
} cursor_t;

static void put_raw(cursor_t *to, const void *data, size_t size)
{
    if (to->at && size) memcpy(to->at + to->size, data, size);
    to->size += size;
}

static void put_varint(cursor_t *to, uint64_t value)
{
    uint8_t bytes[10];
    size_t n = 0;
    do {
        bytes[n] = (uint8_t)(value & 0x7f) | (value > 0x7f ? 0x80 : 0);
        n++;
        value >>= 7;
    } while (value);
    put_raw(to, bytes, n);
}

static void put_tag(cursor_t *to, unsigned number)
{
    put_varint(to, number << 3 | WIRE_OF[number]);
}

static void put_number(cursor_t *to, unsigned number, uint64_t value)
{
    if (!value) return;
    put_tag(to, number);
    put_varint(to, value);
}

static void put_bytes(cursor_t *to, unsigned number, const void *data, size_t size)
{
    if (!size) return;
    put_tag(to, number);
    put_varint(to, size);
    put_raw(to, data, size);
}

static void put_peer(cursor_t *to, uint32_t peer)
{
    if (!peer) return;
    put_tag(to, FIELD_PEER);
    uint32_t little = htole32(peer);
    put_raw(to, &little, sizeof little);
}

// All fields before the body; the body is last, so that it can be packed in place.
static void put_head(cursor_t *to, const envelope_t *envelope)
{
    put_number(to, FIELD_PROTOCOL, PROTOCOL_VERSION);
    put_number(to, FIELD_TYPE, envelope->type);
    put_number(to, FIELD_TO, envelope->to);
    put_number(to, FIELD_FROM, envelope->from);
    put_peer(to, envelope->peer);
    put_bytes(to, FIELD_PRINCIPAL, envelope->principal, strlen(envelope->principal));
    put_number(to, FIELD_CALL, envelope->call);
    put_bytes(to, FIELD_ROUTE, envelope->route, envelope->route_size);
    put_bytes(to, FIELD_ACCOUNT, envelope->account, strlen(envelope->account));
}

size_t msg_size(const envelope_t *envelope)
{
    cursor_t counter = {0};
    put_head(&counter, envelope);
    put_bytes(&counter, FIELD_BODY, NULL, envelope->body.size);
    return counter.size;
}

size_t msg_head(const envelope_t *envelope, uint8_t *buf)
{
    assert(envelope->body.size <= MAX_BODY && envelope->route_size <= ROUTE_MAX);
    cursor_t to = {buf, 0};
    put_head(&to, envelope);
    if (envelope->body.size == 0) return to.size;
    put_tag(&to, FIELD_BODY);
    put_varint(&to, envelope->body.size);
    return to.size;
}

static void init_frame(zmq_msg_t *frame, size_t size)
{
    if (zmq_msg_init_size(frame, size)) abort(); // out of memory
}

void msg_pack(const envelope_t *envelope, zmq_msg_t *ret_frame)
{
    assert(envelope->body.size <= MAX_BODY && envelope->route_size <= ROUTE_MAX);
    init_frame(ret_frame, msg_size(envelope));
    cursor_t to = {zmq_msg_data(ret_frame), 0};
    put_head(&to, envelope);
    put_bytes(&to, FIELD_BODY, envelope->body.data, envelope->body.size);
}

void msg_pack_with(const envelope_t *envelope, const ProtobufCMessage *body, zmq_msg_t *ret_frame)
{
    envelope_t sized = *envelope;
    sized.body = slice(NULL, body ? protobuf_c_message_get_packed_size(body) : 0);
    assert(sized.body.size <= MAX_BODY && sized.route_size <= ROUTE_MAX);
    init_frame(ret_frame, msg_size(&sized));
    cursor_t to = {zmq_msg_data(ret_frame), 0};
    put_head(&to, &sized);
    if (!sized.body.size) return;
    put_tag(&to, FIELD_BODY);
    put_varint(&to, sized.body.size);
    protobuf_c_message_pack(body, to.at + to.size);
}

int msg_send(void *socket, const envelope_t *envelope, const ProtobufCMessage *body)
{
    zmq_msg_t frame;
    msg_pack_with(envelope, body, &frame);
    int r = zmq_msg_send(&frame, socket, ZMQ_DONTWAIT) < 0 ? -errno : 0;
    if (r) zmq_msg_close(&frame);
    return r;
}

// --- bodies

enum { BODY_MEMORY_FACTOR = 16, BODY_MEMORY_EXTRA = 64 * 1024, BODY_MEMORY_MAX = 16 * 1024 * 1024 };

// What one unpack may still take. protobuf-c turns 1 MiB of empty submessages into 72 MiB when nobody counts.
typedef struct budget {
    size_t left;
} budget_t;

static void *budget_alloc(void *data, size_t size)
{
    budget_t *budget = data;
    size_t charge = size + 32; // malloc's own overhead, so that many tiny blocks count for what they cost
    if (charge > budget->left) return NULL;
    budget->left -= charge;
    return calloc(1, size ? size : 1); // zeroed: protobuf-c 1.4.1 may free fields that it has not set yet
}

static void budget_free(void *data, void *block)
{
    (void)data;
    free(block);
}

void *msg_body_unpack(const ProtobufCMessageDescriptor *descriptor, slice_t body)
{
    size_t most = body.size * BODY_MEMORY_FACTOR + BODY_MEMORY_EXTRA;
    budget_t budget = {most < BODY_MEMORY_MAX ? most : BODY_MEMORY_MAX};
    ProtobufCAllocator allocator = {budget_alloc, budget_free, &budget};
    return protobuf_c_message_unpack(descriptor, &allocator, body.size, body.data);
}

void msg_body_free(void *pointer_to_pointer)
{
    ProtobufCMessage *message;
    memcpy(&message, pointer_to_pointer, sizeof message);
    // The default allocator frees with free(), as ours does.
    if (message) protobuf_c_message_free_unpacked(message, NULL);
    message = NULL;
    memcpy(pointer_to_pointer, &message, sizeof message);
}
