// SPDX-License-Identifier: Apache-2.0
// Somebody has changed a record while it was before a reader: what it was, what he wants and what it is.
#pragma once
#include "services/console/fields.h"

// The fields that differ, in three columns, under a note that nothing was saved.
void three_write(page_t *page, const fields_t *was, const fields_t *mine, const fields_t *now);
// What I changed stays as I want it; what I left is as it stands now.
void three_keep_mine(const fields_t *was, fields_t *mine, const fields_t *now);
