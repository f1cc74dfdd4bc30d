// SPDX-License-Identifier: Apache-2.0
// The producer half: reads lanes behind each consumer's position, within its credit. It keeps nothing that
// matters; the acknowledged position is remembered only to show people what waits while a consumer is away.
//
// Rows 'a' and 'r': common/store/FORMAT.md, peers.
#include "common/base/mutant.h"
#include "common/store/quarantine.h"
#include "common/sync/feed_private.h"
#include "proto/message.h"
#include <assert.h>
#include <errno.h>
#include <stdlib.h>

enum {
    BEGUN_MS = 500, // in this time a consumer may begin
    BEGUN_MAX = 3,  // so many sessions; the last of those that are too many is begun by a tick
    LATE_MAX = 4096,
};

// For people only: what cannot be read now is told by the consumer's next pull.
void producer_load(feed_t *feed, link_t *link)
{
    store_txn_t *txn = NULL;
    if (store_begin(feed->store, false, &txn) != 0) return;
    (void)peer_row_get(txn, link->peer, 'a', link->out.acked.of, STREAMS);
    store_abort(&txn);
}

void producer_close(producer_t *out)
{
    out->open = out->diverged = out->answer = out->ask = out->rebase = false;
    out->again_ms = 0;
    out->n_flight = 0;
    xfree(&out->flight);
    xfree(&out->late);
    memset(out->flight_bytes, 0, sizeof out->flight_bytes);
}

void producer_news(producer_t *out)
{
    for (size_t i = 0; i < STREAMS; i++) out->fresh[i] = true;
}

// --- pull ----------------------------------------------------------------------------------------

static void acknowledge(producer_t *out, const position_t *position, int64_t now_ms)
{
    size_t done = 0;
    for (; done < out->n_flight && position_within(&out->flight[done].upto, position); done++)
        for (size_t i = 0; i < STREAMS; i++) out->flight_bytes[i] -= out->flight[done].bytes[i];
    out->n_flight -= done;
    if (out->n_flight == 0)
        xfree(&out->flight);
    else
        memmove(out->flight, out->flight + done, out->n_flight * sizeof *out->flight);
    if (position_equal(position, &out->acked)) return;
    out->acked = *position;
    out->unsaved = true;
    out->progress_ms = now_ms;
}

static void hear_counts(producer_t *out, const Selenga__Pull *m)
{
    out->credit = m->credit < BATCH_MAX ? m->credit : BATCH_MAX;
    if (m->has_quarantined) out->quarantined = m->quarantined;
    if (m->has_held) out->held = m->held;
    out->has_held = m->has_held || (out->has_held && !m->has_quarantined);
    xfree(&out->trouble);
    if (m->trouble != NULL && *m->trouble != '\0' && strlen(m->trouble) < TROUBLE_SIZE)
        out->trouble = xstrdup(m->trouble);
}

// Has this consumer given back for exactly this cursor already?
static int is_resolved(store_txn_t *txn, uint32_t peer, const position_t *position, const witness_t *w,
                       bool *ret)
{
    witness_t done;
    position_t at;
    int rc = cursor_get(txn, peer, 'r', &at, &done);
    if (rc < 0) return rc;
    *ret = rc == 0 && position_equal(&at, position) && witness_equal(&done, w);
    if (MUTANT("no_giveback") || (MUTANT("resolved_once") && rc == 0)) *ret = true;
    return 0;
}

static int begin_giveback(store_txn_t *txn, link_t *link, const position_t *position, const witness_t *w)
{
    producer_t *out = &link->out;
    bool resolved;
    int rc = is_resolved(txn, link->peer, position, w, &resolved);
    if (rc != 0) return rc;
    out->rebase = resolved;
    out->diverged = out->ask = !resolved;
    out->position = *position;
    out->lost = *w;
    out->given = 0;
    return 0;
}

static void keep_filter(producer_t *out, const Selenga__Pull *m)
{
    xfree(&out->filter);
    if (m->n_kinds == 0 && m->n_near_kinds == 0) return;
    out->filter = xcalloc(1, sizeof *out->filter);
    out->filter->n_kinds = m->n_kinds;
    out->filter->n_near = m->n_near_kinds;
    if (m->n_kinds > 0) memcpy(out->filter->kinds, m->kinds, m->n_kinds * sizeof *m->kinds);
    if (m->n_near_kinds > 0)
        memcpy(out->filter->near, m->near_kinds, m->n_near_kinds * sizeof *m->near_kinds);
}

