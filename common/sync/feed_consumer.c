// SPDX-License-Identifier: Apache-2.0
// The consumer half. It alone knows what it has: position and witness are written in the transaction that
// applies what they cover; everything it says leaves after that transaction is durable.
//
// Rows 'c' and 'f': common/store/FORMAT.md, peers. The filter is written when it changes.
#include "common/base/mutant.h"
#include "common/sync/feed_private.h"
#include "proto/message.h"
#include <errno.h>
#include <sodium.h>
#include <stdlib.h>

// How long the lists of a filter are on disk, whatever fits into one in memory.
static size_t list_room(size_t n, size_t m)
{
    size_t most = n > m ? n : m;
    return most > FILTER_LIST ? most : FILTER_LIST;
}

static int save_filter(store_txn_t *txn, link_t *link)
{
    const feed_filter_t *filter = link->in.filter;
    uint64_t numbers[PEER_NUMBERS_MAX] = {filter->n_kinds, filter->n_near}, *p = numbers + 2;
    size_t room = list_room(filter->n_kinds, filter->n_near);
    for (size_t i = 0; i < filter->n_kinds; i++) p[i] = filter->kinds[i];
    for (size_t i = 0; i < filter->n_near; i++) p[room + i] = filter->near[i];
    link->in.filter_changed = false;
    return peer_row_put(txn, link->peer, 'f', numbers, 2 + 2 * room);
}

// 0, KV_NONE, or -errno. One that this program could not have had covers nothing: all is read again.
static int read_filter(store_txn_t *txn, uint32_t peer, feed_filter_t *ret)
{
    uint64_t numbers[PEER_NUMBERS_MAX], *p = numbers + 2;
    size_t n;
    int rc = peer_row_read(txn, peer, 'f', numbers, PEER_NUMBERS_MAX, &n);
    if (rc != 0) return rc;
    if (n < 2 || n % 2 != 0) return -EUCLEAN;
    size_t room = (n - 2) / 2;
    if (numbers[0] > room || numbers[1] > room) return -EUCLEAN;
    if (numbers[0] > KINDS_MAX || numbers[1] > KINDS_MAX) return KV_NONE;
    *ret = (feed_filter_t){.n_kinds = numbers[0], .n_near = numbers[1]};
    for (size_t i = 0; i < ret->n_kinds; i++) ret->kinds[i] = (uint32_t)p[i];
    for (size_t i = 0; i < ret->n_near; i++) ret->near[i] = (uint32_t)p[room + i];
    return 0;
}

// What the filter let through on the way to our position says nothing of kinds that it has come to name
// since: these are read from the beginning, and all others with them, which changes nothing.
static int compare_filter(store_txn_t *txn, link_t *link)
{
    consumer_t *in = &link->in;
    feed_filter_t before;
    in->filter_changed = false;
    if (in->filter == NULL) return 0;
    int rc = read_filter(txn, link->peer, &before);
    if (rc < 0) return rc;
    bool covered = rc == 0 && filter_covers(&before, in->filter);
    in->filter_changed = !covered || !filter_covers(in->filter, &before);
    if (!covered) in->expected = position_at(0);
    return 0;
}

int consumer_load(feed_t *feed, link_t *link)
{
    consumer_t *in = &link->in;
    store_txn_t *txn = NULL;
    if (in->loaded) return 0;
    int rc = store_begin(feed->store, false, &txn);
    if (rc != 0) return rc;
    rc = cursor_get(txn, link->peer, 'c', &in->expected, &in->cursor);
    if (rc == KV_NONE) in->expected = position_at(0), in->cursor = (witness_t){0};
    if (MUTANT("one_position")) in->expected = position_at(in->expected.of[STREAM_PEOPLE]);
    if (rc >= 0) rc = compare_filter(txn, link);
    store_abort(&txn);
    if (rc < 0) return rc;
    in->loaded = true;
    return 0;
}

static int save_cursor(store_txn_t *txn, link_t *link)
{
    consumer_t *in = &link->in;
    int rc = cursor_put(txn, link->peer, 'c', &in->expected, &in->cursor);
    return rc == 0 && in->filter_changed ? save_filter(txn, link) : rc;
}

