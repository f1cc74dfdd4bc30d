// SPDX-License-Identifier: Apache-2.0
// The gate's settings and counters.
#include "services/gate/settings.h"
#include "common/base/i18n.h"

#define INT_ROW(name, min, max, standard, unit, sentence)                                                    \
    {                                                                                                        \
#name, SETTING_INT, offsetof(gate_settings_t, name), min, max, standard, unit, sentence              \
    }

static const setting_t ROWS[] = {
    INT_ROW(ping_ms, 100, 600000, "60000", "ms", N_("How often a neighbour is asked whether it is there")),
    INT_ROW(silence_ms, 300, 3600000, "200000", "ms",
            N_("After this time without a sign of life a link is taken for down; more than three pings of "
               "both ends")),
    INT_ROW(backoff_base_ms, 10, 600000, "250", "ms",
            N_("The first wait before a parent that has not greeted yet is tried again; a random part of it "
               "is waited")),
    INT_ROW(backoff_max_ms, 10, 3600000, "60000", "ms",
            N_("The longest wait before the parent is tried again")),
    INT_ROW(handshake_ms, 100, 600000, "10000", "ms", N_("Time that a connection has to prove its key")),
    INT_ROW(greeting_ms, 100, 600000, "20000", "ms",
            N_("Time that a connection has from its beginning to its first message; more than handshake_ms")),
    INT_ROW(connections_max, 1, 1000000, "20000", "",
            N_("Connections from outside at one time; the limit of open files lowers it")),
    INT_ROW(
        strangers_max, 4, 10000, "1000", "",
        N_("Of these, those that have not proved a known key; one of the oldest is ended for a newer one. "
           "Half of all at most")),
    INT_ROW(unread_max, 8388608, 4294967296, "16777216", "bytes",
            N_("A neighbour that has sent this much without completing a message is cut")),
    INT_ROW(unsent_max, 4194304, 4294967296, "16777216", "bytes",
            N_("What may wait for a neighbour that does not read; more is dropped")),
    INT_ROW(neighbour_max, 3145728, 67108864, "4194304", "bytes",
            N_("What one neighbour may have on its way to one service, each message counting 4096 bytes and "
               "its own; more is dropped. A neighbour that keeps to its credit never has as much")),
    INT_ROW(neighbours_max, 3145728, 268435456, "12582912", "bytes",
            N_("The same of all neighbours together; at that, their lines hold what they send")),
    INT_ROW(wasted_max, 1048576, 4294967296, "16777216", "bytes",
            N_("A neighbour of whose messages so much had to be dropped is cut; a sixteenth is forgiven each "
               "second")),
    INT_ROW(service_silence_ms, 1500, 3600000, "10000", "ms",
            N_("A service of this node from which nothing was heard for this time is told to the neighbours "
               "as one "
               "that gives no answer")),
    INT_ROW(shut_ms, 0, 3600000, "10000", "ms", N_("For this time it is not let in again")),
};

const settings_table_t GATE_SETTINGS = {"gate", ROWS, ARRAY_SIZE(ROWS)};

const counter_row_t GATE_COUNTERS[N_GATE_COUNTERS] = {
    [COUNT_MALFORMED] = {"malformed",
                         N_("Messages that are no envelopes. A faulty or hostile program sends them.")},
    [COUNT_NOT_ALLOWED] = {"not_allowed", N_("Envelopes that their sender may not send. The log says who.")},
    [COUNT_UNKNOWN_KEY] = {"unknown_key", N_("Messages of connections whose key is no longer known.")},
    [COUNT_SERVICE_DOWN] = {"service_down",
                            N_("Messages for a service that is not running. Feeds send them again.")},
    [COUNT_SERVICE_FULL] = {"service_full",
                            N_("Messages for a service that does not keep up. Feeds send them again.")},
    [COUNT_OVER_SHARE] = {"over_share",
                          N_("Messages of a sender that had too many under way to one service. A faulty or "
                             "hostile node sends them.")},
    [COUNT_LINK_DOWN] = {"link_down",
                         N_("Messages for a neighbour that is not connected. Feeds send them again.")},
    [COUNT_LINK_FULL] = {"link_full",
                         N_("Messages for a neighbour whose line does not keep up. Feeds send them again.")},
    [COUNT_CUT] = {"cut", N_("Connections that were ended: silent, greedy, replaced or revoked.")},
    [COUNT_STRANGERS_ENDED] = {"strangers_ended",
                               N_("Connections without a proved key that were ended for a newer one.")},
    [COUNT_FLOODS] = {"floods", N_("Neighbours that were shut out for a while for what they sent.")},
    [COUNT_BAD_KEY_ROWS] = {"bad_key_rows",
                            N_("Keys of the registry's table that are not valid. The programs do not fit.")},
};
