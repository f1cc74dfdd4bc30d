// SPDX-License-Identifier: Apache-2.0
// The gate's settings and counters: section `gate` of node.conf, and what an operator may want to know
// afterwards.
#pragma once
#include "common/base/counters.h"
#include "common/base/settings.h"

typedef struct gate_settings {
    int64_t ping_ms;
    int64_t silence_ms;
    int64_t backoff_base_ms;
    int64_t backoff_max_ms;
    int64_t handshake_ms;
    int64_t greeting_ms;
    int64_t connections_max;
    int64_t unread_max;
    int64_t unsent_max;
    int64_t neighbour_max;
    int64_t neighbours_max;
    int64_t strangers_max;
    int64_t wasted_max;
    int64_t service_silence_ms;
    int64_t shut_ms;
} gate_settings_t;

extern const settings_table_t GATE_SETTINGS;

enum gate_counter {
    COUNT_MALFORMED,
    COUNT_NOT_ALLOWED,
    COUNT_UNKNOWN_KEY,
    COUNT_SERVICE_DOWN,
    COUNT_SERVICE_FULL,
    COUNT_OVER_SHARE,
    COUNT_LINK_DOWN,
    COUNT_LINK_FULL,
    COUNT_CUT,
    COUNT_STRANGERS_ENDED,
    COUNT_FLOODS,
    COUNT_BAD_KEY_ROWS,
    N_GATE_COUNTERS,
};

extern const counter_row_t GATE_COUNTERS[N_GATE_COUNTERS];
