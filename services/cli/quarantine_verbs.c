// SPDX-License-Identifier: Apache-2.0
// The verbs of `selenga quarantine`: their options and help.
#include <stdint.h>

#include "common/base/i18n.h"
#include "services/cli/quarantine.h"
#include "services/cli/verbs.h"

#define WHICH                                                                                                \
    {"from",                                                                                                 \
     QUARANTINE_FROM,                                                                                        \
     "PEER",                                                                                                 \
     0,                                                                                                      \
     N_("only what has to do with this neighbour: its organisation's code, or `parent`"),                    \
     0},                                                                                                     \
    {                                                                                                        \
        "code", QUARANTINE_CODE, "CODE", 0, N_("only what was refused with this code, e.g. ORG-FOREIGN"), 0  \
    }

static const struct argp_option WHICH_OPTIONS[] = {WHICH, {0}};

static const struct argp_option LIST_OPTIONS[] = {
    WHICH,
    {"limit", QUARANTINE_LIMIT, "N", 0, N_("at most N items; on a terminal 100 unless you say"), 0},
    {0},
};

static const struct argp_option DISCARD_OPTIONS[] = {
    WHICH, {"why", QUARANTINE_WHY, "TEXT", 0, N_("the reason, kept with the act (required)"), 0}, {0}};

static const struct argp_option TAKE_OPTIONS[] = {
    {"from", QUARANTINE_FROM, "PEER", 0, N_("whose version, where neighbours say different things"), 0}, {0}};

const verb_t QUARANTINE_VERBS[] = {
    {
        .name = "list",
        .options = LIST_OPTIONS,
        .summary = N_("what was refused, from whom and why"),
        .text = N_(
            "A record that fails the receiver's checks waits here and delays only itself. The same item is "
            "visible at its origin. With --json each item has its code and the whole record. A neighbour "
            "whose share is full is not taken from until something is discarded: `queues` says so."),
        .examples = "selenga --node hub quarantine list\n"
                    "selenga --node hub quarantine list --from 03-08-02 --code BAD-VALUE --limit 20\n",
        .run = quarantine_list,
    },
    {
        .name = "summary",
        .options = WHICH_OPTIONS,
        .summary = N_("how many items, by neighbour and code"),
        .examples = "selenga --node hub quarantine summary\n",
        .run = quarantine_summary,
    },
    {
        .name = "retry",
        .args = "[ID...]",
        .max_args = SIZE_MAX,
        .options = WHICH_OPTIONS,
        .summary = N_("check items again, after their cause was put right"),
        .text = N_("Only what was refused; a version kept aside (CONFLICT) is taken or discarded."),
        .examples = "selenga --node hub quarantine retry 0b1c9f6e-4d7a-52f0-9a41-6f0c2d5e8b13\n"
                    "selenga --node hub quarantine retry --code ORG-UNKNOWN\n",
        .run = quarantine_retry,
    },
    {
        .name = "discard",
        .args = "[ID...]",
        .max_args = SIZE_MAX,
        .options = DISCARD_OPTIONS,
        .summary = N_("give items up; a later version of the record is still taken"),
        .text =
            N_("What a node below found is discarded there too: the decision goes to it as a record, and the "
               "item is no longer shown here."),
        .examples =
            "selenga --node hub quarantine discard 0b1c9f6e-4d7a-52f0-9a41-6f0c2d5e8b13 --why 'sent "
            "by mistake'\n"
            "selenga --node hub quarantine discard --from 03-08-02 --code REACH --why 'faulty program'\n",
        .run = quarantine_discard,
    },
    {
        .name = "take",
        .args = "ID...",
        .min_args = 1,
        .max_args = SIZE_MAX,
        .options = TAKE_OPTIONS,
        .summary = N_("make a version of this node's own the one that holds"),
        .text = N_("At the record's own node only: for versions that are kept aside (CONFLICT), and for what "
                   "may be its own but cannot be checked (SEAL). What it says becomes a new version above "
                   "the present one."),
        .examples = "selenga --node school quarantine take 0b1c9f6e-4d7a-52f0-9a41-6f0c2d5e8b13\n"
                    "selenga --node hub quarantine take 0b1c9f6e-4d7a-52f0-9a41-6f0c2d5e8b13 --from "
                    "03-08-02\n",
        .run = quarantine_take,
    },
    {0},
};
