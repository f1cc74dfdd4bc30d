// SPDX-License-Identifier: Apache-2.0
// Writing records given as JSON.
#pragma once
#include "common/base/i18n.h"
#include "common/schema/kinds.h"
#include "services/cli/ask.h"
#include "services/cli/cli.h"

#define PUT_TEXT                                                                                             \
    N_("Reads FILE, or stdin: one JSON object or an array of objects, each a record as `get --json` prints " \
       "it or its body "                                                                                     \
       "alone. A field that is given is set, null clears it, one that is absent stays as it is. Everything " \
       "is read "                                                                                            \
       "before anything is written. With --take-key a record of this key that a node below holds loses its " \
       "place to the one that is given, which has to be whole, and waits in quarantine here.")

enum { OPTION_TAKE_KEY = CLI_KEY, OPTION_PUT_STRICT };

int put_run(const cli_t *cli);

// Sends a request of one record. Returns CLI_DONE, or CLI_REFUSED or CLI_LATER after saying why.
int put_one(ask_t *ask, uint32_t service, Selenga__Item *item);
