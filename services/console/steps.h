// SPDX-License-Identifier: Apache-2.0
// The five steps of a first start, above the pages that belong to it.
#pragma once
#include "services/console/page.h"

typedef enum step { STEP_NODE = 1, STEP_PHRASE, STEP_OPERATOR, STEP_STAFF, STEP_REACH } step_t;

void steps_write(page_t *page, step_t at);
// The same on a page that is more than a step: only for who comes from the one before.
void steps_follow(page_t *page, step_t at);
