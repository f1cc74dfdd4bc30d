// SPDX-License-Identifier: Apache-2.0
// What every service answers a local caller: its records, its queues, its quarantine, its state.
#include "common/base/clock.h"
#include "common/base/log.h"
#include "common/service/service_private.h"
#include "common/store/lane_counts.h"
#include "common/store/quarantine.h"
#include "common/sync/admit.h"
#include "proto/system.pb-c.h"
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

enum { GROUPS_MAX = 4000, OLDEST_LOOKS = 64 };
enum { BARE_OUTCOME = FAULT_CODE + FAULT_FIELD + 64 }; // bytes of one whose fault has no arguments
_Static_assert(GROUPS_MAX *BARE_OUTCOME <= MAX_BODY, "the outcomes of a put fit one answer");

int requests_refuse(service_t *service, const envelope_t *e, const char *code, const char *arg)
{
    fault_t fault;
    fault_set(&fault, code, NULL, arg);
    service_refuse(service, e, &fault, false);
    return 0;
}

// --- put -----------------------------------------------------------------------------------------

typedef struct answer {
    Selenga__Outcome outcome;
    Selenga__Fault message;
    fault_t fault;
    char *args[FAULT_ARGS];
    rid_t id;
} answer_t;

static void fill_answer(answer_t *a, put_result_t result)
{
    selenga__outcome__init(&a->outcome);
    a->outcome.has_result = 1;
    a->outcome.result = result;
    if (!rid_is_zero(&a->id)) {
        a->outcome.has_id = 1;
        a->outcome.id = (ProtobufCBinaryData){.len = sizeof a->id.b, .data = a->id.b};
    }
    if (result != PUT_REJECTED) return;
    fault_to_proto(&a->fault, &a->message, a->args);
    a->outcome.fault = &a->message;
}

static int put_groups(service_t *service, store_txn_t *txn, const envelope_t *e, const Selenga__Put *put,
                      answer_t *answers)
{
    author_t author = service_author(service);
    author.principal = slice_text(e->principal);
    author.program = false;
    author.bulk = put->bulk;
    for (size_t i = 0; i < put->n_groups; i++) {
        put_result_t result;
        arena_reset(service->arena, 64 * 1024);
        int rc = record_put_group(&author, txn, put->groups[i], service->arena, &result, &answers[i].fault,
                                  &answers[i].id);
        if (rc != 0) return rc;
        fill_answer(&answers[i], result);
        for (size_t k = 0; k < put->groups[i]->n_items; k++) {
            const Selenga__Item *item = put->groups[i]->items[k];
            char text[RID_TEXT];
            if (item->deleted && result != PUT_REJECTED)
                log_at(L_INFO, "RECORD-DELETED", _("%s by %s: %s"), rid_text(&answers[i].id, text),
                       e->principal, item->why != NULL ? item->why : "");
        }
    }
    return 0;
}

// What thousands of refusals say in full is more than a message holds.
static void drop_args(answer_t *answers, size_t n)
{
    for (size_t i = 0; i < n; i++) answers[i].message.n_args = 0;
}

static int on_put(service_t *service, store_txn_t *txn, const envelope_t *e)
{
    AUTO(msg_body_free) Selenga__Put *put = msg_body_unpack(&selenga__put__descriptor, e->body);
    if (put == NULL || put->n_groups > GROUPS_MAX) return requests_refuse(service, e, "MALFORMED", "");
    AUTO(xfree) answer_t *answers = xcalloc(put->n_groups + 1, sizeof *answers);
    AUTO(xfree) Selenga__Outcome **outcomes = xcalloc(put->n_groups + 1, sizeof *outcomes);
    int rc = put_groups(service, txn, e, put, answers);
    if (rc != 0) return rc;
    Selenga__PutReply reply = SELENGA__PUT_REPLY__INIT;
    for (size_t i = 0; i < put->n_groups; i++) outcomes[i] = &answers[i].outcome;
    reply.outcomes = outcomes;
    reply.n_outcomes = put->n_groups;
    if (selenga__put_reply__get_packed_size(&reply) > MAX_BODY) drop_args(answers, put->n_groups);
    service_reply(service, e, MSG_PUT_REPLY, &reply.base);
    return 0;
}

// --- queues --------------------------------------------------------------------------------------

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

