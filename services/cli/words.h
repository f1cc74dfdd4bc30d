// SPDX-License-Identifier: Apache-2.0
// Words and small notations of the command line, as people read and type them.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <protobuf-c/protobuf-c.h>

// Codes of the protocol in the user's language; an unknown code is shown as it is, NULL as "".
const char *words_state(const char *code); // of a feed: live, catching-up, offline, blocked, stopped
const char *words_link(const char *code);  // of a link: up, down, refused, revoked, clone
const char *words_flow(const char *code);  // up, down, local
const char *words_role(const char *code);  // parent, child

// The UUID text of an id in a message; "" when it is none. Valid until the next call.
const char *words_id(const ProtobufCBinaryData *id);

// "gate", "registry", ... as people type it; "?" for another number.
const char *words_service(uint32_t service);

// "person", or the number of a kind that this program does not know. Valid until the next call.
const char *words_kind(uint32_t number);

// "here", "parent", "registry" or a child's label in hex. Returns `buffer` or a constant.
const char *words_peer(uint32_t peer, char *buffer, size_t size);

// "90s", "30m", "72h", "14d", "2w": a whole number and its unit. Returns false for anything else, for zero
// and for more than ten years; then nothing is written.
bool words_duration_parse(const char *text, int64_t *ret_seconds);

// "ORG:NUMBER". False for anything else.
bool words_is_person(const char *text);
