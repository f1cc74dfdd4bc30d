// SPDX-License-Identifier: Apache-2.0
// A page asks what needs its reader (common/watch/attention.h).
#pragma once
#include "common/watch/attention.h"
#include "services/console/page.h"

// For the reader's role, in his organisations, as far as he may ask. False: return at once, as with page_ask.
bool watching_ask(page_t *page, const findings_t **ret_found);
// The table of what was found; nothing where nothing was.
void watching_write(page_t *page, const findings_t *found);
