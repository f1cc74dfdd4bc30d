// SPDX-License-Identifier: Apache-2.0
#include "common/forms/undoing.h"
#include "common/base/hash.h"
#include "common/base/vec.h"
#include "common/forms/past.h"
#include "common/forms/refs.h"
#include "common/node/msg.h"
#include "common/node/sending.h"
#include "common/node/settle.h"
#include <stdlib.h>

enum { REFUSED_MOST = 1000, REMOVALS = 500, SETTLE_MS = 10000, ASK_MS = 30000 };

typedef enum phase { RUNS, LOOK, RESOLVE, TRY, BACK, OVER } phase_t;

typedef struct refused { // in the first pass
    size_t entry;
    fault_t fault;
} refused_t;

struct undoing {
    client_t *client;
    const char *account, *reason;
    uint32_t service;
    journal_reader_t *journal;
    undoing_done_t *done;
    void *context;
    phase_t phase;
    size_t at;   // how many entries, or refusals, of the phase are done
    bool *over;  // by entry: taken back before
    hash_t made; // ids of records that are new
    uint32_t *which_made;
    refused_t *refused;
    size_t n_refused, refused_room;
    undoing_told_t told[UNDOING_TOLD];
    size_t n_told, removed, restored;
    bool began;
    sending_t *dry, *back;
    settle_t *settle;
    uint32_t settling; // the service that reads what others hold
    uint64_t call;
    Selenga__HistoryReply *history; // of the entry at `at`; NULL: not asked yet
};

static void step(undoing_t *self);

static slice_t made_key(const void *owner, uint32_t number)
{
    const undoing_t *self = owner;
    const rid_t *id = &self->journal->entries[self->which_made[number]].id;
    return slice(id->b, sizeof id->b);
}

static void tell(undoing_t *self, const journal_entry_t *entry, const fault_t *fault)
{
    if (self->n_told < UNDOING_TOLD) {
        undoing_told_t *told = &self->told[self->n_told];
        *told = (undoing_told_t){.entry = entry, .forgotten = fault == NULL};
        if (fault != NULL) told->fault = *fault;
    }
    self->n_told++;
}

static void end(undoing_t *self, client_status_t status, const client_why_t *why)
{
    self->phase = OVER;
    self->done(self->context, status, why); // it may destroy this
}

// --- waiting for others

static void settle_next(void *context)
{
    undoing_t *self = context;
    self->settle = NULL;
    while (++self->settling < SERVICES_END) {
        self->settle = settle_start(self->client, self->settling, SETTLE_MS, settle_next, self);
        if (self->settle != NULL) return;
    }
    step(self);
}

// Until all services have read what the others hold.
static void settle_all(undoing_t *self)
{
    self->settling = SERVICES_FIRST;
    settle_next(self);
}

static void take_history(void *context, client_reply_t *reply)
{
    undoing_t *self = context;
    self->call = 0;
    if (reply->status != CLIENT_DONE) {
        end(self, reply->status, &reply->why);
        return;
    }
    self->history = reply->body;
    reply->body = NULL;
    step(self);
}

static void ask_history(undoing_t *self, const journal_entry_t *entry)
{
    Selenga__History history = SELENGA__HISTORY__INIT;
    rid_t id = entry->id;
    client_why_t why;
    history.has_kind = history.has_id = true;
    history.kind = entry->kind;
    history.id = (ProtobufCBinaryData){sizeof id.b, id.b};
    const client_request_t request = {.service = self->service,
                                      .type = MSG_HISTORY,
                                      .body = &history,
                                      .reply = MSG_HISTORY_REPLY,
                                      .descriptor = &selenga__history_reply__descriptor,
                                      .timeout_ms = ASK_MS,
                                      .account = self->account};
    self->call = client_start(self->client, &request, take_history, self, &why);
    if (self->call == 0) end(self, CLIENT_LATER, &why);
}