// The witness stays: by it a store that was lost meanwhile knows that it has to ask for what it wrote.
int consumer_begin_anew(feed_t *feed, store_txn_t *txn, link_t *link)
{
    consumer_t *in = &link->in;
    int rc = consumer_load(feed, link);
    if (rc != 0) return rc;
    in->expected = position_at(0);
    in->open = false;
    in->restart = in->wanted;
    return save_cursor(txn, link);
}

// --- messages ------------------------------------------------------------------------------------

// Thousands of idle children make a hub's load, and each message that they exchange takes memory of the gate
// that it does not get back. What is lost on an idle line, its sender notices (producer_tick); what people
// see of the quarantine and of troubles is told as often as ever.
static void fit_patience(const feed_t *feed, link_t *link, bool moved)
{
    consumer_t *in = &link->in;
    bool idle = !moved && in->quarantined == 0 && feed->trouble[0] == '\0' && in->trouble == NULL &&
                link->peer >= PEER_LABEL_MIN;
    in->patience_ms = idle ? 2 * in->patience_ms : KEEPALIVE_MS;
    if (in->patience_ms > KEEPALIVE_MOST_MS) in->patience_ms = KEEPALIVE_MOST_MS;
}

static int apply_push(feed_t *feed, store_txn_t *txn, link_t *link, const Selenga__Push *m,
                      const position_t *upto, int64_t now_ms)
{
    consumer_t *in = &link->in;
    witness_t seen;
    if (!witness_read(m->witness, &seen)) return -EBADMSG;
    position_t end = position_at(seen.head);
    if (!position_within(&in->expected, upto) || !position_within(upto, &end)) return -EBADMSG;
    bool moved = !position_equal(upto, &in->expected) || !witness_equal(&seen, &in->cursor);
    in->cursor = seen;
    arrival_t arrival = {.peer = link->peer};
    int rc =
        feed_take(feed, txn, slice(m->entries.data, m->entries.len), m->encoding, m->plain_bytes, &arrival);
    if (rc == -EBADMSG)
        in->open = false; // a broken producer: the position stays, the tick asks again after a pause
    if (consumer_is_full(link, rc, now_ms))
        return save_cursor(txn, link); // what was taken is of this witness; the position stays
    if (rc != 0) return rc;
    in->trouble = NULL;
    in->expected = *upto;
    in->ack |= moved;
    in->moved |= moved;
    fit_patience(feed, link, moved);
    return moved ? save_cursor(txn, link) : 0;
}

// The window follows the line. Only pushes that were ready when we asked tell how long the line takes (a
// session's first is); and that it is fast only those that used the window: a small one comes close behind
// another, unasked. It grows to what would come within twice that time.
static void fit_window(const feed_t *feed, consumer_t *in, const Selenga__Push *m, const position_t *upto,
                       bool first, int64_t now_ms)
{
    int64_t took_ms = now_ms - in->asked_ms;
    position_t end = position_at(m->witness != NULL ? m->witness->head : 0);
    bool used = m->plain_bytes >= (in->window < PUSH_BYTES ? in->window : PUSH_BYTES) / 2;
    if ((in->backlog || first) && used && took_ms < WINDOW_FAST_MS && in->window < feed->window_max)
        in->window *= took_ms < WINDOW_FAST_MS / 2 ? 4 : 2;
    if (in->window > feed->window_max) in->window = feed->window_max;
    if (in->backlog && took_ms > WINDOW_SLOW_MS && in->window > feed->window_min) in->window /= 2;
    in->backlog = !position_within(&end, upto);
}

// Each stream may be full, and then one push may go. What went before the producer read our last pull is
// counted against the widest window of the session.
static bool within_credit(consumer_t *in, const Selenga__Push *m)
{
    in->taken += m->plain_bytes;
    return m->plain_bytes <= PUSH_BYTES && in->taken <= (uint64_t)in->widest * STREAMS + PUSH_BYTES;
}

