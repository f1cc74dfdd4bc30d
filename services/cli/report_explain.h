// SPDX-License-Identifier: Apache-2.0
// `report --explain`: whom an indicator counts, whom it does not and why, and who is silent.
#pragma once
#include "services/cli/ask.h"

// Takes a page of an explanation, all of one state of the figures. False: enough.
typedef bool explain_take_t(void *context, const Selenga__ReportReply *page);

// request: period and organisation of the report; `explain` is the indicator's code. Returns CLI_DONE, or why
// not (already said).
int explain_each(ask_t *ask, const Selenga__Report *request, explain_take_t *take, void *context);
int report_explain(ask_t *ask, const Selenga__Report *request, bool json);
