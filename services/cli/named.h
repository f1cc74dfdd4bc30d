// SPDX-License-Identifier: Apache-2.0
// Kinds, records and sheets as people name them on the command line.
#pragma once
#include "common/forms/sheet.h"
#include "common/schema/ids.h"
#include "common/schema/kinds.h"
#include "services/cli/cli.h"

// The kind of this name. Returns CLI_DONE, or CLI_REFUSED after naming the nearest.
int named_kind(const char *name, const kind_rule_t **ret_kind);

// The id that `text` means: an id, or the natural key with its parts joined by ':', '/' or blanks. Returns
// CLI_DONE, or CLI_REFUSED after saying what the key looks like.
int named_record(const kind_rule_t *kind, const char *text, rid_t *ret_id);

// The sheet of this name. Returns CLI_DONE, or CLI_REFUSED after saying which there are, and the nearest.
int named_sheet(const char *name, sheet_t **ret_sheet);
