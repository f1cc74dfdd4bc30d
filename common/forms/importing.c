// SPDX-License-Identifier: Apache-2.0
// Rows are gathered until a message is full; those that are not sent wait for those before them. While a
// message is under way the next one is gathered, and it is sent when all that the other brought is told.
#include "common/forms/importing.h"
#include "common/base/vec.h"
#include "common/forms/importing_plan.h"
#include "common/forms/missing.h"
#include "common/forms/planned.h"
#include "common/node/pages.h"
#include "common/node/settle.h"
#include <stdlib.h>

enum { ROWS_MAX = 2 * SENDING_GROUPS, BATCH_BYTES = 4 << 20, SETTLE_MS = 10000 };

typedef struct row {
    importing_row_t shown; // cells in one block of our own, as are faults and warnings
    bool sent, alike;      // alike: told of a row above it already
    plan_row_t plan;       // of a dry run
    uint32_t kinds[SHEET_KINDS_MAX];
} row_t;

typedef struct batch { // a message, and rows that are not sent beside those that are
    importing_t *owner;
    sending_t *sending;
    row_t rows[ROWS_MAX];
    size_t n, emitted, bytes;
} batch_t;

struct importing {
    importing_setup_t setup;
    settle_t *settle;
    uint64_t pause;
    batch_t batches[2];
    batch_t *under_way;  // NULL: none
    batch_t *gathered;   // the other one
    bool ready;          // that one has its rows
    reading_row_t stuck; // read, and for the next message
    bool is_stuck, at_end, refused_file;
    fault_t fault;
    planned_t *planned;
    missing_t *missing;
    uint32_t org; // of those that are missing
    pages_t *pages;
    plan_row_t plan; // the row of the plan at which it is
    char *line;
    size_t line_room;
};

static void step(importing_t *self);
static void send_gathered(importing_t *self);

// --- rows

static void forget_rows(batch_t *batch)
{
    for (size_t i = 0; i < batch->n; i++) {
        row_t *row = &batch->rows[i];
        free((void *)(uintptr_t)row->shown.cells);
        free((void *)(uintptr_t)row->shown.faults);
        free((void *)(uintptr_t)row->shown.warnings);
        free((void *)(uintptr_t)row->shown.reason);
    }
    batch->n = batch->emitted = batch->bytes = 0;
}

static const char *const *copy_cells(batch_t *batch, const csv_row_t *row)
{
    size_t size = row->n * sizeof(char *) + 1;
    for (size_t i = 0; i < row->n; i++) size += strlen(row->cells[i]) + 1;
    char **cells = xmalloc(size), *text = (char *)(cells + row->n);
    for (size_t i = 0; i < row->n; i++) {
        cells[i] = text;
        text = stpcpy(text, row->cells[i]) + 1;
    }
    batch->bytes += size;
    return (const char *const *)cells;
}

static const fault_t *copy_faults(const fault_t *faults, size_t n)
{
    return n > 0 ? xmemdup(faults, n * sizeof *faults) : NULL;
}

static void write_plan(importing_t *self, row_t *row)
{
    plan_row_t *plan = &row->plan;
    const Selenga__Outcome *outcome = row->shown.outcome;
    AUTO(xfree) char *reason = NULL;
    plan->number = row->shown.number;
    if (row->shown.result == RESULT_REJECTED) {
        plan->how = PLANNED_REFUSED;
        plan->reason = reason =
            importing_reasons(reading_sheet(self->setup.reading), &row->shown, self->setup.lang);
    } else {
        plan->how = row->shown.result == RESULT_NEW       ? PLANNED_NEW
                    : row->shown.result == RESULT_CHANGED ? PLANNED_CHANGED
                                                          : PLANNED_NOTHING;
    }
    // What is let in because of a row above it was not told: it is taken to be new.
    bool told = outcome != NULL && outcome->result != RESULT_REJECTED;
    for (size_t i = 0; i < plan->n; i++) {
        const char *expected = told ? "=" : "-";
        for (size_t k = 0; told && k < outcome->n_items; k++)
            if (outcome->items[k]->kind == row->kinds[i])
                expected = outcome->items[k]->replaced != NULL ? outcome->items[k]->replaced : "-";
        (void)text_copy(plan->expected[i], VERSION_TEXT, expected);
    }
    plan_write(self->setup.plan, plan);
}

