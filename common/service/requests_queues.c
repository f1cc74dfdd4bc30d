// SPDX-License-Identifier: Apache-2.0
// What waits for whom, and why: a queue for each neighbour and reading service.
#include "common/base/clock.h"
#include "common/service/queue_state.h"
#include "common/service/service_private.h"
#include "common/store/lane_counts.h"
#include <stdlib.h>
#include <string.h>

enum { OLDEST_LOOKS = 64 };

typedef struct tally {
    uint64_t produced, waiting;
    uint32_t oldest_s;
} tally_t;

// The time of the first record that waits, as far as it is found among the first entries; else of one that is
// nearly as old.
static int find_oldest(service_t *service, store_txn_t *txn, const feed_row_t *row, enum stream stream,
                       uint32_t *ret_s)
{
    lane_reader_t *reader = NULL;
    uint64_t seq;
    unsigned lanes;
    record_t r;
    place_t place;
    int rc = lane_open(txn, store_feed_lanes(row->peer, stream), row->peer, row->acked.of[stream], &reader);
    for (unsigned i = 0; i < OLDEST_LOOKS && rc == 0 && (rc = lane_next(reader, &seq, &lanes)) == 0; i++) {
        if ((rc = store_at(txn, seq, &r, &place)) != 0) break;
        *ret_s = place.time_s;
        bool word = lanes == LANE_LEFT || r.gone; // that something is not to be there
        if (!word && feed_wants(service->feed, row->peer, &r)) break;
    }
    lane_close(&reader);
    return rc < 0 ? rc : 0;
}

static int count_stream(service_t *service, const feed_row_t *row, enum stream stream, lane_counts_t *counts,
                        lane_count_t *count)
{
    unsigned lanes = store_feed_lanes(row->peer, stream);
    uint64_t after = row->acked.of[stream];
    if (row->peer >= PEER_LABEL_MIN) return lane_counts_of(counts, lanes, row->peer, after, count);
    const feed_filter_t *filter = feed_filter(service->feed, row->peer);
    lane_kinds_t which = {0};
    if (filter != NULL) which = (lane_kinds_t){filter->kinds, filter->near, filter->n_kinds, filter->n_near};
    return lanes != 0 ? lane_counts_of_kinds(counts, &which, after, count) : 0;
}

static int tally_feed(service_t *service, store_txn_t *txn, const feed_row_t *row, lane_counts_t *counts,
                      tally_t *t)
{
    int rc = 0;
    for (enum stream stream = 0; stream < STREAMS && rc == 0; stream++) {
        lane_count_t count = {0};
        uint32_t time_s = 0;
        rc = count_stream(service, row, stream, counts, &count);
        if (rc == 0 && count.beyond > 0) rc = find_oldest(service, txn, row, stream, &time_s);
        if (count.beyond > 0 && (t->waiting == 0 || time_s < t->oldest_s)) t->oldest_s = time_s;
        t->produced += count.all;
        t->waiting += count.beyond;
    }
    return rc;
}

// All up to here is durable at the consumer.
static uint64_t least(const position_t *position)
{
    uint64_t seq = UINT64_MAX;
    for (size_t i = 0; i < STREAMS; i++)
        if (position->of[i] < seq) seq = position->of[i];
    return seq;
}

static const char *state_of(const service_t *service, const feed_row_t *row, const tally_t *t,
                            const char **ret_reason)
{
    near_t near = nears_get(&service->nears, row->peer);
    queue_facts_t facts = {.up = row->up,
                           .diverged = row->diverged,
                           .cloned = row->cloned,
                           .silent = near.silent,
                           .trouble = row->trouble,
                           .waiting = t->waiting,
                           .now_ms = (int64_t)mono_ms(),
                           .progress_ms = row->progress_ms,
                           .started_ms = (int64_t)service->started_ms,
                           .up_ms = (int64_t)near.up_ms,
                           .oldest_age_s = wall_s() - (int64_t)t->oldest_s};
    return queue_state(&facts, ret_reason);
}

static const char *flow_of(uint32_t peer)
{
    return peer == PEER_PARENT ? "up" : peer < PEER_LABEL_MIN ? "local" : "down";
}

