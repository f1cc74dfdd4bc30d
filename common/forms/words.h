// SPDX-License-Identifier: Apache-2.0
// Codes of the protocol as words, and small notations that people read and type. All of it can be called from
// any thread.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <protobuf-c/protobuf-c.h>

#include "common/base/i18n.h"
#include "common/schema/ids.h"

// Codes in the language; an unknown code is shown as it is, NULL as "".
const char *words_state(const char *code,
                        lang_t lang); // of a feed: live, catching-up, offline, blocked, stopped
const char *words_link(const char *code, lang_t lang); // of a link: up, down, refused, revoked
const char *words_flow(const char *code, lang_t lang); // up, down, local
const char *words_role(const char *code, lang_t lang); // parent, child

// The UUID text of an id in a message; "" when it is none. Returns `buffer` or a constant.
const char *words_id(const ProtobufCBinaryData *id, char buffer[static RID_TEXT]);

// "gate", "registry", ... as people type it; "?" for another number.
const char *words_service(uint32_t service);

// "person", or the number of a kind that this program does not know. Returns `buffer` or a constant.
enum { WORDS_KIND = 16 };
const char *words_kind(uint32_t number, char buffer[static WORDS_KIND]);
// The same as people read it: in English the name, else the label.
const char *words_kind_in(uint32_t number, lang_t lang, char buffer[static WORDS_KIND]);

// "here", "parent", "registry" or a child's label in hex. Returns `buffer` or a constant.
const char *words_peer(uint32_t peer, char *buffer, size_t size);
// What words_peer() gave, or another name of a place, as people read it; and back. Both return a constant or
// `place`.
const char *words_place_in(const char *place, lang_t lang);
const char *words_place_of(const char *words, lang_t lang);

// Who wrote a record, as the gate notes it: a program of a node, somebody at the computer by his number
// there, an account by its role. Returns `buffer`.
enum { WORDS_AUTHOR = 256 };
const char *words_author(slice_t author, lang_t lang, char buffer[static WORDS_AUTHOR]);

// "12 s", "1 h 02 min", "3 d 4 h". Returns `buffer`.
const char *words_duration(uint64_t seconds, lang_t lang, char *buffer, size_t size);

// "12.3 MiB". Returns `buffer`.
const char *words_bytes(uint64_t bytes, lang_t lang, char *buffer, size_t size);

// "90s", "30m", "72h", "14d", "2w": a whole number and its unit. Returns false for anything else, for zero
// and for more than ten years; then nothing is written.
bool words_duration_parse(const char *text, int64_t *ret_seconds);

// "ORG:NUMBER". False for anything else.
bool words_is_person(const char *text);