static int restart(feed_t *feed, link_t *link, store_txn_t *txn, const Selenga__Pull *m,
                   const position_t *position)
{
    producer_t *out = &link->out;
    witness_t w;
    if (!witness_read(m->witness, &w) || m->n_kinds > KINDS_MAX || m->n_near_kinds > KINDS_MAX)
        return -EBADMSG;
    position_t end = position_at(w.head);
    if (!position_within(position, &end)) return -EBADMSG;
    producer_close(out);
    out->session = m->session;
    keep_filter(out, m);
    if (!MUTANT("no_witness") && !store_check_witness(feed->store, &w)) {
        int rc = begin_giveback(txn, link, position, &w);
        if (rc != 0 || !MUTANT("pull_while_diverged")) return rc;
    }
    out->open = out->answer = true;
    producer_news(out);
    out->sent = out->scanned = *position;
    // A parent that never read of an epoch that was lost has nothing of it to give back.
    return link->peer == PEER_PARENT ? store_end_adoption(txn) : 0;
}

static int push_some(feed_t *feed, link_t *link, int64_t now_ms);

static bool may_begin(producer_t *out, int64_t now_ms)
{
    if (now_ms - out->begun_ms >= BEGUN_MS) {
        out->begun_ms = now_ms;
        out->n_begun = 0;
    }
    return out->n_begun++ < BEGUN_MAX;
}

// The session before has ended with it, whatever becomes of this one.
static int begin_later(producer_t *out, slice_t body)
{
    if (body.size > LATE_MAX) return -EBADMSG;
    uint8_t *late = xmemdup(body.data, body.size);
    producer_close(out);
    out->late = late;
    out->late_size = body.size;
    return 0;
}

// What is durable leaves at once: a consumer need not wait until this transaction is, too. Only before the
// transaction has written: what the store knows in memory goes by it from then on.
int producer_pull(feed_t *feed, link_t *link, store_txn_t *txn, slice_t body, int64_t now_ms)
{
    producer_t *out = &link->out;
    AUTO(msg_body_free) Selenga__Pull *m = msg_body_unpack(&selenga__pull__descriptor, body);
    position_t position;
    if (m == NULL || !m->has_session || !position_read(m->position, m->n_position, &position))
        return -EBADMSG;
    if (m->restart && !may_begin(out, now_ms)) return begin_later(out, body);
    if (!m->restart && out->late != NULL) return 0; // of a session that is to begin
    if (m->restart) {
        int rc = restart(feed, link, txn, m, &position);
        if (rc != 0) return rc;
    } else if (m->session != out->session || (!out->open && !out->diverged) ||
               (m->has_boot && m->boot != store_boot(feed->store))) {
        out->wake = true; // a session of an earlier run of ours; a doubled pull may have opened it once more
        return 0;
    } else if (out->open && position_equal(&position, &out->sent) && position_equal(&position, &out->acked)) {
        out->answer = true; // nothing new: it asks whether we are there
    }
    hear_counts(out, m);
    out->heard_ms = now_ms;
    if (out->open && position_within(&position, &out->sent)) acknowledge(out, &position, now_ms);
    if (out->open && !store_txn_dirty(txn))
        (void)push_some(feed, link, now_ms); // what cannot be read now is read by the flush
    return 0;
}

// --- give-back -----------------------------------------------------------------------------------

int producer_giveback(feed_t *feed, store_txn_t *txn, link_t *link, slice_t body, int64_t now_ms)
{
    producer_t *out = &link->out;
    if (out->again_ms != 0) return 0; // one found no room: until it is asked for again, none is looked at
    AUTO(msg_body_free) Selenga__Giveback *m = msg_body_unpack(&selenga__giveback__descriptor, body);
    if (m == NULL) return -EBADMSG;
    if (!out->diverged || m->session != out->session || m->after != out->given) return 0;
    if (m->upto < m->after || (m->upto == m->after && !m->done)) return -EBADMSG;
    arrival_t arrival = {.peer = link->peer, .giveback = true};
    int rc =
        feed_take(feed, txn, slice(m->entries.data, m->entries.len), m->encoding, m->plain_bytes, &arrival);
    if (consumer_is_full(link, rc, now_ms)) {
        out->again_ms = now_ms + HOLD_UP_MS;
        return 0;
    }
    if (rc != 0) return rc;
    link->in.trouble = NULL;
    out->given = m->upto;
    out->ask = !m->done;
    if (!m->done) return 0;
    out->diverged = false;
    out->rebase = true;
    if (link->peer == PEER_PARENT) rc = store_end_adoption(txn);
    return rc == 0 ? cursor_put(txn, link->peer, 'r', &out->position, &out->lost) : rc; // with the records
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
    witness_t w = store_witness(feed->store);
    witness_message(&w, &witness);
    m.has_session = 1;
    m.session = link->out.session;
    m.witness = &witness;
    feed_send(feed, link->peer, MSG_REBASE, &m.base);
}

