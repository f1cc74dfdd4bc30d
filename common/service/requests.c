// SPDX-License-Identifier: Apache-2.0
// What every service answers a local caller: its records, its queues, its quarantine, its state.
#include "common/base/clock.h"
#include "common/base/log.h"
#include "common/base/pulse.h"
#include "common/base/resident.h"
#include "common/service/service_private.h"
#include "common/store/quarantine.h"
#include "common/store/runs.h"
#include "common/sync/admit.h"
#include "proto/system.pb-c.h"
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

enum { GROUPS_MAX = 4000 };
enum { BARE_OUTCOME = FAULT_CODE + FAULT_FIELD + 64 }; // bytes of one whose fault has no arguments
_Static_assert(GROUPS_MAX *BARE_OUTCOME <= MAX_BODY, "the outcomes of a put fit one answer");
enum {
    TOLD_MAX = 500,
    TOLD_ITEM = 2 * VERSION_TEXT + 48
}; // groups whose items are told; bytes of one without bodies
_Static_assert(TOLD_MAX *GROUP_ITEMS *TOLD_ITEM <= MAX_BODY, "so do their items");

int requests_refuse(service_t *service, const envelope_t *e, const char *code, const char *arg)
{
    fault_t fault;
    fault_set(&fault, code, NULL, arg);
    service_refuse(service, e, &fault, false);
    return 0;
}

// --- put -----------------------------------------------------------------------------------------

typedef struct told_item { // of an outcome
    Selenga__ItemOutcome message;
    rid_t id;
    char version[VERSION_TEXT], replaced[VERSION_TEXT];
} told_item_t;

typedef struct warned { // of an outcome; most have none
    sense_t sense;
    Selenga__Fault faults[SENSE_MAX], *all[SENSE_MAX];
    char *args[SENSE_MAX][FAULT_ARGS];
} warned_t;

typedef struct answer {
    Selenga__Outcome outcome;
    Selenga__Fault message;
    fault_t fault;
    char *args[FAULT_ARGS];
    rid_t id;
    warned_t *warned;  // NULL: nothing to warn of
    told_item_t *told; // GROUP_ITEMS of them; NULL: nobody asks
    Selenga__ItemOutcome *items[GROUP_ITEMS];
} answer_t;

static void fill_answer(answer_t *a, put_result_t result)
{
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

// Of a refusal the first is its fault.
static void fill_warnings(answer_t *a, const sense_t *sense, put_result_t result, bool strict)
{
    size_t first = strict && result == PUT_REJECTED ? 1 : 0;
    if (sense->n <= first) return;
    warned_t *warned = a->warned = xcalloc(1, sizeof *warned);
    warned->sense = *sense;
    for (size_t i = first; i < sense->n; i++) {
        fault_to_proto(&warned->sense.faults[i], &warned->faults[i], warned->args[i]);
        warned->all[a->outcome.n_warnings++] = &warned->faults[i];
    }
    a->outcome.warnings = warned->all;
}

static void keep_body(slice_t body, protobuf_c_boolean *ret_has, ProtobufCBinaryData *ret)
{
    if (body.size == 0) return;
    *ret_has = 1;
    *ret = (ProtobufCBinaryData){body.size, xmemdup(body.data, body.size)};
}

static void tell(void *teller, const told_t *told)
{
    answer_t *a = teller;
    told_item_t *item = &a->told[a->outcome.n_items];
    Selenga__ItemOutcome *m = &item->message;
    selenga__item_outcome__init(m);
    item->id = told->id;
    m->has_kind = m->has_id = 1;
    m->kind = told->rule->number;
    m->id = (ProtobufCBinaryData){sizeof item->id.b, item->id.b};
    if (told->before.seq != 0) m->replaced = (char *)version_text(&told->before, item->replaced);
    if (told->after.seq != 0) m->version = (char *)version_text(&told->after, item->version);
    if (m->version == NULL) { // a dry run
        keep_body(told->old, &m->has_before, &m->before);
        keep_body(told->body, &m->has_after, &m->after);
    }
    a->items[a->outcome.n_items++] = m;
    a->outcome.items = a->items;
}

// What thousands of refusals say in full, or what bodies were and would be, is more than a message holds.
static void drop_details(answer_t *answers, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        answers[i].message.n_args = 0;
        for (size_t k = 0; k < answers[i].outcome.n_warnings; k++) answers[i].outcome.warnings[k]->n_args = 0;
        for (size_t k = 0; k < answers[i].outcome.n_items; k++)
            answers[i].items[k]->has_before = answers[i].items[k]->has_after = 0;
    }
}

