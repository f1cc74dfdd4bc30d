// SPDX-License-Identifier: Apache-2.0
// A sheet to fill in: its headings in the reader's language, and as a workbook what may stand in each column.
// Filled in, `import` takes it.
#pragma once
#include "common/forms/sheet.h"

// One row of headings; `;` between them and a byte order mark where the reader's language is Russian, as
// table programs there expect it. 0 or -EIO.
int template_csv(const sheet_t *sheet, FILE *out);

// The form, and a second worksheet that says of each column whether it is required, what it is and how it is
// written. NULL, or why it could not be written (workbook.h).
const char *template_xlsx(const sheet_t *sheet, const char *file);
