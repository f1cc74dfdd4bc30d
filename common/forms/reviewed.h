// SPDX-License-Identifier: Apache-2.0
// What reviews say of a record, as people read it.
#pragma once
#include "common/base/i18n.h"
#include "common/schema/ids.h"
#include "proto/record.pb-c.h"

enum {
    REVIEWED_TEXT = 1100,      // bytes of words, with the NUL
    REVIEWED_OF = REF_MAX + 64 // bytes of KIND:KEY, with the NUL
};

// "agreed to", "waits for: municipality" ... of one answer of ReviewsReply: its state and the levels (W_)
// that it waits for. "" where nobody said anything. Returns buf of REVIEWED_TEXT bytes.
const char *reviewed_text(const char *state, uint32_t awaits, char *buf);
// KIND:KEY, as reviews name the record, into buf of REVIEWED_OF bytes. False where it has no key, or cannot
// be read.
bool reviewed_of(const Selenga__Record *record, char *buf);
