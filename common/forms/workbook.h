// SPDX-License-Identifier: Apache-2.0
// Writing an XLSX file: beside the file that is asked for, and put in its place when it is whole, so that a
// file that fails leaves what was there.
#pragma once
#include <stdbool.h>
#include <xlsxwriter.h>

// Makes the worksheets. LXW_NO_ERROR, or what went wrong first.
typedef lxw_error workbook_fill_t(lxw_workbook *workbook, void *context);

// Who streams writes each worksheet row by row, in order, and gets by with the memory of a row; drop-downs
// and widths are free in either case. Returns NULL, or what went wrong as a sentence of a library's or of the
// system's.
const char *workbook_write(const char *file, bool streams, workbook_fill_t *fill, void *context);

// The same into memory, which the caller frees: NULL where it cannot be put together.
char *workbook_bytes(workbook_fill_t *fill, void *context, size_t *ret_size);
