// SPDX-License-Identifier: Apache-2.0
// What the pages of imports share.
#pragma once
#include "common/forms/sheet.h"
#include "services/console/jobs.h"
#include "services/console/parts.h"

// What a sheet, or a kind, is called.
const char *import_label(const char *sheet);
// Which column of the job's file is which, to be put right, with what is wrong.
void import_columns_write(page_t *page, const job_t *job);
// Remembers for the node what the form says of them. False: the page says why not.
bool import_columns_take(page_t *page, const job_t *job);