static void answers_free(answer_t *answers, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < answers[i].outcome.n_items; k++) {
            free(answers[i].items[k]->before.data);
            free(answers[i].items[k]->after.data);
        }
        free(answers[i].told);
        free(answers[i].warned);
    }
    free(answers);
}

static int put_group(service_t *service, store_txn_t *txn, const envelope_t *e, const Selenga__Group *group,
                     author_t *author, answer_t *a)
{
    put_result_t result;
    sense_t sense = {0};
    author->sense = &sense;
    selenga__outcome__init(&a->outcome);
    if (author->tell != NULL) {
        a->told = xcalloc(GROUP_ITEMS, sizeof *a->told);
        author->teller = a;
    }
    arena_reset(service->arena, 64 * 1024);
    int rc = record_put_group(author, txn, group, service->arena, &result, &a->fault, &a->id);
    if (rc != 0) return rc;
    fill_answer(a, result);
    fill_warnings(a, &sense, result, author->strict);
    for (size_t k = 0; k < group->n_items; k++) {
        const Selenga__Item *item = group->items[k];
        char text[RID_TEXT];
        if (item->deleted && result != PUT_REJECTED && !author->dry)
            log_at(L_INFO, "RECORD-DELETED", _("%s by %s: %s"), rid_text(&a->id, text), e->principal,
                   item->why != NULL ? item->why : "");
    }
    return 0;
}

static bool run_of(ProtobufCBinaryData bytes, run_id_t *ret)
{
    if (bytes.len == sizeof ret->b) memcpy(ret->b, bytes.data, sizeof ret->b);
    return bytes.len == sizeof ret->b;
}

// Items alone: what became of the rest is known by asking again.
static int keep_run(store_txn_t *txn, const run_id_t *run, answer_t *answers, size_t n)
{
    AUTO(xfree) Selenga__Outcome *wrote = xcalloc(n + 1, sizeof *wrote);
    AUTO(xfree) Selenga__Outcome **list = xcalloc(n + 1, sizeof *list);
    Selenga__PutReply reply = SELENGA__PUT_REPLY__INIT;
    for (size_t i = 0; i < n; i++) {
        selenga__outcome__init(&wrote[i]);
        wrote[i].items = answers[i].outcome.items;
        wrote[i].n_items = answers[i].outcome.n_items;
        if (wrote[i].n_items > 0) list[reply.n_outcomes++] = &wrote[i];
    }
    reply.outcomes = list;
    size_t size = selenga__put_reply__get_packed_size(&reply);
    AUTO(xfree) uint8_t *bytes = xmalloc(size + 1);
    selenga__put_reply__pack(&reply, bytes);
    return runs_keep(txn, run, slice(bytes, size));
}

static int on_run_end(service_t *service, store_txn_t *txn, const envelope_t *e)
{
    AUTO(msg_body_free) Selenga__EndRun *m = msg_body_unpack(&selenga__end_run__descriptor, e->body);
    AUTO(msg_body_free) Selenga__PutReply *reply = NULL;
    run_id_t run;
    slice_t wrote;
    if (m == NULL || !run_of(m->run, &run)) return requests_refuse(service, e, "MALFORMED", "");
    int rc = runs_end(txn, &run, &wrote);
    if (rc != 0) return rc;
    reply = msg_body_unpack(&selenga__put_reply__descriptor, wrote);
    if (reply == NULL) return -EUCLEAN;
    service_reply(service, e, MSG_PUT_REPLY, &reply->base);
    return 0;
}

static void reply_put(service_t *service, const envelope_t *e, answer_t *answers, size_t n)
{
    AUTO(xfree) Selenga__Outcome **outcomes = xcalloc(n + 1, sizeof *outcomes);
    Selenga__PutReply reply = SELENGA__PUT_REPLY__INIT;
    for (size_t i = 0; i < n; i++) outcomes[i] = &answers[i].outcome;
    reply.outcomes = outcomes;
    reply.n_outcomes = n;
    if (selenga__put_reply__get_packed_size(&reply) > MAX_BODY) drop_details(answers, n);
    bool crowded = selenga__put_reply__get_packed_size(&reply) > MAX_BODY;
    for (size_t i = 0; i < n && crowded; i++) answers[i].outcome.n_warnings = 0;
    service_reply(service, e, MSG_PUT_REPLY, &reply.base);
}

