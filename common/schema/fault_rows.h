// SPDX-License-Identifier: Apache-2.0
#pragma once

// The sentence of a fault code, a msgid with marks (fault_rows.c says which); NULL: there is no such code.
const char *fault_row(const char *code);
