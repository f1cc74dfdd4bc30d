// SPDX-License-Identifier: Apache-2.0
// Kinds and records as people name them, and the words when they name none.
#pragma once
#include "common/base/i18n.h"
#include "common/base/util.h"
#include "common/schema/ids.h"
#include "common/schema/kinds.h"

enum { REFS_E_UNKNOWN = 1 };

// The kind of this name. Returns 0, or REFS_E_UNKNOWN with *ret_why in the language, which names the nearest.
int refs_kind(const char *name, lang_t lang, const kind_rule_t **ret_kind, why_t *ret_why);

// The id that `text` means: an id, or the natural key with its parts joined by ':', '/' or blanks. Returns 0,
// or REFS_E_UNKNOWN with *ret_why, which says what the key looks like.
int refs_record(const kind_rule_t *kind, const char *text, lang_t lang, rid_t *ret_id, why_t *ret_why);
