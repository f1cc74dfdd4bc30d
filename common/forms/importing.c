// SPDX-License-Identifier: Apache-2.0
// Rows are gathered until a message is full; those that are not sent wait for those before them.
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

struct importing {
    importing_setup_t setup;
    sending_t *sending;
    settle_t *settle;
    uint64_t pause;
    row_t rows[ROWS_MAX];
    size_t n, emitted, bytes;
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

// --- rows

static void forget_rows(importing_t *self)
{
    for (size_t i = 0; i < self->n; i++) {
        row_t *row = &self->rows[i];
        free((void *)(uintptr_t)row->shown.cells);
        free((void *)(uintptr_t)row->shown.faults);
        free((void *)(uintptr_t)row->shown.warnings);
        free((void *)(uintptr_t)row->shown.reason);
    }
    self->n = self->emitted = self->bytes = 0;
}

static const char *const *copy_cells(importing_t *self, const csv_row_t *row)
{
    size_t size = row->n * sizeof(char *) + 1;
    for (size_t i = 0; i < row->n; i++) size += strlen(row->cells[i]) + 1;
    char **cells = xmalloc(size), *text = (char *)(cells + row->n);
    for (size_t i = 0; i < row->n; i++) {
        cells[i] = text;
        text = stpcpy(text, row->cells[i]) + 1;
    }
    self->bytes += size;
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

static void emit_before(importing_t *self, size_t end)
{
    for (; self->emitted < end; self->emitted++) emit(self, &self->rows[self->emitted]);
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
    importing_t *self = context;
    row_t *row = &self->rows[tag];
    fault_t why = {.code = ""};
    uint32_t result = outcome->result;
    bool taken = result >= RESULT_NEW && result <= RESULT_UNCHANGED;
    emit_before(self, (size_t)tag);
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
    self->emitted = (size_t)tag + 1;
    row->shown.outcome = NULL;
}

// --- filling a message

static row_t *enter(importing_t *self, const reading_row_t *read)
{
    row_t *row = &self->rows[self->n++];
    *row = (row_t){.alike = read->n_warnings > 0};
    row->shown = (importing_row_t){.number = read->cells.number,
                                   .n = read->cells.n,
                                   .cells = copy_cells(self, &read->cells),
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
    if (!sending_add(self->sending, read->group, self->n)) return false;
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

static void fill(importing_t *self)
{
    if (self->is_stuck) (void)take_row(self, &self->stuck); // alone it always has room
    while (self->n < ROWS_MAX && self->bytes < BATCH_BYTES) {
        reading_row_t read;
        int rc = reading_next(self->setup.reading, &read, &self->fault);
        self->at_end = rc != 0;
        self->refused_file = rc == READING_E_FILE;
        if (self->at_end || !take_row(self, &read)) return;
    }
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

// Others have their turn between two messages.
static void go_on(importing_t *self)
{
    client_why_t why;
    self->pause = client_pause(self->setup.client, 0, after_pause, self, &why);
    if (self->pause == 0) end(self, CLIENT_LATER, &why);
}

static void finish_message(importing_t *self)
{
    emit_before(self, self->n);
    forget_rows(self);
    if (self->setup.turn != NULL) self->setup.turn(self->setup.context);
}

static void take_sent(void *context, client_status_t status, const client_why_t *why)
{
    importing_t *self = context;
    if (status != CLIENT_DONE) {
        end(self, status, why);
        return;
    }
    finish_message(self);
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
    client_why_t why;
    if (!self->at_end || self->is_stuck) {
        fill(self);
        if (sending_count(self->sending) == 0) {
            finish_message(self);
            go_on(self);
        } else if (!sending_start(self->sending, take_sent, &why)) {
            end(self, why.cause == CLIENT_FULL ? CLIENT_LATER : CLIENT_REFUSED, &why);
        }
        return;
    }
    if (!ask_missing(self)) end(self, CLIENT_DONE, NULL);
}

static void after_settle(void *context)
{
    importing_t *self = context;
    self->settle = NULL;
    step(self);
}

importing_t *importing_start(const importing_setup_t *setup, client_why_t *ret_why)
{
    importing_t *self = xcalloc(1, sizeof *self);
    const sheet_t *sheet = reading_sheet(setup->reading);
    uint32_t service = sheet_kind(sheet, 0)->number / 100;
    unsigned how = setup->dry ? SENDING_DRY | SENDING_TOLD : SENDING_BULK | SENDING_TOLD;
    self->setup = *setup;
    self->sending =
        sending_new(setup->client, service, setup->strict ? how | SENDING_STRICT : how, take_outcome, self);
    sending_as(self->sending, setup->account);
    if (setup->run != NULL) sending_run(self->sending, setup->run);
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
    sending_destroy(&self->sending);
    forget_rows(self);
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
