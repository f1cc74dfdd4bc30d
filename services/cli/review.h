// SPDX-License-Identifier: Apache-2.0
// What reviews say of records, beside the records.
#pragma once
#include <jansson.h>
#include <stdio.h>

#include "common/forms/reviewed.h"
#include "common/schema/ids.h"
#include "common/schema/kinds.h"
#include "proto/record.pb-c.h"
#include "services/cli/ask.h"

// Asks the service that keeps reviews for n records of any kind; *ret_reply has one answer for each, to be
// freed with msg_body_free. Returns CLI_DONE, or the failure after saying why.
int review_ask(ask_t *ask, const rid_t *ids, size_t n, Selenga__ReviewsReply **ret_reply);
// For people, "agreed", "waits for: municipality" ...: buf of REVIEW_TEXT bytes.
enum { REVIEW_TEXT = REVIEWED_TEXT };
const char *review_text(const Selenga__ReviewsReply *reply, size_t i, char *buf);
// {"state", "awaits"}
json_t *review_json(const Selenga__ReviewsReply *reply, size_t i);

// Shows the state of one record and each of its reviews, behind its fields; nothing where its kind is not
// reviewed and nobody did. With `json`, puts them into it as "review". Returns as review_ask.
int review_show(ask_t *ask, const Selenga__Record *record, json_t *json, FILE *out);
