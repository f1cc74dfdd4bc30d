// SPDX-License-Identifier: Apache-2.0
// The definition of an indicator as a record brings it; kept and dropped again.
#include "common/node/msg.h"
#include "services/reporting/indicators.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO(msg_body_free)
    Selenga__Indicator *m = msg_body_unpack(&selenga__indicator__descriptor, slice(data, size));
    if (m == NULL) return 0;
    indicators_t *indicators = indicators_new();
    indicator_error_t error;
    bool good = indicator_check(m, &error);
    assert(indicators_put(indicators, m, &error) == good);
    if (!good) assert(error.field != NULL && error.what != NULL);
    if (good) indicators_remove(indicators, m->code, m->valid_from);
    indicators_destroy(&indicators);
    return 0;
}
