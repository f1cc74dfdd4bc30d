// SPDX-License-Identifier: Apache-2.0
// `selenga case`: frameworks of competencies as CASE 1.1 files, in and out.
#pragma once
#include "services/cli/cli.h"

extern const verb_t CASE_VERBS[];