static const char *queue_state(const feed_row_t *row, const tally_t *t, int64_t now_ms,
                               const char **ret_reason)
{
    *ret_reason = "";
    if (!row->up) return "offline";
    if (row->trouble[0] != '\0') {
        *ret_reason = row->trouble;
        return "stopped";
    }
    if (row->diverged) {
        *ret_reason = "GIVING-BACK";
        return "catching-up";
    }
    if (t->waiting == 0) return "live";
    if (row->open && (row->progress_ms == 0 || now_ms - row->progress_ms < 15000)) return "catching-up";
    *ret_reason = "NO-PROGRESS";
    return "blocked";
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
    q->flow = row->peer == PEER_PARENT ? "up" : row->peer < PEER_LABEL_MIN ? "local" : "down";
    q->state = (char *)(uintptr_t)queue_state(row, t, now_ms, &reason);
    if (row->cloned && reason[0] == '\0') reason = "CLONE";
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

static int fill_queues(service_t *service, store_txn_t *txn, const feed_row_t *rows, size_t n,
                       Selenga__Queue *queues, size_t *ret_n)
{
    lane_counts_t *counts = NULL;
    int rc = lane_counts_begin(txn, &counts);
    for (size_t i = 0; i < n && rc == 0; i++) {
        tally_t tally = {0};
        if (rows[i].peer < PEER_LABEL_MIN && !rows[i].open && least(&rows[i].acked) == 0)
            continue; // nobody reads us there
        rc = tally_feed(service, txn, &rows[i], counts, &tally);
        if (rc == 0) fill_queue(service, &rows[i], &tally, &queues[(*ret_n)++]);
    }
    lane_counts_end(&counts);
    return rc;
}

static int on_queues(service_t *service, store_txn_t *txn, const envelope_t *e)
{
    AUTO(xfree) feed_row_t *rows = xcalloc(ROWS_MAX, sizeof *rows);
    size_t n = feed_rows(service->feed, rows, ROWS_MAX);
    AUTO(xfree) Selenga__Queue *queues = xcalloc(n + 1, sizeof *queues);
    AUTO(xfree) Selenga__Queue **list = xcalloc(n + 1, sizeof *list);
    Selenga__Queues reply = SELENGA__QUEUES__INIT;
    int rc = fill_queues(service, txn, rows, n, queues, &reply.n_queues);
    if (rc != 0) return rc;
    for (size_t i = 0; i < reply.n_queues; i++) list[i] = &queues[i];
    reply.queues = list;
    service_reply(service, e, MSG_QUEUES_REPLY, &reply.base);
    return 0;
}

// --- status --------------------------------------------------------------------------------------

static uint64_t memory_bytes(void)
{
    unsigned long long total = 0, resident = 0;
    FILE *file = fopen("/proc/self/statm", "re");
    if (file == NULL) return 0;
    int n = fscanf(file, "%llu %llu", &total, &resident);
    fclose(file);
    return n == 2 ? resident * (uint64_t)sysconf(_SC_PAGESIZE) : 0;
}

static int on_status(service_t *service, const envelope_t *e)
{
    Selenga__Status s = SELENGA__STATUS__INIT;
    s.has_service = s.has_pid = s.has_up_s = s.has_memory_bytes = s.has_store_bytes = s.has_records = 1;
    s.service = service->def->number;
    s.version = SELENGA_VERSION;
    s.pid = (uint32_t)getpid();
    s.up_s = (mono_ms() - service->started_ms) / 1000;
    s.memory_bytes = memory_bytes();
    s.store_bytes = kv_bytes(service->kv);
    s.records = store_records(service->store);
    const char *trouble = service_trouble(service->trouble);
    if (trouble[0] == '\0' && service->told != NULL) trouble = service->told;
    s.trouble = (char *)(uintptr_t)trouble;
    s.has_provisional = service->def->number == SERVICE_REGISTRY;
    s.provisional = service->provisional;
    service_reply(service, e, MSG_STATUS_REPLY, &s.base);
    return 0;
}

int requests_message(service_t *service, store_txn_t *txn, const envelope_t *e, bool *ret_mine)
{
    *ret_mine = true;
    switch (e->type) {
    case MSG_PUT:
        return on_put(service, txn, e);
    case MSG_GET:
        return requests_get(service, txn, e);
    case MSG_LIST:
        return requests_list(service, txn, e);
    case MSG_QUEUES:
        return on_queues(service, txn, e);
    case MSG_QUARANTINE_LIST:
        return requests_quarantine_list(service, txn, e);
    case MSG_QUARANTINE_RETRY:
    case MSG_QUARANTINE_DISCARD:
    case MSG_QUARANTINE_TAKE:
        return requests_quarantine_act(service, txn, e);
    case MSG_STATUS:
        return on_status(service, e);
    default:
        *ret_mine = false;
        return 0;
    }
}
