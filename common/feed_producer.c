// SPDX-License-Identifier: Apache-2.0
// The producer half: reads lanes behind each consumer's position, within its credit. It keeps nothing that
// matters; the acknowledged position is remembered only to show people what waits while a consumer is away.
//
//   KV_PEERS  'a' -> acknowledged position    'r' -> position, witness for which give-back is done
#include "common/feed_private.h"
#include "common/mutant.h"
#include "common/quarantine.h"
#include "proto/message.h"
#include <errno.h>
#include <stdlib.h>

// For people only: what cannot be read now is told by the consumer's next pull.
void producer_load(feed_t *feed, link_t *link)
{
    store_txn_t *txn = NULL;
    if (store_begin(feed->store, false, &txn) != 0) return;
    peer_row_get(txn, link->peer, 'a', &link->out.acked, 1, NULL);
    store_abort(&txn);
}

void producer_close(producer_t *out)
{
    out->open = out->diverged = out->answer = out->ask = out->rebase = false;
    out->n_flight = 0;
    out->flight_bytes = 0;
}

// --- pull ----------------------------------------------------------------------------------------

static void acknowledge(producer_t *out, uint64_t position, int64_t now_ms)
{
    size_t done = 0;
    while (done < out->n_flight && out->flight[done].upto <= position)
        out->flight_bytes -= out->flight[done++].bytes;
    out->n_flight -= done;
    memmove(out->flight, out->flight + done, out->n_flight * sizeof out->flight[0]);
    if (position == out->acked) return;
    out->acked = position;
    out->unsaved = true;
    out->progress_ms = now_ms;
}

static void hear_counts(producer_t *out, const Selenga__Pull *m)
{
    out->credit = m->credit < BATCH_MAX ? m->credit : BATCH_MAX;
    if (m->has_quarantined) out->quarantined = m->quarantined;
    if (m->has_held) out->held = m->held;
    out->has_held = m->has_held || (out->has_held && !m->has_quarantined);
    if (m->trouble == NULL || !text_copy(out->trouble, sizeof out->trouble, m->trouble))
        out->trouble[0] = '\0';
}

// Has this consumer given back for exactly this cursor already?
static int is_resolved(store_txn_t *txn, uint32_t peer, uint64_t position, const witness_t *w, bool *ret)
{
    AUTO(witness_clear) witness_t done = {0};
    uint64_t at;
    int rc = peer_row_get(txn, peer, 'r', &at, 1, &done);
    if (rc < 0) return rc;
    *ret = rc == 0 && at == position && witness_equal(&done, w);
    if (MUTANT("no_giveback") || (MUTANT("resolved_once") && rc == 0)) *ret = true;
    return 0;
}

static int begin_giveback(store_txn_t *txn, link_t *link, uint64_t position, const witness_t *w,
                          uint64_t fork)
{
    producer_t *out = &link->out;
    bool resolved;
    int rc = is_resolved(txn, link->peer, position, w, &resolved);
    if (rc != 0) return rc;
    out->rebase = resolved;
    out->diverged = out->ask = !resolved;
    out->position = position;
    witness_copy(w, &out->lost);
    out->fork = fork;
    out->given = 0;
    return 0;
}

static int restart(feed_t *feed, link_t *link, store_txn_t *txn, const Selenga__Pull *m)
{
    producer_t *out = &link->out;
    AUTO(witness_clear) witness_t w = {0};
    uint64_t fork = 0;
    if (!witness_read(m->witness, &w) || m->position > w.head || m->n_kinds > KINDS_MAX ||
        m->n_near_kinds > KINDS_MAX)
        return -EBADMSG;
    producer_close(out);
    out->session = m->session;
    out->filter = (feed_filter_t){.n_kinds = m->n_kinds, .n_near = m->n_near_kinds};
    if (m->n_kinds > 0) memcpy(out->filter.kinds, m->kinds, m->n_kinds * sizeof *m->kinds);
    if (m->n_near_kinds > 0) memcpy(out->filter.near, m->near_kinds, m->n_near_kinds * sizeof *m->near_kinds);
    if (!MUTANT("no_witness") && !store_check_witness(feed->store, &w, &fork)) {
        int rc = begin_giveback(txn, link, m->position, &w, fork);
        if (rc != 0 || !MUTANT("pull_while_diverged")) return rc;
    }
    out->open = out->answer = true;
    out->boots_told = false;
    out->sent = out->scanned = m->position;
    return 0;
}

