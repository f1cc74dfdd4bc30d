// SPDX-License-Identifier: Apache-2.0
// `selenga calendar`: one calendar of all that has days, and what in it is in each other's way.
#pragma once
#include "services/cli/cli.h"

extern const struct argp_option CALENDAR_OPTIONS[];
#define CALENDAR_TEXT                                                                                        \
    N_("Events, sessions, stages and runs of programmes, internships and campaigns, by their days. Below "   \
       "them "                                                                                               \
       "stands what is in each other's way: what one organisation holds, or what is at one place, on the "   \
       "same "                                                                                               \
       "day, and how many people are busy with both. Runs of programmes and internships are in nobody's "    \
       "way, "                                                                                               \
       "their stages are; campaigns in that of other campaigns. A room is one place within its "             \
       "organisation, "                                                                                      \
       "a link, or an address with a comma, everywhere. Nothing is forbidden by it.\n\n"                     \
       "Without --from and --to: sixty days from today; with --ics: from a month ago, for a year ahead. "    \
       "The "                                                                                                \
       "file is for calendars of phones and mail programs. Taken in again it changes what changed and "      \
       "doubles "                                                                                            \
       "nothing; what was deleted is cancelled there. It names nobody.")

int calendar_run(const cli_t *cli);
