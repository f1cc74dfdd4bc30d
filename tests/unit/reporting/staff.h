// SPDX-License-Identifier: Apache-2.0
// A desk of reporting, and who works there.
#pragma once
// clang-format off
#include "tests/unit/desk.h"
// clang-format on
#include "services/reporting/recount.h"
#include <stdio.h>

static desk_t desk;

static inline int open_desk(void **state)
{
    (void)state;
    desk_open(&desk, &REPORTING);
    return 0;
}

static inline int close_desk(void **state)
{
    (void)state;
    desk_close(&desk);
    return 0;
}

// A teacher of this number, hired in 2023.
static inline void hire(unsigned number)
{
    char text[200];
    snprintf(text, sizeof text, "org=" DESK_ORG "|number=%u|pseudonym=%032x", number, number);
    desk_tell(&desk, &KIND_PERSON, text);
    snprintf(text, sizeof text,
             "org=" DESK_ORG "|number=%u|post=учитель|post_class=pedagogue|from=2023-09-01", number);
    desk_tell(&desk, &KIND_EMPLOYMENT, text);
}