int consumer_push(feed_t *feed, store_txn_t *txn, link_t *link, slice_t body, int64_t now_ms)
{
    consumer_t *in = &link->in;
    AUTO(msg_body_free) Selenga__Push *m = msg_body_unpack(&selenga__push__descriptor, body);
    position_t after, upto;
    if (m == NULL || !position_read(m->after, m->n_after, &after) ||
        !position_read(m->upto, m->n_upto, &upto))
        return -EBADMSG;
    if (!in->open || m->session != in->session) return 0; // of an older session
    in->heard_ms = now_ms;
    // One was lost on the way; or a pull that was doubled opened this session once more, in a later epoch.
    bool other_epoch = in->boot != 0 && m->boot != in->boot;
    if ((!position_equal(&after, &in->expected) && !MUTANT("gap_accepted")) || other_epoch) {
        in->restart = true;
        in->open = false;
        return 0;
    }
    fit_window(feed, in, m, &upto, in->boot == 0, now_ms);
    in->boot = m->boot;
    if (!within_credit(in, m)) {
        feed->overrun++;
        consumer_hold_up(link, "PEER-CREDIT", now_ms);
        return 0;
    }
    return apply_push(feed, txn, link, m, &upto, now_ms);
}

// The producer judges the cursor with which the session began. If pushes have moved it since (late ones, of
// the epoch that the producer lost), what they brought would be missing in the give-back: begin again with
// the cursor as it is now.
static bool is_late(consumer_t *in)
{
    if (in->moved) in->restart = true;
    return in->moved;
}

// The producer's store was put back: it asks for what it may have given us.
int consumer_giveback_ask(link_t *link, slice_t body, int64_t now_ms)
{
    consumer_t *in = &link->in;
    AUTO(msg_body_free) Selenga__GivebackAsk *m = msg_body_unpack(&selenga__giveback_ask__descriptor, body);
    if (m == NULL) return -EBADMSG;
    if (!in->open || m->session != in->session || is_late(in)) return 0;
    in->heard_ms = now_ms;
    in->give = true;
    in->give_after = m->after;
    return 0;
}

int consumer_rebase(store_txn_t *txn, link_t *link, slice_t body, int64_t now_ms)
{
    consumer_t *in = &link->in;
    AUTO(msg_body_free) Selenga__Rebase *m = msg_body_unpack(&selenga__rebase__descriptor, body);
    witness_t seen;
    if (m == NULL || !witness_read(m->witness, &seen)) return -EBADMSG;
    if (!in->open || m->session != in->session || is_late(in)) return 0;
    uint64_t fork = seen.head < in->cursor.head ? seen.head : in->cursor.head;
    in->cursor = seen;
    in->expected = position_at(MUTANT("resume_at_fork") ? fork : 0);
    in->open = false;
    in->restart = true;
    in->heard_ms = now_ms;
    return save_cursor(txn, link);
}

// --- what is due ---------------------------------------------------------------------------------

void consumer_hold_up(link_t *link, const char *code, int64_t now_ms)
{
    consumer_t *in = &link->in;
    in->open = false;
    in->ack = in->give = false;
    in->tell = true;
    in->trouble = code;
    in->held_until_ms = now_ms + HOLD_UP_MS;
}

bool consumer_is_full(link_t *link, int taken, int64_t now_ms)
{
    if (taken != TAKE_OVER && taken != TAKE_FULL) return false;
    consumer_hold_up(link, taken == TAKE_OVER ? "PEER-QUOTA" : "PEER-STORE", now_ms);
    return true;
}

// What a producer that was put back gets: first what waits in quarantine from it, which may exist nowhere
// else by now; then LANE_IN. In this order, what leaves the quarantine meanwhile is still met in the lane.
// Positions: below LANE_BASE the number of quarantined items that went, else LANE_BASE + seq. Where such a
// number leads is known by the key of the last one: items leave meanwhile, and the others move up.
static const uint64_t LANE_BASE = 1ULL << 32;

typedef struct {
    const store_t *store;
    batch_t *batch;
    uint32_t peer;
    quarantine_key_t last; // up to this one all went
    size_t most;           // bytes of a page
} giving_t;

static int give_quarantined(void *arg, const quarantined_t *item)
{
    giving_t *giving = arg;
    bool went = quarantine_key_cmp(&item->key, &giving->last) <= 0;
    if (item->key.peer != giving->peer || item->record.kind == 0 || went) return 0;
    if (store_is_home(giving->store, &item->record)) return 0; // from us he would take it for our word
    if (giving->batch->size >= giving->most || giving->batch->count == PUSH_RECORDS) return 1;
    batch_add(giving->batch, item->wire);
    giving->last = item->key;
    return 0;
}