static void emit(importing_t *self, row_t *row)
{
    if (self->setup.dry && self->setup.plan != NULL) write_plan(self, row);
    self->setup.row(self->setup.context, &row->shown);
}

static void emit_before(batch_t *batch, size_t end)
{
    for (; batch->emitted < end; batch->emitted++) emit(batch->owner, &batch->rows[batch->emitted]);
}

// Of a row that was taken they are warnings, of a refused one further reasons.
static void add_told(row_t *row, const Selenga__Outcome *outcome, bool taken, const fault_t *why)
{
    importing_row_t *shown = &row->shown;
    size_t n = taken ? shown->n_warnings : 0;
    fault_t *all = xcalloc(n + outcome->n_warnings + 1, sizeof *all);
    if (n > 0) memcpy(all, shown->warnings, n * sizeof *all);
    if (!taken) all[n++] = *why;
    for (size_t i = 0; i < outcome->n_warnings; i++) {
        fault_from_proto(outcome->warnings[i], &all[n]);
        n += !(row->alike && strcmp(all[n].code, "KEY-HELD-ALIKE") == 0);
    }
    const fault_t **place = taken ? &shown->warnings : &shown->faults;
    free((void *)(uintptr_t)*place);
    *place = all;
    *(taken ? &shown->n_warnings : &shown->n_faults) = n;
}

static void take_outcome(void *context, uint64_t tag, const Selenga__Outcome *outcome)
{
    batch_t *batch = context;
    importing_t *self = batch->owner;
    row_t *row = &batch->rows[tag];
    fault_t why = {.code = ""};
    uint32_t result = outcome->result;
    bool taken = result >= RESULT_NEW && result <= RESULT_UNCHANGED;
    emit_before(batch, (size_t)tag);
    if (!taken) fault_from_proto(outcome->fault, &why);
    if (!taken && self->setup.dry && planned_explains(self->planned, &why)) {
        taken = true;
        result = RESULT_NEW; // the row that it refers to is above it in the file
    }
    if (taken && self->setup.dry) planned_add(self->planned, outcome);
    row->shown.result = taken ? result : RESULT_REJECTED;
    row->shown.outcome = outcome;
    add_told(row, outcome, taken, &why);
    emit(self, row);
    batch->emitted = (size_t)tag + 1;
    row->shown.outcome = NULL;
}

// --- gathering

static row_t *enter(importing_t *self, const reading_row_t *read)
{
    batch_t *batch = self->gathered;
    row_t *row = &batch->rows[batch->n++];
    *row = (row_t){.alike = read->n_warnings > 0};
    row->shown = (importing_row_t){.number = read->cells.number,
                                   .n = read->cells.n,
                                   .cells = copy_cells(batch, &read->cells),
                                   .result = RESULT_REJECTED};
    return row;
}

static void refuse(row_t *row, const fault_t *faults, size_t n)
{
    row->shown.faults = copy_faults(faults, n);
    row->shown.n_faults = n;
}

// What the plan says of this row. False: it goes no further.
static bool follow_plan(importing_t *self, const reading_row_t *read)
{
    plan_row_t *plan = &self->plan;
    char hash[PLAN_HASH];
    fault_t fault;
    bool known = plan_read(self->setup.plan, plan, &self->line, &self->line_room) &&
                 plan->number == read->cells.number;
    bool writes = known && (plan->how == PLANNED_NEW || plan->how == PLANNED_CHANGED);
    if (writes && read->group != NULL) plan_hash(read->group, hash);
    if (writes && read->group != NULL && strcmp(hash, plan->hash) == 0) {
        plan_expect(plan, read->group);
        return true;
    }
    row_t *row = enter(self, read);
    if (known && plan->how == PLANNED_NOTHING) row->shown.result = RESULT_UNCHANGED;
    if (known && plan->how == PLANNED_REFUSED) row->shown.reason = xstrdup(plan->reason);
    if (known && !writes) return false;
    fault_set(&fault, "PLAN-OTHER", NULL);
    refuse(row, &fault, 1);
    return false;
}

