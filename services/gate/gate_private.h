// SPDX-License-Identifier: Apache-2.0
// What the parts of the gate share.
#pragma once
#include "services/gate/gate.h"
#include "services/gate/keys.h"
#include "services/gate/link.h"
#include "services/gate/local.h"
#include "services/gate/peers.h"
#include "services/gate/settings.h"
#include "services/gate/zap.h"

struct gate {
    node_conf_t node;
    node_keys_t node_keys; // for the parent
    node_keys_t door_keys; // for children
    gate_settings_t settings;
    size_t most, spare;        // connections from outside; descriptors beside them
    char parent_principal[96]; // "node:PATH"
    void *context;
    zap_t *zap;
    keys_t keys;
    local_t *local;
    peers_t *peers; // NULL: the node has no listen endpoint
    link_t *link;   // NULL: the root
    counters_t counters;
    uint64_t counts[N_GATE_COUNTERS];
    int signal_fd, lock_fd;
    bool listening; // children are let in: the registry has said whom
    bool stop;
    uint64_t started_ms, tick_ms;
    uint64_t backlog_ms;         // when services that have not heard of all links hear of more
    uint64_t keys_asked_ms;      // 0: the registry has answered
    uint8_t parent_untold;       // bits of services that have not heard how the link stands
    uint8_t parent_silence_told; // bits of services that have heard that its fellow is silent
    uint8_t links_untold;        // of those that have not heard of all links
};
