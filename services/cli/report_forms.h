// SPDX-License-Identifier: Apache-2.0
// A report as the command line prints it.
#pragma once
#include "common/forms/report_forms.h"

void report_print_json(const report_t *report);
void report_print_tables(const report_t *report); // the organisation's, and its children side by side
