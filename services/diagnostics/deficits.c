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

const char *deficit_state(const char *old_state, band_t band, bool measured_anew)
{
    if (old_state == NULL) return band == BAND_NONE ? NULL : "found";
    bool over = strcmp(old_state, "closed") == 0 || strcmp(old_state, "obsolete") == 0;
    if (band == BAND_NONE) return "closed";
    return over && measured_anew ? "found" : old_state;
}