// Where the page at this position begins: at the first one, at the one that was sent and may have been lost,
// or behind it. Any other position is of an earlier process.
static bool find_page(consumer_t *in, uint64_t position)
{
    if (position == 0) in->given[0] = (given_t){0};
    if (position != 0 && position == in->given[1].position) in->given[0] = in->given[1];
    return in->given[0].position == position;
}

// 0 when the page is full, KV_NONE when all went, or -errno.
static int fill_quarantined(store_txn_t *txn, link_t *link, size_t most, uint64_t *position, batch_t *batch)
{
    consumer_t *in = &link->in;
    giving_t giving = {
        .store = store_of(txn), .batch = batch, .peer = link->peer, .last = in->given[0].last, .most = most};
    int rc = quarantine_each(txn, give_quarantined, &giving);
    *position += batch->count;
    in->given[1] = (given_t){*position, giving.last};
    return rc == 0 ? KV_NONE : rc < 0 ? rc : 0;
}

static int give_lane(store_txn_t *txn, const link_t *link, size_t most, uint64_t *position, batch_t *batch)
{
    lane_reader_t *reader = NULL;
    uint64_t seq;
    record_t r;
    int rc = lane_open(txn, LANE_IN, link->peer, *position - LANE_BASE, &reader);
    while (rc == 0 && batch->size < most && batch->count < PUSH_RECORDS &&
           (rc = lane_next(reader, &seq, NULL)) == 0) {
        if ((rc = store_at(txn, seq, &r, NULL)) != 0) break;
        batch_add(batch, r.wire);
        *position = LANE_BASE + seq;
    }
    lane_close(&reader);
    return rc;
}

// 0, KV_NONE when all is given, or -errno.
static int fill_page(store_txn_t *txn, link_t *link, uint64_t *position, batch_t *batch)
{
    size_t most = link->in.window < PUSH_BYTES ? link->in.window : PUSH_BYTES;
    if (MUTANT("quarantine_not_given") && *position < LANE_BASE) *position = LANE_BASE;
    if (*position < LANE_BASE) {
        int rc = fill_quarantined(txn, link, most, position, batch);
        if (rc != KV_NONE) return rc;
        *position = LANE_BASE;
    }
    return give_lane(txn, link, most, position, batch);
}

static int give_page(feed_t *feed, link_t *link)
{
    consumer_t *in = &link->in;
    Selenga__Giveback m = SELENGA__GIVEBACK__INIT;
    store_txn_t *txn = NULL;
    AUTO(batch_clear) batch_t batch = {0};
    if (in->give_after < LANE_BASE && !find_page(in, in->give_after)) {
        in->restart = true;
        return 0;
    }
    int rc = store_begin(feed->store, false, &txn);
    if (rc != 0) return rc;
    m.upto = in->give_after;
    rc = fill_page(txn, link, &m.upto, &batch);
    store_abort(&txn);
    if (rc < 0) return rc;
    m.has_session = m.has_after = m.has_upto = m.has_done = m.has_count = 1;
    m.session = in->session;
    m.after = in->give_after;
    m.done = rc == KV_NONE || MUTANT("giveback_one_page");
    m.count = batch.count;
    m.has_encoding = m.has_plain_bytes = m.has_entries = 1;
    batch_pack(&batch, &m.encoding, &m.plain_bytes);
    m.entries = (ProtobufCBinaryData){.len = batch.size, .data = batch.data};
    feed_send(feed, link->peer, MSG_GIVEBACK, &m.base);
    return 0;
}