static void fill_queue(service_t *service, const feed_row_t *row, const tally_t *t, Selenga__Queue *q)
{
    int64_t now_ms = (int64_t)mono_ms(), now_s = wall_s();
    const char *reason;
    uint64_t beyond = t->waiting + row->quarantined;
    selenga__queue__init(q);
    q->has_service = q->has_peer = q->has_waiting = q->has_oldest_s = q->has_in_flight_bytes = q->has_head =
        1;
    q->has_acked = q->has_sent_per_s = q->has_quarantined = q->has_last_progress_s = q->has_produced =
        q->has_applied = 1;
    q->service = service->def->number;
    q->peer = row->peer;
    q->peer_name = (char *)(uintptr_t)requests_peer_org(service, row->peer);
    q->flow = (char *)(uintptr_t)flow_of(row->peer);
    q->state = (char *)(uintptr_t)state_of(service, row, t, &reason);
    q->reason = (char *)(uintptr_t)reason;
    q->paused = (char *)(uintptr_t)row->paused;
    q->waiting = t->waiting;
    q->oldest_s = t->waiting > 0 && now_s > t->oldest_s ? (uint64_t)(now_s - t->oldest_s) : 0;
    q->in_flight_bytes = row->in_flight_bytes;
    q->head = row->head;
    q->acked = least(&row->acked);
    q->sent_per_s = row->sent_per_s;
    q->quarantined = row->quarantined;
    q->last_progress_s = row->progress_ms > 0      ? (uint64_t)(now_ms - row->progress_ms) / 1000
                         : service->started_ms > 0 ? (mono_ms() - service->started_ms) / 1000
                                                   : 0;
    q->produced = t->produced;
    q->applied = row->has_held && t->waiting == 0 ? row->held
                 : t->produced > beyond           ? t->produced - beyond
                                                  : 0;
}

// Nobody reads us there yet, or ever will.
static bool is_idle(service_t *service, const feed_row_t *row)
{
    return (row->peer < PEER_LABEL_MIN && !row->open && least(&row->acked) == 0) ||
           nears_get(&service->nears, row->peer).revoked;
}

static int fill_queues(service_t *service, store_txn_t *txn, const feed_row_t *rows, size_t n,
                       const char *flow, Selenga__Queue *queues, size_t *ret_n)
{
    lane_counts_t *counts = NULL;
    int rc = lane_counts_begin(txn, &counts);
    for (size_t i = 0; i < n && rc == 0; i++) {
        tally_t tally = {0};
        if ((flow != NULL && strcmp(flow_of(rows[i].peer), flow) != 0) || is_idle(service, &rows[i]))
            continue; // before it is counted: a hub has thousands
        rc = tally_feed(service, txn, &rows[i], counts, &tally);
        if (rc == 0) fill_queue(service, &rows[i], &tally, &queues[(*ret_n)++]);
    }
    lane_counts_end(&counts);
    return rc;
}

static int worst_first(const void *a, const void *b)
{
    return queue_worse(*(const Selenga__Queue *const *)a, *(const Selenga__Queue *const *)b);
}

int requests_queues(service_t *service, store_txn_t *txn, const envelope_t *e)
{
    AUTO(msg_body_free)
    Selenga__QueuesQuery *query = msg_body_unpack(&selenga__queues_query__descriptor, e->body);
    if (query == NULL) return requests_refuse(service, e, "MALFORMED", "");
    AUTO(xfree) feed_row_t *rows = xcalloc(ROWS_MAX, sizeof *rows);
    size_t n = feed_rows(service->feed, rows, ROWS_MAX);
    AUTO(xfree) Selenga__Queue *queues = xcalloc(n + 1, sizeof *queues);
    AUTO(xfree) Selenga__Queue **list = xcalloc(n + 1, sizeof *list);
    Selenga__Queues reply = SELENGA__QUEUES__INIT;
    int rc = fill_queues(service, txn, rows, n, query->flow, queues, &reply.n_queues);
    if (rc != 0) return rc;
    for (size_t i = 0; i < reply.n_queues; i++) list[i] = &queues[i];
    reply.queues = list;
    reply.has_all = true;
    reply.all = reply.n_queues;
    if (query->has_worst) {
        qsort(list, reply.n_queues, sizeof *list, worst_first);
        if (query->worst < reply.n_queues) reply.n_queues = query->worst;
    }
    service_reply(service, e, MSG_QUEUES_REPLY, &reply.base);
    return 0;
}