// The version of before, whole, and whether the present one says the same. False: it is not kept any more.
static bool read_before(const undoing_t *self, const journal_entry_t *entry, record_t *ret_before,
                        bool *ret_same)
{
    record_t now;
    bool stands = past_read(&self->history->now, &now) && !now.deleted;
    bool found = past_find(self->history, entry->replaced, ret_before);
    *ret_same = found && stands && slice_equal(now.body, ret_before->body);
    return found;
}

// --- messages

static void take_sent(void *context, client_status_t status, const client_why_t *why)
{
    undoing_t *self = context;
    if (status != CLIENT_DONE)
        end(self, status, why);
    else if (self->phase == BACK)
        settle_all(self); // what is gone is kept in mind by others until they have read it
    else
        step(self);
}

static void send(undoing_t *self, sending_t *sending)
{
    client_why_t why;
    if (!sending_start(sending, take_sent, &why)) end(self, CLIENT_LATER, &why);
}

static bool was_deleted(const journal_entry_t *entry)
{
    return strcmp(entry->version, "-") == 0;
}

// The item is about the entry, under the version that was written; the rest of it is the caller's.
static bool add_item(sending_t *sending, const journal_entry_t *entry, size_t i, Selenga__Item *item)
{
    Selenga__Group group = SELENGA__GROUP__INIT;
    rid_t id = entry->id;
    item->has_kind = item->has_id = true;
    item->kind = entry->kind;
    item->id = (ProtobufCBinaryData){sizeof id.b, id.b};
    item->expect_version = (char *)(uintptr_t)(was_deleted(entry) ? "" : entry->version);
    group.items = &item;
    group.n_items = 1;
    return sending_add(sending, &group, i);
}

static bool add_removal(undoing_t *self, sending_t *sending, size_t i)
{
    Selenga__Item item = SELENGA__ITEM__INIT;
    item.has_deleted = item.deleted = true;
    item.why = (char *)(uintptr_t)self->reason;
    return add_item(sending, &self->journal->entries[i], i, &item);
}

static bool is_held_within(const undoing_t *self, const fault_t *fault)
{
    char name[64];
    const char *key = strchr(fault->args[1], ':');
    const kind_rule_t *kind;
    rid_t id;
    why_t why;
    if (strcmp(fault->code, "REFERRED-TO") != 0 || key == NULL) return false;
    snprintf(name, sizeof name, "%.*s", (int)(key - fault->args[1]), fault->args[1]);
    return (kind = kind_by_name(name)) != NULL && refs_record(kind, key + 1, i18n_now(), &id, &why) == 0 &&
           hash_find(&self->made, slice(id.b, sizeof id.b)) != HASH_NONE;
}

static void take_dry(void *context, uint64_t tag, const Selenga__Outcome *outcome)
{
    undoing_t *self = context;
    const journal_entry_t *entry = &self->journal->entries[tag];
    fault_t fault;
    if (outcome->result != RESULT_REJECTED) return;
    fault_from_proto(outcome->fault, &fault);
    if (self->phase == TRY) { // refers to it only what goes as well?
        if (!is_held_within(self, &fault)) tell(self, entry, &fault);
    } else if (self->n_refused == REFUSED_MOST) {
        tell(self, entry, &fault);
    } else {
        *vec_add(self->refused, self->n_refused, self->refused_room) = (refused_t){(size_t)tag, fault};
    }
}

static void take_back(void *context, uint64_t tag, const Selenga__Outcome *outcome)
{
    undoing_t *self = context;
    const journal_entry_t *entry = &self->journal->entries[tag];
    fault_t fault;
    if (outcome->result == RESULT_REJECTED) {
        fault_from_proto(outcome->fault, &fault);
        tell(self, entry, &fault);
        return;
    }
    self->removed += entry->replaced[0] == '\0';
    self->restored += entry->replaced[0] != '\0';
}

// --- before: what was written that nobody heard of

static void enter_all(undoing_t *self)
{
    const journal_reader_t *journal = self->journal;
    self->over = xcalloc(journal->n + 1, sizeof *self->over);
    self->which_made = xcalloc(journal->n + 1, sizeof *self->which_made);
    for (size_t i = 0; i < journal->n; i++) {
        const journal_entry_t *entry = &journal->entries[i];
        self->which_made[self->made.n] = (uint32_t)i; // where a new key will be looked for
        if (entry->replaced[0] == '\0') hash_add(&self->made, slice(entry->id.b, sizeof entry->id.b));
    }
}

