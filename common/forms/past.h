// SPDX-License-Identifier: Apache-2.0
// Versions of a record as HistoryReply has them, for who shows them and brings one back: by writing it again,
// under all rules of today.
#pragma once
#include "common/schema/body.h"
#include "common/store/record.h"
#include "proto/api.pb-c.h"

// The record in these bytes, which must outlive it. False: there is none that can be read.
bool past_read(const ProtobufCBinaryData *bytes, record_t *ret);
// Its body; NULL: it was deleted, or cannot be read.
body_t *past_body(const kind_rule_t *kind, const record_t *r, arena_t *arena);
// The version that is called so. False: it is not among those.
bool past_find(const Selenga__HistoryReply *reply, const char *version, record_t *ret);
// All fields that somebody writes: their numbers, for Item.set.
enum { PAST_FIELDS = 256 };
size_t past_fields(const kind_rule_t *kind, uint32_t set[static PAST_FIELDS]);
