// SPDX-License-Identifier: Apache-2.0
// What the verbs of quarantine share.
#pragma once
#include "proto/api.pb-c.h"
#include "services/cli/cli.h"

enum { OPTION_FROM = CLI_KEY, OPTION_CODE, OPTION_LIMIT, OPTION_WHY };

// What --from and --code say. It points into the command line.
Selenga__QuarantineQuery quarantine_query(const cli_t *cli);

typedef struct mark { // where a page ended
    uint8_t bytes[128];
    bool more;
} quarantine_mark_t;

// The query for the page behind this one; it points into `mark`.
void quarantine_go_on(Selenga__QuarantineQuery *query, quarantine_mark_t *mark, bool more,
                      const ProtobufCBinaryData *next);

// The verbs that decide.
int quarantine_retry(const cli_t *cli);
int quarantine_discard(const cli_t *cli);
int quarantine_take(const cli_t *cli);