// Held and quarantined are for people (both ends compare them): told only when a session begins or falls
// quiet. A line that carries one record at a time is quiet after each, and its lane is long: what it holds is
// walked once a second at most, and the keepalive tells what the last acknowledgements left out.
static int count_held(feed_t *feed, link_t *link, bool restart, int64_t now_ms, Selenga__Pull *m)
{
    enum { COUNT_MOST = 20000, COUNT_MS = 1000 }; // more would cost more than it tells
    store_txn_t *txn = NULL;
    consumer_t *in = &link->in;
    bool walk = restart || now_ms - in->counted_ms >= COUNT_MS;
    int rc = store_begin(feed->store, false, &txn);
    if (rc != 0) return rc;
    if (walk) rc = lane_count(txn, LANE_IN, link->peer, 0, COUNT_MOST, &m->held);
    if (rc == 0) rc = quarantine_count(txn, link->peer, &m->quarantined);
    store_abort(&txn);
    if (walk) in->counted_ms = now_ms;
    in->quarantined = m->quarantined;
    m->has_held = walk && rc == 0 && m->held < COUNT_MOST;
    m->has_quarantined = rc == 0;
    return rc;
}

static void name_filter(feed_filter_t *filter, Selenga__Pull *m)
{
    if (filter == NULL) return;
    m->n_kinds = filter->n_kinds;
    m->kinds = filter->kinds;
    m->n_near_kinds = filter->n_near;
    m->near_kinds = filter->near;
}

static int send_pull(feed_t *feed, link_t *link, bool restart, int64_t now_ms)
{
    consumer_t *in = &link->in;
    Selenga__Pull m = SELENGA__PULL__INIT;
    Selenga__Witness witness;
    int rc = 0;
    position_t end = position_at(in->cursor.head);
    m.has_session = m.has_credit = 1;
    m.session = in->session;
    m.position = in->expected.of;
    m.n_position = STREAMS;
    m.credit = in->held_until_ms == 0 ? in->window : 0;
    in->taken = 0;
    if (in->window > in->widest) in->widest = in->window;
    if (in->trouble != NULL) m.trouble = (char *)(uintptr_t)in->trouble;
    if (feed->trouble[0] != '\0') m.trouble = feed->trouble;
    if (restart || position_equal(&in->expected, &end)) rc = count_held(feed, link, restart, now_ms, &m);
    witness_message(&in->cursor, &witness);
    if (restart) {
        m.has_restart = m.restart = 1;
        m.witness = &witness;
        name_filter(in->filter, &m);
    } else if (in->boot != 0) {
        m.has_boot = 1;
        m.boot = in->boot;
    }
    feed_send(feed, link->peer, MSG_PULL, &m.base);
    in->asked_ms = now_ms;
    return rc;
}

int consumer_flush(feed_t *feed, link_t *link, int64_t now_ms)
{
    consumer_t *in = &link->in;
    int rc = consumer_load(feed, link);
    if (rc != 0) return rc;
    if (in->held_until_ms > now_ms) {
        rc = in->tell ? send_pull(feed, link, false, now_ms) : 0;
        in->tell = false;
        return rc;
    }
    if (in->held_until_ms != 0) in->restart = in->wanted;
    in->held_until_ms = 0;
    if (in->restart) {
        in->restart = in->ack = in->give = in->backlog = in->moved = false;
        in->session = feed_session(feed);
        in->boot = 0;
        in->open = true;
        in->heard_ms = now_ms;
        in->patience_ms = KEEPALIVE_MS;
        // The line may be another one; or it grew slow, and the last session ended of it.
        in->window = feed->window_max < WINDOW_FIRST_BYTES ? feed->window_max : WINDOW_FIRST_BYTES;
        in->widest = in->window;
        return send_pull(feed, link, true, now_ms);
    }
    if (in->give && in->open) rc = give_page(feed, link);
    if (rc == 0 && in->ack && in->open) rc = send_pull(feed, link, false, now_ms);
    in->give = in->ack = false;
    return rc;
}

bool consumer_tick(link_t *link, int64_t now_ms)
{
    consumer_t *in = &link->in;
    int64_t late_ms = now_ms - in->heard_ms - in->patience_ms;
    if (in->held_until_ms > now_ms) return in->tell;
    if (in->held_until_ms != 0) {
        return true; // the flush begins anew
    }
    if (late_ms >= SILENCE_MS - KEEPALIVE_MS) {
        in->restart = true;
        in->heard_ms = now_ms;
    } else if (in->open && late_ms >= 0 && now_ms - in->asked_ms >= KEEPALIVE_MS) {
        in->ack = true; // a pull that has nothing new is answered
    }
    return in->restart || in->ack;
}
