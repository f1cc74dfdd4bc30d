// SPDX-License-Identifier: Apache-2.0
// Links and dispatch. What a consumer does is in feed_consumer.c, what a producer does in feed_producer.c.
#include "common/base/mutant.h"
#include "common/base/vec.h"
#include "common/sync/feed_private.h"
#include "proto/message.h"
#include <errno.h>
#include <stdlib.h>

feed_t *feed_new(store_t *store, const feed_hooks_t *hooks, uint64_t seed)
{
    feed_t *feed = xcalloc(1, sizeof *feed);
    *feed = (feed_t){.store = store, .hooks = *hooks, .seed = seed};
    feed_set_window(feed, WINDOW_MIN_BYTES, WINDOW_BYTES);
    return feed;
}

static void link_free(link_t *link)
{
    producer_close(&link->out);
    free(link->in.filter);
    free(link->out.filter);
    free(link->out.trouble);
    free(link);
}

void feed_destroy(feed_t **feed_p)
{
    if (*feed_p == NULL) return;
    for (size_t i = 0; i < (*feed_p)->n_links; i++) link_free((*feed_p)->links[i]);
    free((*feed_p)->links);
    free((*feed_p)->due);
    free(*feed_p);
    *feed_p = NULL;
}

// splitmix64: session ids only have to differ from each other.
uint64_t feed_session(feed_t *feed)
{
    uint64_t z = feed->seed += 0x9e3779b97f4a7c15ULL;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
    return (z ^ z >> 31) | 1;
}

link_t *feed_find(const feed_t *feed, uint32_t peer)
{
    size_t low = 0, high = feed->n_links;
    while (low < high) {
        size_t mid = (low + high) / 2;
        if (feed->links[mid]->peer == peer) return feed->links[mid];
        if (feed->links[mid]->peer < peer)
            low = mid + 1;
        else
            high = mid;
    }
    return NULL;
}

static void make_due(feed_t *feed, link_t *link)
{
    if (!link->due) feed->due[feed->n_due++] = link;
    link->due = true;
}

static link_t *make_link(feed_t *feed, uint32_t peer)
{
    size_t i = feed->n_links;
    vec_reserve(feed->links, feed->links_room, i + 1);
    vec_reserve(feed->due, feed->due_room, i + 1);
    for (; i > 0 && feed->links[i - 1]->peer > peer; i--) feed->links[i] = feed->links[i - 1];
    link_t *link = xcalloc(1, sizeof *link);
    link->peer = peer;
    link->in.wanted = peer >= PEER_LABEL_MIN; // a neighbour's same service; local ones by subscription
    link->in.patience_ms = KEEPALIVE_MS;
    feed->links[i] = link;
    feed->n_links++;
    return link;
}

// Finds or makes the link.
static link_t *get_link(feed_t *feed, uint32_t peer)
{
    link_t *link = feed_find(feed, peer);
    if (link != NULL) return link;
    link = make_link(feed, peer);
    producer_load(feed, link);
    return link;
}

void feed_subscribe(feed_t *feed, uint32_t service, const feed_filter_t *filter)
{
    link_t *link = get_link(feed, service);
    link->in.wanted = true;
    free(link->in.filter);
    link->in.filter = xmemdup(filter, sizeof *filter);
}

void feed_set_window(feed_t *feed, uint32_t min, uint32_t max)
{
    feed->window_min = min;
    feed->window_max = max;
}

static bool has_kind(const uint32_t *kinds, size_t n, uint32_t kind)
{
    for (size_t i = 0; i < n; i++)
        if (kinds[i] == kind) return true;
    return false;
}

static bool wants_all(const feed_filter_t *filter)
{
    return filter == NULL || (filter->n_kinds == 0 && filter->n_near == 0);
}

bool filter_wants(const feed_filter_t *filter, const path_t *self, const record_t *record)
{
    if (wants_all(filter)) return true;
    return has_kind(filter->kinds, filter->n_kinds, record->kind) ||
           (has_kind(filter->near, filter->n_near, record->kind) && path_is_prefix(&record->home, self));
}