static bool add_row(importing_t *self, const reading_row_t *read)
{
    if (!sending_add(self->gathered->sending, read->group, self->gathered->n)) return false;
    row_t *row = enter(self, read);
    row->sent = true;
    row->shown.warnings = copy_faults(read->warnings, read->n_warnings);
    row->shown.n_warnings = read->n_warnings;
    row->plan.n = read->group->n_items;
    for (size_t i = 0; i < read->group->n_items && i < SHEET_KINDS_MAX; i++)
        row->kinds[i] = read->group->items[i]->kind;
    if (self->setup.dry && self->setup.plan != NULL) plan_hash(read->group, row->plan.hash);
    return true;
}

// False: the message is full.
static bool take_row(importing_t *self, const reading_row_t *read)
{
    bool planned = !self->setup.dry && self->setup.plan != NULL;
    if (self->is_stuck) {
        self->is_stuck = false;
        return add_row(self, read);
    }
    if (self->missing != NULL && read->result->has_id) missing_note(self->missing, read->result->key);
    if (planned && !follow_plan(self, read)) return true;
    if (!planned && read->group == NULL) {
        refuse(enter(self, read), read->result->faults, read->result->n_faults);
        return true;
    }
    if (self->setup.strict && read->n_warnings > 0) {
        refuse(enter(self, read), read->warnings, read->n_warnings);
        return true;
    }
    self->is_stuck = !add_row(self, read);
    if (self->is_stuck) self->stuck = *read;
    return !self->is_stuck;
}

static void gather(importing_t *self)
{
    const batch_t *batch = self->gathered;
    self->ready = true;
    if (self->is_stuck) (void)take_row(self, &self->stuck); // alone it always has room
    while (batch->n < ROWS_MAX && batch->bytes < BATCH_BYTES) {
        reading_row_t read;
        int rc = reading_next(self->setup.reading, &read, &self->fault);
        self->at_end = rc != 0;
        self->refused_file = rc == READING_E_FILE;
        if (self->at_end || !take_row(self, &read)) return;
    }
}

static bool has_more(const importing_t *self)
{
    return !self->at_end || self->is_stuck;
}

// --- one thing after the other

static void end(importing_t *self, client_status_t status, const client_why_t *why)
{
    const fault_t *fault = self->refused_file ? &self->fault : NULL;
    if (fault != NULL && status == CLIENT_DONE) status = CLIENT_REFUSED;
    self->setup.done(self->setup.context, status, why, fault); // it may destroy this
}

static void after_pause(void *context, client_reply_t *reply)
{
    importing_t *self = context;
    (void)reply;
    self->pause = 0;
    step(self);
}

// Others have their turn between two messages. What is under way goes on by itself when it is over.
static void go_on(importing_t *self)
{
    client_why_t why;
    if (self->pause == 0) self->pause = client_pause(self->setup.client, 0, after_pause, self, &why);
    if (self->pause == 0 && self->under_way == NULL) end(self, CLIENT_LATER, &why);
}

static void finish_message(importing_t *self, batch_t *batch)
{
    emit_before(batch, batch->n);
    forget_rows(batch);
    if (self->setup.turn != NULL) self->setup.turn(self->setup.context);
}

static void take_sent(void *context, client_status_t status, const client_why_t *why)
{
    batch_t *batch = context;
    importing_t *self = batch->owner;
    if (status != CLIENT_DONE) {
        end(self, status, why);
        return;
    }
    finish_message(self, batch);
    self->under_way = NULL;
    if (self->ready)
        send_gathered(self);
    else
        go_on(self);
}

static void send_gathered(importing_t *self)
{
    client_why_t why;
    batch_t *batch = self->gathered;
    self->ready = false;
    if (sending_count(batch->sending) == 0) {
        finish_message(self, batch);
        go_on(self);
        return;
    }
    if (!sending_start(batch->sending, take_sent, &why)) {
        end(self, client_not_begun(&why), &why);
        return;
    }
    self->under_way = batch;
    self->gathered = batch == &self->batches[0] ? &self->batches[1] : &self->batches[0];
    go_on(self);
}