// --- push ----------------------------------------------------------------------------------------

// Conflicts and refusals belong to one service; another one of the node could not tell them from its own.
bool producer_wants(const feed_t *feed, const link_t *link, const record_t *record)
{
    if (link->peer < PEER_LABEL_MIN && record->kind < SYSTEM_KINDS) return false;
    return filter_wants(link->out.filter, &store_place(feed->store)->path, record);
}

const feed_filter_t *feed_filter(const feed_t *feed, uint32_t peer)
{
    const link_t *link = feed_find(feed, peer);
    return link != NULL ? link->out.filter : NULL;
}

static slice_t word_of(const record_t *r, uint8_t *buf)
{
    record_t gone = record_gone(r);
    assert(record_size(&gone) <= RECORD_GONE_MAX);
    record_pack(&gone, buf);
    return gone.wire;
}

// What one push will carry.
typedef struct load {
    batch_t batch;
    uint32_t bytes[STREAMS]; // of the batch, by stream
    position_t upto;         // how far lanes were read: head when to their end
    bool ended[STREAMS];
} load_t;

// Credit that is left for a stream: what is under way of those before it counts, what is behind it does not,
// so that there is always room for people. At least one record may go when nothing is under way.
static bool has_room(const producer_t *out, size_t stream, size_t *ret_room)
{
    uint64_t used = 0;
    for (size_t i = 0; i <= stream; i++) used += out->flight_bytes[i];
    if (used > 0 && used >= out->credit) return false;
    size_t room = out->credit > used ? out->credit - used : 0;
    *ret_room = room < PUSH_BYTES ? room : PUSH_BYTES;
    return true;
}

static int add_records(feed_t *feed, link_t *link, store_txn_t *txn, lane_reader_t *reader, size_t room,
                       load_t *load, uint64_t *upto)
{
    batch_t *batch = &load->batch;
    uint64_t seq;
    unsigned lanes;
    record_t r;
    place_t place;
    int rc = 0;
    while (batch->count < PUSH_RECORDS && (rc = lane_next(reader, &seq, &lanes)) == 0) {
        if ((rc = store_at(txn, seq, &r, &place)) != 0) break;
        if (MUTANT("tombstone_forgotten") && r.deleted) continue;
        if (MUTANT("skip_not_advancing") && !producer_wants(feed, link, &r)) break;
        bool echo = lanes == LANE_LEFT && !store_has_left(&place, link->peer);
        if (producer_wants(feed, link, &r) && !echo) {
            uint8_t buf[RECORD_GONE_MAX];
            slice_t wire = lanes == LANE_LEFT ? word_of(&r, buf) : r.wire;
            if (batch->count > 0 && batch->size + wire.size + 4 > room) break;
            batch_add(batch, wire);
        }
        *upto = seq;
    }
    return rc;
}

// One stream's part of the load. 0, KV_NONE when its lanes were read to their end, or -errno.
static int fill_stream(feed_t *feed, link_t *link, store_txn_t *txn, enum stream stream, size_t room,
                       load_t *load)
{
    lane_reader_t *reader = NULL;
    size_t before = load->batch.size;
    uint64_t *upto = &load->upto.of[stream];
    int rc = lane_open(txn, store_feed_lanes(link->peer, stream), link->peer, *upto, &reader);
    if (rc == 0) rc = add_records(feed, link, txn, reader, room, load, upto);
    lane_close(&reader);
    load->ended[stream] = rc == KV_NONE;
    if (rc == KV_NONE) *upto = store_txn_head(txn);
    load->bytes[stream] = (uint32_t)(load->batch.size - before);
    return rc;
}

// A stream comes in only when nothing is left of those before it.
static int fill(feed_t *feed, link_t *link, load_t *load)
{
    producer_t *out = &link->out;
    store_txn_t *txn = NULL;
    size_t room;
    load->upto = out->scanned;
    int rc = store_begin(feed->store, false, &txn);
    if (rc != 0) return rc;
    rc = KV_NONE;
    for (size_t i = 0; i < STREAMS && rc == KV_NONE; i++) {
        enum stream stream = (enum stream)(MUTANT("bulk_first") ? STREAMS - 1 - i : i);
        if (has_room(out, stream, &room)) rc = fill_stream(feed, link, txn, stream, room, load);
    }
    store_abort(&txn);
    return rc < 0 ? rc : 0;
}