bool filter_covers(const feed_filter_t *wide, const feed_filter_t *narrow)
{
    if (wants_all(wide) || wants_all(narrow)) return wants_all(wide);
    for (size_t i = 0; i < narrow->n_kinds; i++)
        if (!has_kind(wide->kinds, wide->n_kinds, narrow->kinds[i])) return false;
    for (size_t i = 0; i < narrow->n_near; i++)
        if (!has_kind(wide->kinds, wide->n_kinds, narrow->near[i]) &&
            !has_kind(wide->near, wide->n_near, narrow->near[i]))
            return false;
    return true;
}

void feed_link(feed_t *feed, uint32_t peer, bool up, int64_t now_ms)
{
    link_t *link = get_link(feed, peer);
    link->up = up;
    link->in.open = false;
    producer_close(&link->out);
    if (!up) return;
    link->in.restart = link->in.wanted;
    link->in.heard_ms = link->in.asked_ms = link->out.heard_ms = now_ms;
    link->out.wake = true;
    make_due(feed, link);
}

void feed_know(feed_t *feed, uint32_t peer)
{
    (void)get_link(feed, peer); // what the store cannot tell now it tells when the neighbour comes
}

void feed_go_on(feed_t *feed, uint32_t peer)
{
    link_t *link = feed_find(feed, peer);
    if (link == NULL || link->in.trouble == NULL) return;
    link->in.held_until_ms = 0;
    link->in.restart = link->in.wanted;
    link->out.ask |= link->out.again_ms != 0;
    link->out.again_ms = 0;
    make_due(feed, link);
}

void feed_send(feed_t *feed, uint32_t peer, uint32_t type, const ProtobufCMessage *body)
{
    size_t size = body != NULL ? protobuf_c_message_get_packed_size(body) : 0;
    uint8_t *buf = xmalloc(size + 1);
    if (body != NULL) protobuf_c_message_pack(body, buf);
    feed->hooks.send(feed->hooks.arg, peer, type, slice(buf, size));
    free(buf);
}

static int dispatch(feed_t *feed, store_txn_t *txn, link_t *link, uint32_t type, slice_t body, int64_t now_ms)
{
    switch (type) {
    case MSG_PULL:
        return producer_pull(feed, link, txn, body, now_ms);
    case MSG_PUSH:
        return consumer_push(feed, txn, link, body, now_ms);
    case MSG_GIVEBACK_ASK:
        return consumer_giveback_ask(link, body, now_ms);
    case MSG_GIVEBACK:
        return producer_giveback(feed, txn, link, body, now_ms);
    case MSG_REBASE:
        return consumer_rebase(txn, link, body, now_ms);
    case MSG_WAKE:
        link->in.restart = link->in.wanted;
        return 0;
    default:
        return -EBADMSG;
    }
}

int feed_message(feed_t *feed, store_txn_t *txn, uint32_t peer, uint32_t type, slice_t body, int64_t now_ms)
{
    link_t *link = get_link(feed, peer);
    int rc = consumer_load(feed, link);
    if (rc != 0) return rc;
    link->up = true;
    make_due(feed, link);
    rc = dispatch(feed, txn, link, type, body, now_ms);
    if (rc != -EBADMSG) return rc;
    feed->malformed++;
    return 0;
}

static void has_news(feed_t *feed, link_t *link)
{
    producer_news(&link->out);
    make_due(feed, link);
}

static bool is_local(const link_t *link)
{
    return link->peer < PEER_LABEL_MIN;
}

// Who has something new to read. Nearly always single links; all of a sort are looked through when a record
// is for all.
static void hear_news(feed_t *feed)
{
    fresh_t fresh = store_take_fresh(feed->store);
    for (size_t i = 0; i < feed->n_links && (fresh.services || fresh.children); i++) {
        link_t *link = feed->links[i];
        if (link->peer != PEER_PARENT && (is_local(link) ? fresh.services : fresh.children))
            has_news(feed, link);
        if (!is_local(link) && !fresh.children) break; // services come first
    }
    link_t *parent = fresh.parent ? feed_find(feed, PEER_PARENT) : NULL;
    if (parent != NULL) has_news(feed, parent);
    for (size_t i = 0; i < fresh.n; i++) {
        link_t *child = feed_find(feed, fresh.child[i]);
        if (child != NULL) has_news(feed, child);
    }
}

static int flush_link(feed_t *feed, link_t *link, int64_t now_ms)
{
    int rc = link->up ? consumer_flush(feed, link, now_ms) : 0;
    if (rc == 0 && link->up) rc = producer_flush(feed, link, now_ms);
    if (rc == 0) link->due = false;
    return rc;
}

