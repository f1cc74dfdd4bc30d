// SPDX-License-Identifier: Apache-2.0
// The five forms of qualifying support of a young teacher (domain 2.3, I-5.3.2).
#pragma once
#include "services/reporting/history.h"
#include "services/reporting/period.h"

// FACT_SUPPORT_A..E that he received in the period, from the day `hired` on (DAY_NONE: never hired, nothing
// counts).
uint32_t support_flags(const human_t *human, const period_t *period, int32_t hired);
