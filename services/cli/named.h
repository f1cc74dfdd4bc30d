// SPDX-License-Identifier: Apache-2.0
// Kinds and records as people name them on the command line.
#pragma once
#include "common/schema/ids.h"
#include "common/schema/kinds.h"
#include "services/cli/cli.h"

// The kind of this name. Returns CLI_DONE, or CLI_REFUSED after naming the nearest.
int named_kind(const char *name, const kind_rule_t **ret_kind);

// The id that `text` means: an id, or the natural key with its parts joined by ':', '/' or blanks. Returns
// CLI_DONE, or CLI_REFUSED after saying what the key looks like.
int named_record(const kind_rule_t *kind, const char *text, rid_t *ret_id);
