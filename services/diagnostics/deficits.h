// SPDX-License-Identifier: Apache-2.0
// Deficits (domain 3.1, 3.3): a person's need in one competency, by the latest result and the scale valid on
// that day. Bands are data (kind scale); the comparison is exact: score * 100 >= threshold * max.
#pragma once
#include "common/store/store.h"
#include "proto/diagnostics.pb-c.h"
#include <stdbool.h>

typedef enum band { BAND_NONE, BAND_LOW, BAND_MEDIUM, BAND_HIGH } band_t;

// max must not be 0: rules refuse such results.
band_t band_of(const Selenga__Scale *scale, int64_t score, int64_t max);
const char *band_name(band_t band); // "none" "low" "medium" "high"

// The band where a competency says itself which percent is enough: that percent and more is no need, and less
// is one, a low one at least. required 0 or less: it does not say.
band_t band_required(band_t band, int64_t required, int64_t score, int64_t max);

// What a dispute record says of the need that stands.
typedef enum objected { SAID_NOTHING, SAID_OPENED, SAID_UPHELD, SAID_REJECTED, SAID_WITHDRAWN } objected_t;

// Of the latest dispute, by its state. What was decided about an earlier measure says nothing of a later one.
objected_t dispute_says(const Selenga__Dispute *dispute, int32_t taken_on);

// What becomes of a deficit after a new measure: the state that the new record has, or NULL when none is to
// be kept. old_state NULL: there is none yet. A need that no longer shows is closed by the repeat measure,
// never forgotten; one that shows again is found again; what people said of it stays.
const char *deficit_state(const char *old_state, band_t band, bool measured_anew, objected_t said);
