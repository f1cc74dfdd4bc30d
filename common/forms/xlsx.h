// SPDX-License-Identifier: Apache-2.0
// The first sheet of an XLSX workbook as CSV, row for row: a row that is not there is a blank line, so that
// numbers of rows stay. Days become ISO 8601, truth values yes and no; of formulas the value that was last
// computed counts. What a workbook may unpack to is bounded before a byte of it is read (xlsx_private.h).
#pragma once
#include "common/schema/fault_value.h"
#include <stdbool.h>
#include <stdio.h>

enum { XLSX_E_FAULT = 1 };

// Does the file begin as an archive does? The place in it stays. A pipe is none.
bool xlsx_is_one(FILE *in);
// *ret_csv: a temporary file of the caller's, separated by ';'. 0, or XLSX_E_FAULT.
int xlsx_open(FILE *in, FILE **ret_csv, fault_t *ret_fault);
