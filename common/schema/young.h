// SPDX-License-Identifier: Apache-2.0
// Who is a young specialist (domain 2.2): one rule for indicators, lists and what needs somebody.
#pragma once

enum {
    YOUNG_AGE_MAX = 34, // full years: up to 35
    YOUNG_YEARS = 3,    // of pedagogical work: fewer
};