// Neighbours before the node's own services: a record is on its way before they take the processor.
int feed_flush(feed_t *feed, int64_t now_ms)
{
    int rc = 0;
    hear_news(feed);
    for (int local = 0; local <= 1; local++)
        for (size_t i = 0; i < feed->n_due && rc == 0; i++)
            if (feed->due[i]->due && is_local(feed->due[i]) == (local == 1))
                rc = flush_link(feed, feed->due[i], now_ms);
    size_t kept = 0; // after an error: what it kept from being sent
    for (size_t i = 0; i < feed->n_due; i++)
        if (feed->due[i]->due) feed->due[kept++] = feed->due[i];
    feed->n_due = kept;
    return rc;
}

void feed_rollback(feed_t *feed, int64_t now_ms)
{
    for (size_t i = 0; i < feed->n_links; i++) {
        link_t *link = feed->links[i];
        link->in.loaded = MUTANT("rollback_keeps_cursor");
        link->in.open = link->in.ack = link->in.give = false;
        link->in.restart = false; // by the tick: what failed once wants a pause
        link->in.patience_ms = KEEPALIVE_MS;
        link->in.heard_ms = now_ms - SILENCE_MS + 1000;
        link->in.asked_ms = now_ms;
        producer_close(&link->out);
        link->out.wake = true;
        make_due(feed, link);
    }
}

void feed_tick(feed_t *feed, int64_t now_ms)
{
    for (size_t i = 0; i < feed->n_links; i++) {
        link_t *link = feed->links[i];
        bool due = link->up && link->in.wanted && consumer_tick(link, now_ms);
        due |= link->up && producer_tick(link, now_ms);
        if (due) make_due(feed, link);
        producer_t *out = &link->out;
        if (now_ms - out->rate_ms < 1000) continue;
        out->rate = out->sent_records * 1000 / (uint64_t)(now_ms - out->rate_ms);
        out->sent_records = 0;
        out->rate_ms = now_ms;
    }
}

bool feed_has_unsaved(const feed_t *feed)
{
    for (size_t i = 0; i < feed->n_links; i++)
        if (feed->links[i]->out.unsaved) return true;
    return false;
}

int feed_save(feed_t *feed, store_txn_t *txn)
{
    int rc = 0;
    for (size_t i = 0; i < feed->n_links && rc == 0; i++) {
        link_t *link = feed->links[i];
        if (!link->out.unsaved) continue;
        rc = peer_row_put(txn, link->peer, 'a', link->out.acked.of, STREAMS);
        link->out.unsaved = false;
    }
    return rc;
}

static uint64_t flight_bytes(const producer_t *out)
{
    uint64_t bytes = 0;
    for (size_t i = 0; i < STREAMS; i++) bytes += out->flight_bytes[i];
    return bytes;
}

size_t feed_rows(const feed_t *feed, feed_row_t *rows, size_t most)
{
    size_t n = 0;
    for (size_t i = 0; i < feed->n_links && n < most; i++) {
        const link_t *link = feed->links[i];
        const producer_t *out = &link->out;
        feed_row_t *row = &rows[n++];
        *row = (feed_row_t){.peer = link->peer,
                            .up = link->up,
                            .open = out->open,
                            .diverged = out->diverged,
                            .cloned = link->cloned,
                            .head = store_head(feed->store),
                            .acked = out->acked,
                            .sent = out->sent,
                            .in_flight_bytes = flight_bytes(out),
                            .held = out->held,
                            .has_held = out->has_held,
                            .quarantined = out->quarantined,
                            .progress_ms = out->progress_ms,
                            .sent_per_s = out->rate};
        row->paused = link->in.trouble;
        if (out->trouble != NULL) text_copy(row->trouble, sizeof row->trouble, out->trouble);
    }
    return n;
}

void feed_set_clone(feed_t *feed, uint32_t peer, bool cloned)
{
    link_t *link = feed_find(feed, peer);
    if (link != NULL) link->cloned = cloned;
}

bool feed_wants(const feed_t *feed, uint32_t peer, const record_t *record)
{
    const link_t *link = feed_find(feed, peer);
    return link == NULL || producer_wants(feed, link, record);
}

void feed_set_trouble(feed_t *feed, const char *code)
{
    text_copy(feed->trouble, sizeof feed->trouble, code);
}