int requests_put(service_t *service, store_txn_t *txn, const envelope_t *e, const Selenga__Put *put,
                 const referred_t *referred, size_t n_referred)
{
    run_id_t run;
    bool runs = !put->dry && run_of(put->run, &run);
    int over = runs ? runs_is_over(txn, &run) : 0;
    if (over != 0) return over < 0 ? over : requests_refuse(service, e, "RUN-OVER", "");
    author_t author = service_author(service);
    author.leaving = &service->leaving;
    author.referred = referred;
    author.n_referred = n_referred;
    principal_t who;
    int rc = requests_principal(service, txn, e, &who);
    if (rc != 0) return rc;
    author.principal = slice_text(who.limited ? who.author : e->principal);
    author.who = who.limited ? &who : NULL;
    author.program = false;
    author.bulk = put->bulk;
    author.dry = put->dry;
    author.strict = put->strict;
    author.judge = service->def->judge;
    if (service->alike == NULL) service->alike = alike_new();
    author.alike = service->alike;
    changes_t changes = {.n = 0};
    author.changes = &changes;
    author.tell = put->dry || put->told || runs ? tell : NULL;
    answer_t *answers = xcalloc(put->n_groups + 1, sizeof *answers);
    if (service->def->foresee != NULL) service->def->foresee(service->self, put);
    for (size_t i = 0; rc == 0 && i < put->n_groups; i++)
        rc = put_group(service, txn, e, put->groups[i], &author, &answers[i]);
    if (rc == 0) rc = requests_note_changes(service, txn, e, &changes);
    if (rc == 0 && runs) rc = keep_run(txn, &run, answers, put->n_groups);
    if (rc == 0) reply_put(service, e, answers, put->n_groups);
    answers_free(answers, put->n_groups);
    return rc;
}

static int on_put(service_t *service, store_txn_t *txn, const envelope_t *e)
{
    bool put_off = false;
    AUTO(msg_body_free) Selenga__Put *put = msg_body_unpack(&selenga__put__descriptor, e->body);
    if (put == NULL || put->n_groups > (put->dry || put->told || put->has_run ? TOLD_MAX : GROUPS_MAX))
        return requests_refuse(service, e, "MALFORMED", "");
    int rc = deletions_begin(service, txn, e, &put, &put_off);
    return rc != 0 || put_off ? rc : requests_put(service, txn, e, put, NULL, 0);
}

// --- status --------------------------------------------------------------------------------------

static int on_status(service_t *service, const envelope_t *e)
{
    Selenga__Status s = SELENGA__STATUS__INIT;
    s.has_service = s.has_pid = s.has_up_s = s.has_memory_bytes = s.has_store_bytes = s.has_records = 1;
    s.service = service->def->number;
    s.version = SELENGA_VERSION;
    s.pid = (uint32_t)getpid();
    s.up_s = (mono_ms() - service->started_ms) / 1000;
    s.memory_bytes = resident_bytes();
    s.store_bytes = kv_bytes(service->kv);
    s.records = store_records(service->store);
    const char *trouble = service_trouble(service->trouble);
    if (trouble[0] == '\0' && service->told != NULL) trouble = service->told;
    s.trouble = (char *)(uintptr_t)trouble;
    s.has_restarts = pulse_restarts(&s.restarts);
    s.commit_within = service->commits.within;
    s.n_commit_within = DURATIONS_BOUNDS;
    s.has_commits = s.has_commits_us = 1;
    s.commits = service->commits.n;
    s.commits_us = service->commits.sum_us;
    s.has_provisional = service->def->number == SERVICE_REGISTRY;
    s.provisional = service->provisional;
    service_reply(service, e, MSG_STATUS_REPLY, &s.base);
    return 0;
}

static int decide_quarantine(service_t *service, store_txn_t *txn, const envelope_t *e)
{
    const access_row_t *row = access_row(e->type);
    int rc = service_audit(service, txn, e, &(audit_note_t){.what = "quarantine", .kind = row->name});
    return rc != 0 ? rc : requests_quarantine_act(service, txn, e);
}

int requests_message(service_t *service, store_txn_t *txn, const envelope_t *e, bool *ret_mine)
{
    *ret_mine = true;
    switch (e->type) {
    case MSG_PUT:
        return on_put(service, txn, e);
    case MSG_RUN_END:
        return on_run_end(service, txn, e);
    case MSG_GET:
        return requests_get(service, txn, e);
    case MSG_LIST:
        return requests_list(service, txn, e);
    case MSG_REVIEWS:
        return requests_reviews(service, txn, e);
    case MSG_HISTORY:
        return requests_history(service, txn, e);
    case MSG_QUEUES:
        return requests_queues(service, txn, e);
    case MSG_QUARANTINE_LIST:
        return requests_quarantine_list(service, txn, e);
    case MSG_QUARANTINE_RETRY:
    case MSG_QUARANTINE_DISCARD:
    case MSG_QUARANTINE_TAKE:
        return decide_quarantine(service, txn, e);
    case MSG_STATUS:
        return on_status(service, e);
    case MSG_AUDIT:
        return requests_audit_head(service, txn, e);
    default:
        *ret_mine = false;
        return 0;
    }
}