static bool take_missing(void *context, slice_t wire, const Selenga__Record *record)
{
    importing_t *self = context;
    char key[KEY_TEXT_MAX];
    const char *ref = missing_look(self->missing, record, key);
    (void)wire;
    if (ref != NULL) self->setup.missing(self->setup.context, ref);
    return true;
}

static void take_page(void *context, client_status_t status, const client_why_t *why, bool over)
{
    importing_t *self = context;
    if (status != CLIENT_DONE) {
        end(self, status, why);
        return;
    }
    if (over) {
        pages_destroy(&self->pages);
        self->org++;
    }
    go_on(self);
}

// False: nobody is left to be asked about.
static bool ask_missing(importing_t *self)
{
    Selenga__List request;
    client_why_t why;
    if (self->missing == NULL || self->refused_file) return false;
    if (self->pages == NULL) {
        if (!missing_request(self->missing, self->org, &request)) return false;
        self->pages = pages_new(self->setup.client, &request, NULL, 0, take_missing, take_page, self);
        pages_as(self->pages, self->setup.account);
    }
    if (!pages_next(self->pages, PAGE_TIMEOUT_MS, &why)) end(self, CLIENT_LATER, &why);
    return true;
}

static void step(importing_t *self)
{
    if (!self->ready && has_more(self)) gather(self);
    if (self->under_way != NULL) return;
    if (self->ready)
        send_gathered(self);
    else if (!ask_missing(self))
        end(self, CLIENT_DONE, NULL);
}

static void after_settle(void *context)
{
    importing_t *self = context;
    self->settle = NULL;
    step(self);
}

static void open_batch(importing_t *self, batch_t *batch, uint32_t service)
{
    const importing_setup_t *setup = &self->setup;
    unsigned how = setup->dry ? SENDING_DRY | SENDING_TOLD : SENDING_BULK | SENDING_TOLD;
    batch->owner = self;
    batch->sending =
        sending_new(setup->client, service, setup->strict ? how | SENDING_STRICT : how, take_outcome, batch);
    sending_as(batch->sending, setup->account);
    if (setup->run != NULL) sending_run(batch->sending, setup->run);
}

importing_t *importing_start(const importing_setup_t *setup, client_why_t *ret_why)
{
    importing_t *self = xcalloc(1, sizeof *self);
    const sheet_t *sheet = reading_sheet(setup->reading);
    uint32_t service = sheet_kind(sheet, 0)->number / 100;
    self->setup = *setup;
    self->gathered = &self->batches[0];
    for (size_t i = 0; i < 2; i++) open_batch(self, &self->batches[i], service);
    if (setup->dry) self->planned = planned_new();
    if (setup->missing != NULL) self->missing = missing_new(sheet);
    self->settle = settle_start(setup->client, service, SETTLE_MS, after_settle, self);
    if (self->settle == NULL) {
        *ret_why = (client_why_t){.cause = CLIENT_FULL, .service = service};
        importing_destroy(&self);
    }
    return self;
}

void importing_destroy(importing_t **self_p)
{
    importing_t *self = *self_p;
    if (self == NULL) return;
    settle_abandon(&self->settle);
    client_abandon(self->setup.client, self->pause);
    pages_destroy(&self->pages);
    for (size_t i = 0; i < 2; i++) {
        sending_destroy(&self->batches[i].sending);
        forget_rows(&self->batches[i]);
    }
    planned_destroy(&self->planned);
    missing_destroy(&self->missing);
    free(self->line);
    free(self);
    *self_p = NULL;
}

char *importing_reasons(const sheet_t *sheet, const importing_row_t *row, lang_t lang)
{
    char *text = NULL, sentence[FAULT_TEXT];
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (out == NULL) out_of_memory();
    if (row->reason != NULL) fputs(row->reason, out);
    for (size_t i = 0; i < row->n_faults; i++)
        fprintf(out, "%s%s", i > 0 ? " " : "",
                sheet_fault_text(sheet, &row->faults[i], lang, sentence, sizeof sentence));
    fclose(out);
    return text;
}
