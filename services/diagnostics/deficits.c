// SPDX-License-Identifier: Apache-2.0
#include "services/diagnostics/deficits.h"
#include <string.h>

band_t band_of(const Selenga__Scale *scale, int64_t score, int64_t max)
{
    if (score * 100 >= scale->none_from * max) return BAND_NONE;
    if (score * 100 >= scale->low_from * max) return BAND_LOW;
    if (score * 100 >= scale->medium_from * max) return BAND_MEDIUM;
    return BAND_HIGH;
}

const char *band_name(band_t band)
{
    switch (band) {
    case BAND_NONE:
        return "none";
    case BAND_LOW:
        return "low";
    case BAND_MEDIUM:
        return "medium";
    case BAND_HIGH:
        return "high";
    }
    return "";
}

band_t band_required(band_t band, int64_t required, int64_t score, int64_t max)
{
    if (required <= 0) return band;
    if (score * 100 >= required * max) return BAND_NONE;
    return band == BAND_NONE ? BAND_LOW : band;
}

objected_t dispute_says(const Selenga__Dispute *dispute, int32_t taken_on)
{
    if (strcmp(dispute->state, "opened") == 0) return SAID_OPENED;
    if (dispute->opened_on < taken_on) return SAID_NOTHING;
    if (strcmp(dispute->state, "upheld") == 0) return SAID_UPHELD;
    return strcmp(dispute->state, "rejected") == 0 ? SAID_REJECTED : SAID_WITHDRAWN;
}

const char *deficit_state(const char *old_state, band_t band, bool measured_anew, objected_t said)
{
    if (old_state == NULL) return band == BAND_NONE ? NULL : "found";
    bool over = strcmp(old_state, "closed") == 0 || strcmp(old_state, "obsolete") == 0;
    if (band == BAND_NONE) return "closed";
    if (over) return measured_anew ? "found" : old_state;
    bool disputed = strcmp(old_state, "disputed") == 0;
    switch (said) {
    case SAID_OPENED:
        return "disputed";
    case SAID_UPHELD:
        return "closed";
    case SAID_REJECTED:
        return disputed || strcmp(old_state, "found") == 0 ? "confirmed" : old_state;
    case SAID_WITHDRAWN:
        return disputed ? "confirmed" : old_state;
    case SAID_NOTHING:
        break;
    }
    return old_state;
}