int producer_pull(feed_t *feed, link_t *link, store_txn_t *txn, slice_t body, int64_t now_ms)
{
    producer_t *out = &link->out;
    AUTO(msg_body_free) Selenga__Pull *m = msg_body_unpack(&selenga__pull__descriptor, body);
    if (m == NULL || !m->has_session || !m->has_position) return -EBADMSG;
    if (m->restart) {
        int rc = restart(feed, link, txn, m);
        if (rc != 0) return rc;
    } else if (m->session != out->session || (!out->open && !out->diverged)) {
        out->wake = true; // a session of an earlier run of ours
        return 0;
    } else if (out->open && m->position == out->sent && m->position == out->acked) {
        out->answer = true; // nothing new: it asks whether we are there
    }
    hear_counts(out, m);
    if (out->open && m->position <= out->sent) acknowledge(out, m->position, now_ms);
    return 0;
}

// --- give-back -----------------------------------------------------------------------------------

int producer_giveback(feed_t *feed, store_txn_t *txn, link_t *link, slice_t body)
{
    producer_t *out = &link->out;
    AUTO(msg_body_free) Selenga__Giveback *m = msg_body_unpack(&selenga__giveback__descriptor, body);
    if (m == NULL) return -EBADMSG;
    if (!out->diverged || m->session != out->session || m->after != out->given) return 0;
    if (m->upto < m->after || (m->upto == m->after && !m->done)) return -EBADMSG;
    arrival_t arrival = {.peer = link->peer, .giveback = true, .lost = &out->lost, .fork = out->fork};
    int rc =
        feed_take(feed, txn, slice(m->entries.data, m->entries.len), m->encoding, m->plain_bytes, &arrival);
    if (rc != 0) return rc;
    out->given = m->upto;
    out->ask = !m->done;
    if (!m->done) return 0;
    out->diverged = false;
    out->rebase = true;
    return peer_row_put(txn, link->peer, 'r', &out->position, 1,
                        &out->lost); // the same transaction as the records
}

static void send_ask(feed_t *feed, link_t *link)
{
    Selenga__GivebackAsk m = SELENGA__GIVEBACK_ASK__INIT;
    m.has_session = m.has_after = 1;
    m.session = link->out.session;
    m.after = link->out.given;
    feed_send(feed, link->peer, MSG_GIVEBACK_ASK, &m.base);
}

static void send_rebase(feed_t *feed, link_t *link)
{
    Selenga__Rebase m = SELENGA__REBASE__INIT;
    Selenga__Witness witness;
    witness_message(store_witness(feed->store), true, &witness);
    m.has_session = 1;
    m.session = link->out.session;
    m.witness = &witness;
    feed_send(feed, link->peer, MSG_REBASE, &m.base);
    witness_message_free(&witness);
}

// --- push ----------------------------------------------------------------------------------------

// Strays and refusals belong to one service; another one of the node could not tell them from its own.
bool producer_wants(const feed_t *feed, const link_t *link, const record_t *record)
{
    if (link->peer < PEER_LABEL_MIN && record->kind < SYSTEM_KINDS) return false;
    return filter_wants(&link->out.filter, &store_place(feed->store)->path, record);
}

