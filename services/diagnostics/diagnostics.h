// SPDX-License-Identifier: Apache-2.0
// Diagnostics: frameworks of competencies, campaigns, results, and the deficits that follow from them by the
// scale.
#pragma once
#include "common/service/service.h"

extern const service_def_t DIAGNOSTICS;