static void note_sent(producer_t *out, const load_t *load, int64_t now_ms)
{
    out->sent = out->scanned = load->upto;
    out->sent_records += load->batch.count;
    if (load->batch.count == 0) return;
    if (out->n_flight == 0) out->heard_ms = now_ms;
    if (out->flight == NULL) out->flight = xcalloc(IN_FLIGHT_MAX, sizeof *out->flight);
    out->flight[out->n_flight].upto = load->upto;
    memcpy(out->flight[out->n_flight++].bytes, load->bytes, sizeof load->bytes);
    for (size_t i = 0; i < STREAMS; i++) out->flight_bytes[i] += load->bytes[i];
}

static void send_push(feed_t *feed, link_t *link, load_t *load)
{
    producer_t *out = &link->out;
    batch_t *batch = &load->batch;
    Selenga__Push m = SELENGA__PUSH__INIT;
    Selenga__Witness witness;
    witness_t w = store_witness(feed->store);
    m.has_session = m.has_count = m.has_encoding = m.has_plain_bytes = m.has_entries = m.has_boot = 1;
    m.session = out->session;
    m.boot = store_boot(feed->store);
    m.after = out->sent.of;
    m.upto = load->upto.of;
    m.n_after = m.n_upto = STREAMS;
    m.count = batch->count;
    m.plain_bytes = (uint32_t)batch->size;
    if (link->peer >= PEER_LABEL_MIN)
        batch_pack(batch, &m.encoding, &m.plain_bytes); // only what crosses a line
    m.entries = (ProtobufCBinaryData){.len = batch->size, .data = batch->data};
    witness_message(&w, &witness);
    if (MUTANT("witness_is_position")) witness.head = load->upto.of[STREAM_PEOPLE];
    m.witness = &witness;
    feed_send(feed, link->peer, MSG_PUSH, &m.base);
}

static bool may_push(const producer_t *out)
{
    size_t room;
    if (out->n_flight == IN_FLIGHT_MAX) return false;
    for (size_t i = 0; i < STREAMS; i++)
        if ((out->answer || out->fresh[i]) && has_room(out, i, &room)) return true;
    return false;
}

static int push_some(feed_t *feed, link_t *link, int64_t now_ms)
{
    producer_t *out = &link->out;
    while (may_push(out)) {
        load_t load = {0};
        int rc = fill(feed, link, &load);
        bool stuck = MUTANT("skip_not_advancing") && position_equal(&load.upto, &out->scanned);
        if (rc == 0 && !stuck && (load.batch.count > 0 || out->answer)) {
            send_push(feed, link, &load);
            note_sent(out, &load, now_ms);
        }
        batch_clear(&load.batch);
        if (rc != 0 || stuck) return rc;
        out->scanned = load.upto;
        for (size_t i = 0; i < STREAMS; i++) out->fresh[i] = out->fresh[i] && !load.ended[i];
        out->answer = false;
    }
    return 0;
}

static bool is_late_due(const producer_t *out, int64_t now_ms)
{
    return out->late != NULL && now_ms - out->begun_ms >= BEGUN_MS;
}

static int begin_late(feed_t *feed, link_t *link, int64_t now_ms)
{
    store_txn_t *txn = NULL;
    int rc = store_begin(feed->store, true, &txn); // a session may end an adoption
    if (rc != 0) return rc;
    AUTO(xfree) uint8_t *late = link->out.late;
    link->out.late = NULL;
    rc = producer_pull(feed, link, txn, slice(late, link->out.late_size), now_ms);
    if (rc == 0) return store_commit(&txn);
    store_abort(&txn);
    return rc == -EBADMSG ? 0 : rc;
}

int producer_flush(feed_t *feed, link_t *link, int64_t now_ms)
{
    producer_t *out = &link->out;
    int rc = is_late_due(out, now_ms) ? begin_late(feed, link, now_ms) : 0;
    if (rc != 0) return rc;
    if (out->wake) feed_send(feed, link->peer, MSG_WAKE, NULL);
    if (out->ask) send_ask(feed, link);
    if (out->rebase) send_rebase(feed, link);
    out->wake = out->ask = out->rebase = false;
    return out->open ? push_some(feed, link, now_ms) : 0;
}

bool producer_tick(link_t *link, int64_t now_ms)
{
    producer_t *out = &link->out;
    if (is_late_due(out, now_ms)) return true;
    bool reads = link->peer >= PEER_LABEL_MIN; // neighbours do; services of the node that subscribed
    bool due = out->n_flight > 0 || (reads && !out->open && !out->diverged);
    if (out->again_ms != 0 && now_ms >= out->again_ms) {
        out->again_ms = 0;
        return out->ask = true;
    }
    if (!due || now_ms - out->heard_ms < SILENCE_MS) return false;
    out->wake = true;
    out->heard_ms = now_ms;
    return true;
}