// Fills the batch from the lanes; *ret_upto is how far they were read, head when to their end.
static int fill(feed_t *feed, link_t *link, size_t room, batch_t *batch, uint64_t *ret_upto, bool *ret_end)
{
    producer_t *out = &link->out;
    store_txn_t *txn = NULL;
    lane_reader_t *reader = NULL;
    uint64_t seq, upto = out->scanned;
    record_t r;
    int rc = store_begin(feed->store, false, &txn);
    if (rc != 0) return rc;
    rc = lane_open(txn, store_feed_lanes(link->peer), link->peer, out->scanned, &reader);
    while (rc == 0 && batch->count < PUSH_RECORDS && (rc = lane_next(reader, &seq)) == 0) {
        if ((rc = store_at(txn, seq, &r, NULL)) != 0) break;
        if (MUTANT("tombstone_forgotten") && r.deleted) continue;
        if (MUTANT("skip_not_advancing") && !producer_wants(feed, link, &r)) break;
        if (producer_wants(feed, link, &r)) {
            if (batch->count > 0 && batch->size + r.wire.size + 4 > room) break;
            batch_add(batch, r.wire);
        }
        upto = seq;
    }
    *ret_end = rc == KV_NONE;
    *ret_upto = *ret_end ? store_txn_head(txn) : upto;
    lane_close(&reader);
    store_abort(&txn);
    return rc < 0 ? rc : 0;
}

static void send_push(feed_t *feed, link_t *link, batch_t *batch, uint64_t upto)
{
    producer_t *out = &link->out;
    Selenga__Push m = SELENGA__PUSH__INIT;
    Selenga__Witness witness;
    const witness_t *lives = store_witness(feed->store);
    bool tell = !out->boots_told || out->n_boots_told != witness_wrote(lives);
    uint32_t plain = (uint32_t)batch->size;
    m.has_session = m.has_after = m.has_upto = m.has_count = m.has_encoding = m.has_plain_bytes =
        m.has_entries = m.has_boot = 1;
    m.session = out->session;
    m.boot = lives->boots[lives->n - 1].id;
    m.after = out->sent;
    m.upto = upto;
    m.count = batch->count;
    m.plain_bytes = plain;
    if (link->peer >= PEER_LABEL_MIN)
        batch_pack(batch, &m.encoding, &m.plain_bytes); // only what crosses a line
    m.entries = (ProtobufCBinaryData){.len = batch->size, .data = batch->data};
    witness_message(lives, tell, &witness);
    if (MUTANT("witness_is_position")) witness.head = upto;
    m.witness = &witness;
    feed_send(feed, link->peer, MSG_PUSH, &m.base);
    if (tell) out->n_boots_told = witness.n_boots;
    out->boots_told = out->boots_told || tell;
    witness_message_free(&witness);
    out->sent = out->scanned = upto;
    out->sent_records += batch->count;
    if (batch->count == 0) return;
    out->flight[out->n_flight].upto = upto;
    out->flight[out->n_flight++].bytes = plain;
    out->flight_bytes += plain;
}

static int push_some(feed_t *feed, link_t *link)
{
    producer_t *out = &link->out;
    while (out->n_flight < IN_FLIGHT_MAX && (out->answer || out->scanned < store_head(feed->store))) {
        if (out->flight_bytes > 0 && out->flight_bytes >= out->credit) return 0;
        size_t room = out->credit - (out->flight_bytes < out->credit ? out->flight_bytes : out->credit);
        AUTO(batch_clear) batch_t batch = {0};
        uint64_t upto;
        bool end;
        int rc = fill(feed, link, room < PUSH_BYTES ? room : PUSH_BYTES, &batch, &upto, &end);
        if (rc != 0) return rc;
        if (MUTANT("skip_not_advancing") && !end && upto == out->scanned) return 0;
        if (batch.count > 0 || out->answer)
            send_push(feed, link, &batch, upto);
        else
            out->scanned = upto;
        out->answer = false;
    }
    return 0;
}

int producer_flush(feed_t *feed, link_t *link, int64_t now_ms)
{
    producer_t *out = &link->out;
    (void)now_ms;
    if (out->wake) feed_send(feed, link->peer, MSG_WAKE, NULL);
    if (out->ask) send_ask(feed, link);
    if (out->rebase) send_rebase(feed, link);
    out->wake = out->ask = out->rebase = false;
    return out->open ? push_some(feed, link) : 0;
}