uint64_t feed_malformed(const feed_t *feed)
{
    return feed->malformed;
}

uint64_t feed_overrun(const feed_t *feed)
{
    return feed->overrun;
}

uint64_t feed_forged(const feed_t *feed, uint32_t *ret_peer)
{
    *ret_peer = feed->forger;
    return feed->forged;
}

// --- positions -----------------------------------------------------------------------------------

bool position_read(const uint64_t *numbers, size_t n, position_t *ret)
{
    if (n > STREAMS) return false;
    *ret = (position_t){0};
    for (size_t i = 0; i < n; i++) ret->of[i] = numbers[i];
    return true;
}

bool position_equal(const position_t *a, const position_t *b)
{
    return position_within(a, b) && position_within(b, a);
}

bool position_within(const position_t *a, const position_t *b)
{
    for (size_t i = 0; i < STREAMS; i++)
        if (a->of[i] > b->of[i]) return false;
    return true;
}

position_t position_at(uint64_t seq)
{
    position_t position;
    for (size_t i = 0; i < STREAMS; i++) position.of[i] = seq;
    return position;
}

// --- witnesses and rows --------------------------------------------------------------------------

bool witness_read(const Selenga__Witness *m, witness_t *ret)
{
    if (m == NULL || !m->has_head) return false;
    *ret = (witness_t){.epochs = m->epochs, .digest = m->digest, .head = m->head};
    return true;
}

void witness_message(const witness_t *w, Selenga__Witness *m)
{
    selenga__witness__init(m);
    m->has_head = m->has_epochs = m->has_digest = 1;
    m->head = w->head;
    m->epochs = w->epochs;
    m->digest = w->digest;
}

static slice_t row_key(uint8_t *buf, uint32_t peer, char letter)
{
    be32_store(buf, peer);
    buf[4] = (uint8_t)letter;
    return slice(buf, 5);
}

int peer_row_put(store_txn_t *txn, uint32_t peer, char letter, const uint64_t *numbers, size_t n)
{
    uint8_t key[5], buf[8 * PEER_NUMBERS_MAX];
    assert(n <= PEER_NUMBERS_MAX);
    for (size_t i = 0; i < n; i++) be64_store(buf + 8 * i, numbers[i]);
    return kv_put(store_kv(txn), KV_PEERS, row_key(key, peer, letter), slice(buf, 8 * n));
}

int peer_row_read(store_txn_t *txn, uint32_t peer, char letter, uint64_t *numbers, size_t most, size_t *ret_n)
{
    uint8_t key[5];
    slice_t v;
    int rc = kv_get(store_kv(txn), KV_PEERS, row_key(key, peer, letter), &v);
    if (rc != 0) return rc;
    if (v.size % 8 != 0) return -EUCLEAN;
    *ret_n = v.size / 8;
    if (*ret_n > most) return KV_NONE;
    for (size_t i = 0; i < *ret_n; i++) numbers[i] = be64_load(v.data + 8 * i);
    return 0;
}

int peer_row_get(store_txn_t *txn, uint32_t peer, char letter, uint64_t *numbers, size_t n)
{
    size_t has = n;
    int rc = peer_row_read(txn, peer, letter, numbers, n, &has);
    return has != n ? -EUCLEAN : rc;
}

// --- cursors -------------------------------------------------------------------------------------

int cursor_put(store_txn_t *txn, uint32_t peer, char letter, const position_t *position, const witness_t *w)
{
    uint64_t numbers[STREAMS + 3];
    memcpy(numbers, position->of, sizeof position->of);
    numbers[STREAMS] = w->head;
    numbers[STREAMS + 1] = w->epochs;
    numbers[STREAMS + 2] = w->digest;
    return peer_row_put(txn, peer, letter, numbers, ARRAY_SIZE(numbers));
}

int cursor_get(store_txn_t *txn, uint32_t peer, char letter, position_t *ret_position, witness_t *ret_w)
{
    uint64_t numbers[STREAMS + 3];
    int rc = peer_row_get(txn, peer, letter, numbers, ARRAY_SIZE(numbers));
    if (rc != 0) return rc;
    memcpy(ret_position->of, numbers, sizeof ret_position->of);
    *ret_w =
        (witness_t){.head = numbers[STREAMS], .epochs = numbers[STREAMS + 1], .digest = numbers[STREAMS + 2]};
    return 0;
}
