// SPDX-License-Identifier: Apache-2.0
// Somebody else was faster: what a record was when the form began, what its reader wants and what it is now.
#pragma once
#include "services/console/fields.h"

// A sentence, and a table of the fields that differ.
void changed_write(page_t *page, const fields_t *was, const fields_t *mine, const fields_t *now);
// What I changed stays as I want it; what I left is as it stands now.
void changed_keep(const fields_t *was, fields_t *mine, const fields_t *now);
