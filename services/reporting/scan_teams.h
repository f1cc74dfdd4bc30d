// SPDX-License-Identifier: Apache-2.0
// Management teams of a period: from the parts of single managers to rows of TABLE_TEAM. domain 2.3, I-5.2.1.
#pragma once
#include "services/reporting/fold.h"
#include "services/reporting/table.h"

// Answers the queries over TABLE_TEAM; the others are left alone.
void teams_scan(const table_t *table, const answers_t *answers);
