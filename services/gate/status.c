// SPDX-License-Identifier: Apache-2.0
// The gate's views.
#include "services/gate/status.h"
#include "common/base/clock.h"
#include "common/base/file.h"
#include "common/base/pulse.h"
#include "common/base/resident.h"
#include "proto/api.pb-c.h"
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { LINKS_BYTES_MAX = MAX_BODY - 64 * 1024 };

static void answer(gate_t *gate, const door_frame_t *frame, uint32_t type, const ProtobufCMessage *body)
{
    envelope_t envelope = {.type = type, .from = SERVICE_GATE, .call = frame->envelope.call};
    (void)local_answer(gate->local, frame->routing, &envelope, body);
}

// --- status

// A code for what somebody should look at; "" when well. A link that is down is not trouble: nodes work
// alone.
static const char *trouble(const gate_t *gate)
{
    if (gate->peers && !gate->keys.ready) return "NO-KEYS";
    return gate->link ? link_view(gate->link).reason : "";
}

void status_answer(gate_t *gate, const door_frame_t *frame)
{
    Selenga__Status status = SELENGA__STATUS__INIT;
    status.has_service = status.has_pid = status.has_up_s = status.has_memory_bytes = 1;
    status.service = SERVICE_GATE;
    status.version = SELENGA_VERSION;
    status.pid = (uint32_t)getpid();
    status.up_s = (mono_ms() - gate->started_ms) / 1000;
    status.memory_bytes = resident_bytes();
    status.trouble = (char *)trouble(gate);
    status.has_restarts = pulse_restarts(&status.restarts);
    status.words = (char *)(gate->link ? link_view(gate->link).words : "");
    answer(gate, frame, MSG_STATUS_REPLY, &status.base);
}

// --- links

// A row and the texts that it points to.
typedef struct row {
    Selenga__LinkRow message;
    char fingerprint[NODE_FINGERPRINT_TEXT];
    uint32_t silent[SERVICES_END];
    char expires[sizeof "2026-09-01T08:00:00Z"];
} row_t;

static void set_common(row_t *row, const uint8_t *key, uint64_t since_ms, int64_t rtt_us, const char *version)
{
    selenga__link_row__init(&row->message);
    row->message.has_since_s = 1;
    row->message.since_s = (mono_ms() - since_ms) / 1000;
    row->message.has_rtt_us = rtt_us >= 0;
    row->message.rtt_us = rtt_us;
    row->message.key_fingerprint = (char *)node_fingerprint(key, row->fingerprint);
    row->message.version = (char *)version;
    row->message.has_label = 1;
}

// Somebody should look: at that node, or here, where there is a reason.
static void set_state(row_t *row, const char *state, const char *reason, uint8_t silent)
{
    bool hangs = strcmp(state, "up") == 0 && silent != 0;
    row->message.state = (char *)(hangs ? "hangs" : state);
    row->message.reason = (char *)(hangs ? "SERVICE-SILENT" : reason);
    for (uint32_t n = SERVICES_FIRST; hangs && n < SERVICES_END; n++)
        if ((silent >> n & 1) != 0) row->silent[row->message.n_silent++] = n;
}

static void parent_row(const gate_t *gate, row_t *row)
{
    link_view_t view = link_view(gate->link);
    bool up = strcmp(view.state, "up") == 0;
    set_common(row, gate->node.parent.key, view.since_ms, up ? view.rtt_us : -1, view.version);
    row->message.peer = row->message.org = (char *)gate->node.parent.org;
    row->message.role = (char *)"parent";
    set_state(row, view.state, view.reason, view.silent);
    row->message.words = (char *)view.words;
    row->message.label = PEER_PARENT;
}

static void child_row(const key_entry_t *entry, row_t *row)
{
    set_common(row, entry->key, entry->since_ms, entry->up ? entry->rtt_us : -1, entry->version);
    row->message.peer = (char *)(*entry->name ? entry->name : entry->org);
    row->message.org = (char *)entry->org;
    row->message.role = (char *)"child";
    set_state(row,
              entry->role == KEY_REVOKED ? "revoked"
              : entry->clone_told        ? "clone"
              : entry->up                ? "up"
                                         : "down",
              entry->role != KEY_REVOKED && entry->clone_told ? "CLONE" : "", entry->silent);
    row->message.label = entry->label;
    time_t expires = (time_t)entry->expires_s;
    struct tm utc;
    if (expires && gmtime_r(&expires, &utc) &&
        strftime(row->expires, sizeof row->expires, "%Y-%m-%dT%H:%M:%SZ", &utc))
        row->message.key_expires = row->expires;
}

static int compare_rows(const void *a, const void *b)
{
    const row_t *left = a, *right = b;
    int order = strcmp(left->message.org, right->message.org);
    return order ? order : strcmp(left->message.state, right->message.state);
}

void links_answer(gate_t *gate, const door_frame_t *frame)
{
    AUTO(xfree) row_t *rows = xcalloc(gate->keys.now.n + 1, sizeof *rows);
    AUTO(xfree) Selenga__LinkRow **pointers = xcalloc(gate->keys.now.n + 1, sizeof(Selenga__LinkRow *));
    size_t n = 0, first = gate->link ? 1 : 0, bytes = 0;
    if (gate->link) parent_row(gate, &rows[n++]);
    for (size_t i = 0; i < gate->keys.now.n; i++)
        if (gate->keys.now.rows[i]->role != KEY_INVITATION) child_row(gate->keys.now.rows[i], &rows[n++]);
    qsort(rows + first, n - first, sizeof *rows, compare_rows);
    Selenga__Links links = SELENGA__LINKS__INIT;
    links.links = pointers;
    for (size_t i = 0; i < n; i++) {
        Selenga__LinkRow *message = &rows[i].message;
        if (*rows[i].expires) message->key_expires = rows[i].expires; // sorting moved the texts
        message->key_fingerprint = rows[i].fingerprint;
        message->silent = rows[i].silent;
        bytes += selenga__link_row__get_packed_size(message) + 6;
        if (bytes > LINKS_BYTES_MAX) break;
        pointers[links.n_links++] = message;
    }
    answer(gate, frame, MSG_LINKS_REPLY, &links.base);
}
