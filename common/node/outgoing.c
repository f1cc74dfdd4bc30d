// SPDX-License-Identifier: Apache-2.0
#include "common/node/outgoing.h"
#include "common/base/vec.h"
#include "proto/message.h"
#include <assert.h>
#include <errno.h>
#include <stdlib.h>

// Before the first envelope of an open bundle there is room for the head of the frame, whose length is known
// at the end.
enum { LENGTH = 4, FIRST_ROOM = 4096 };

static zmq_msg_t *add_frame(outgoing_t *out)
{
    return vec_add(out->frames, out->n, out->room);
}

static void free_bundle(void *data, void *bundle)
{
    (void)data;
    free(bundle);
}

// One envelope needs no bundle around it.
static slice_t close_head(const outgoing_t *out)
{
    uint8_t *body = out->bundle + MSG_HEAD_MAX;
    if (out->count == 1) return slice(body + LENGTH, out->size - LENGTH);
    uint8_t head[MSG_HEAD_MAX];
    envelope_t around = {
        .type = MSG_BUNDLE, .to = out->to, .from = out->from, .body = slice(body, out->size)};
    size_t size = msg_head(&around, head);
    memcpy(body - size, head, size);
    return slice(body - size, size + out->size);
}

static void close_bundle(outgoing_t *out)
{
    if (out->count == 0) return;
    slice_t frame = close_head(out);
    if (zmq_msg_init_data(add_frame(out), (void *)(uintptr_t)frame.data, frame.size, free_bundle,
                          out->bundle))
        abort(); // out of memory
    out->bundle = NULL;
    out->size = out->bundle_room = out->count = 0;
}

static uint8_t *grow(outgoing_t *out, size_t more)
{
    size_t need = MSG_HEAD_MAX + out->size + more;
    vec_reserve(out->bundle, out->bundle_room, need > FIRST_ROOM ? need : FIRST_ROOM);
    uint8_t *at = out->bundle + MSG_HEAD_MAX + out->size;
    out->size += more;
    return at;
}

void outgoing_add(outgoing_t *out, const envelope_t *envelope, const ProtobufCMessage *body)
{
    envelope_t sized = *envelope;
    if (body != NULL) sized.body = slice(NULL, protobuf_c_message_get_packed_size(body));
    if (sized.body.size > BUNDLE_ALONE) {
        close_bundle(out);
        if (body != NULL)
            msg_pack_with(envelope, body, add_frame(out));
        else
            msg_pack(envelope, add_frame(out));
        return;
    }
    uint8_t head[MSG_HEAD_MAX];
    size_t head_size = msg_head(&sized, head);
    uint8_t *at = grow(out, LENGTH + head_size + sized.body.size);
    be32_store(at, (uint32_t)(head_size + sized.body.size));
    memcpy(at + LENGTH, head, head_size);
    at += LENGTH + head_size;
    if (body != NULL)
        protobuf_c_message_pack(body, at);
    else if (sized.body.size > 0)
        memcpy(at, sized.body.data, sized.body.size);
    out->count++;
    if (out->size >= BUNDLE_BYTES || out->count == BUNDLE_ENVELOPES) close_bundle(out);
}

void outgoing_flush(outgoing_t *out, outgoing_send_fn *send, void *arg)
{
    close_bundle(out);
    for (size_t i = 0; i < out->n; i++)
        if (!send(arg, &out->frames[i])) zmq_msg_close(&out->frames[i]);
    out->n = 0;
}

static bool take_none(void *arg, zmq_msg_t *frame)
{
    (void)arg, (void)frame;
    return false;
}

void outgoing_drop(outgoing_t *out)
{
    outgoing_flush(out, take_none, NULL);
}

void outgoing_clear(outgoing_t *out)
{
    outgoing_drop(out);
    free(out->frames);
    free(out->bundle);
    *out = (outgoing_t){.from = out->from, .to = out->to};
}

int bundle_next(slice_t *rest, envelope_t *ret_envelope)
{
    if (rest->size == 0) return 1;
    if (rest->size < LENGTH) return -EBADMSG;
    size_t size = be32_load(rest->data), left = rest->size - LENGTH;
    if (size > left) return -EBADMSG;
    if (msg_unpack(slice(rest->data + LENGTH, size), ret_envelope) != 0) return -EBADMSG;
    *rest = slice(rest->data + LENGTH + size, left - size);
    return ret_envelope->type == MSG_BUNDLE ? -EBADMSG : 0; // never one in another
}

bool share_counts(const envelope_t *envelope)
{
    return envelope->from != SERVICE_GATE || envelope->peer != PEER_SELF || envelope->type == MSG_JOIN;
}

uint32_t share_of(const envelope_t *envelope)
{
    return envelope->peer != PEER_SELF ? envelope->peer : envelope->from;
}

size_t share_cost(const envelope_t *envelope)
{
    return SHARE_ENVELOPE + envelope->body.size;
}