static void take_run(void *context, client_reply_t *reply)
{
    undoing_t *self = context;
    const Selenga__PutReply *put = reply->body;
    self->call = 0;
    if (reply->status != CLIENT_DONE) {
        end(self, reply->status, &reply->why);
        return;
    }
    for (size_t i = 0; i < put->n_outcomes; i++)
        for (size_t k = 0; k < put->outcomes[i]->n_items; k++) {
            journal_entry_t entry;
            if (journal_entry_of(put->outcomes[i]->items[k], &entry)) journal_merge(self->journal, &entry);
        }
    self->at++;
    step(self);
}

// The last message of a run may have been obeyed, and nobody have heard of it. From now on the run sends
// none. It is the program's question: a run's number is known to its journal alone.
static void ask_runs(undoing_t *self)
{
    Selenga__EndRun end_run = SELENGA__END_RUN__INIT;
    client_why_t why;
    if (self->at == self->journal->n_runs) {
        enter_all(self);
        self->phase = LOOK;
        self->at = 0;
        settle_all(self);
        return;
    }
    end_run.has_run = true;
    end_run.run = (ProtobufCBinaryData){JOURNAL_RUN, self->journal->runs[self->at]};
    const client_request_t request = {.service = self->service,
                                      .type = MSG_RUN_END,
                                      .body = &end_run,
                                      .reply = MSG_PUT_REPLY,
                                      .descriptor = &selenga__put_reply__descriptor,
                                      .timeout_ms = ASK_MS,
                                      .account = self->account};
    self->call = client_start(self->client, &request, take_run, self, &why);
    if (self->call == 0) end(self, CLIENT_LATER, &why);
}

// --- the first pass: is each record as it was written?

static void look(undoing_t *self)
{
    for (; self->at < self->journal->n; self->at++) {
        if (was_deleted(&self->journal->entries[self->at]))
            continue; // nothing stands there to be asked about
        Selenga__Item nothing = SELENGA__ITEM__INIT;
        nothing.has_body = true;
        if (!add_item(self->dry, &self->journal->entries[self->at], self->at, &nothing)) break;
    }
    if (sending_count(self->dry) > 0) {
        send(self, self->dry);
        return;
    }
    self->phase = RESOLVE;
    self->at = 0;
    step(self);
}

static void settle_refusal(undoing_t *self, const refused_t *one)
{
    const journal_entry_t *entry = &self->journal->entries[one->entry];
    bool changed = strcmp(one->fault.code, "CHANGED-SINCE") == 0, same = false;
    record_t before;
    if (changed && entry->replaced[0] == '\0')
        same = strcmp(one->fault.args[1], "-") == 0;
    else if (changed)
        (void)read_before(self, entry, &before, &same);
    if (same)
        self->over[one->entry] = true;
    else
        tell(self, entry, &one->fault);
    msg_body_free(&self->history);
    self->at++;
}

static void resolve(undoing_t *self)
{
    while (self->at < self->n_refused) {
        const refused_t *one = &self->refused[self->at];
        const journal_entry_t *entry = &self->journal->entries[one->entry];
        bool asks = strcmp(one->fault.code, "CHANGED-SINCE") == 0 && entry->replaced[0] != '\0';
        if (asks && self->history == NULL) {
            ask_history(self, entry);
            return;
        }
        settle_refusal(self, one);
    }
    self->phase = TRY;
    self->at = 0;
    step(self);
}

// --- the second: may what is new go? And the third: back, the last first

static void try_removals(undoing_t *self)
{
    for (; self->at < self->journal->n; self->at++) {
        size_t i = self->journal->n - 1 - self->at;
        if (self->over[i] || self->journal->entries[i].replaced[0] != '\0') continue;
        if (!add_removal(self, self->dry, i)) break;
    }
    if (sending_count(self->dry) > 0) {
        send(self, self->dry);
        return;
    }
    self->began = self->n_told == 0;
    if (!self->began) {
        end(self, CLIENT_DONE, NULL);
        return;
    }
    self->phase = BACK;
    self->at = 0;
    step(self);
}

