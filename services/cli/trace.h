// SPDX-License-Identifier: Apache-2.0
// `selenga trace`: where a record is.
#pragma once
#include "services/cli/cli.h"

int trace_run(const cli_t *cli);