static bool add_restoration(undoing_t *self, size_t i)
{
    const journal_entry_t *entry = &self->journal->entries[i];
    const kind_rule_t *kind = kind_by_number(entry->kind);
    record_t before;
    bool same, added = true;
    uint32_t set[PAST_FIELDS];
    if (kind == NULL || !read_before(self, entry, &before, &same)) {
        tell(self, entry, NULL);
    } else {
        Selenga__Item item = SELENGA__ITEM__INIT;
        item.has_body = true;
        item.body = (ProtobufCBinaryData){before.body.size, (uint8_t *)(uintptr_t)before.body.data};
        item.set = set;
        item.n_set = past_fields(kind, set);
        added = add_item(self->back, entry, i, &item);
    }
    if (added) msg_body_free(&self->history);
    return added;
}

static void go_back(undoing_t *self)
{
    for (; self->at < self->journal->n && sending_count(self->back) < REMOVALS; self->at++) {
        size_t i = self->journal->n - 1 - self->at;
        const journal_entry_t *entry = &self->journal->entries[i];
        if (self->over[i]) continue;
        if (entry->replaced[0] != '\0' && self->history == NULL) {
            ask_history(self, entry);
            return;
        }
        if (!(entry->replaced[0] == '\0' ? add_removal(self, self->back, i) : add_restoration(self, i)))
            break;
    }
    if (sending_count(self->back) > 0)
        send(self, self->back);
    else
        end(self, CLIENT_DONE, NULL);
}

static void step(undoing_t *self)
{
    switch (self->phase) {
    case RUNS:
        ask_runs(self);
        return;
    case LOOK:
        look(self);
        return;
    case RESOLVE:
        resolve(self);
        return;
    case TRY:
        try_removals(self);
        return;
    case BACK:
        go_back(self);
        return;
    case OVER:
        return;
    }
}

// --- life

static void begin(void *context, client_reply_t *reply)
{
    undoing_t *self = context;
    (void)reply;
    self->call = 0;
    step(self);
}

undoing_t *undoing_start(client_t *client, uint32_t service, const char *account, const char *reason,
                         journal_reader_t *journal, undoing_done_t *done, void *context,
                         client_why_t *ret_why)
{
    undoing_t *self = xcalloc(1, sizeof *self);
    *self = (undoing_t){.client = client,
                        .account = account,
                        .reason = reason,
                        .service = service,
                        .journal = journal,
                        .done = done,
                        .context = context};
    self->dry = sending_new(client, service, SENDING_DRY, take_dry, self);
    self->back = sending_new(client, service, SENDING_BULK, take_back, self);
    sending_as(self->dry, account);
    sending_as(self->back, account);
    hash_init(&self->made, made_key, self);
    self->call = client_pause(client, 0, begin, self, ret_why);
    if (self->call == 0) undoing_destroy(&self);
    return self;
}

void undoing_destroy(undoing_t **self_p)
{
    undoing_t *self = *self_p;
    if (self == NULL) return;
    client_abandon(self->client, self->call);
    settle_abandon(&self->settle);
    sending_destroy(&self->dry);
    sending_destroy(&self->back);
    msg_body_free(&self->history);
    hash_empty(&self->made);
    free(self->over);
    free(self->which_made);
    free(self->refused);
    free(self);
    *self_p = NULL;
}

size_t undoing_removed(const undoing_t *self)
{
    return self->removed;
}

size_t undoing_restored(const undoing_t *self)
{
    return self->restored;
}

size_t undoing_in_the_way(const undoing_t *self)
{
    return self->n_told;
}

size_t undoing_told(const undoing_t *self, const undoing_told_t **ret_told)
{
    *ret_told = self->told;
    return self->n_told < UNDOING_TOLD ? self->n_told : UNDOING_TOLD;
}

bool undoing_began(const undoing_t *self)
{
    return self->began;
}
