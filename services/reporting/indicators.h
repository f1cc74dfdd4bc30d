// SPDX-License-Identifier: Apache-2.0
// Definitions of indicators, and reports made by them. Definitions are records: they follow each other in
// time, and a period is counted by the one in force on its last day (domain 0.4).
#pragma once
#include "proto/api.pb-c.h"
#include "proto/reporting.pb-c.h"
#include "services/reporting/definition.h"
#include "services/reporting/table.h"

typedef struct indicators indicators_t;

indicators_t *indicators_new(void);
void indicators_destroy(indicators_t **indicators);

// Adds a definition or replaces that of the same code and valid_from. False, and nothing changes, when it is
// refused.
bool indicators_put(indicators_t *indicators, const Selenga__Indicator *record, indicator_error_t *ret_error);
// The same checks without a set: what a definition must pass before it is stored.
bool indicator_check(const Selenga__Indicator *record, indicator_error_t *ret_error);
void indicators_remove(indicators_t *indicators, const char *code, int32_t valid_from);

// The definition of that code that counts a period which ends on this day; NULL: there is none.
const definition_t *indicators_in_force(const indicators_t *indicators, const char *code, int32_t last_day);
// What was counted: grows with each change of the table or of a definition.
uint64_t indicators_state(const indicators_t *indicators, const table_t *table);

// A report with many children comes in pages that fit a message.
typedef struct report_page {
    const char *after; // code of the last child of the page before; NULL: the first page
    uint64_t state;    // the reply's, of the page before
    int32_t today;     // for people: a period that has not ended is told as of this day; 0: it is not known
} report_page_t;

// Indicators of an organisation's subtree and of its children one level down. Returns the reply, freed with
// selenga__report_reply__free_unpacked(reply, NULL), or NULL when the organisation is not known. What was
// counted for a period is kept until the table or a definition changes, and for a while longer for those who
// read on: a further page is of the same state, or of another one if that is not kept any more.
Selenga__ReportReply *indicators_report(indicators_t *indicators, const table_t *table, const char *org,
                                        const period_t *period, const report_page_t *page);
// The same for the organisation alone, as it would be if the draft were in force in the period, whatever its
// own days, in the place of the definition of its code. Nothing of it is kept. NULL with ret_error->what set:
// the draft is refused; NULL with ret_error->what NULL: the organisation is not known.
Selenga__ReportReply *indicators_try(const indicators_t *indicators, const table_t *table, const char *org,
                                     const period_t *period, int32_t today, const Selenga__Indicator *draft,
                                     indicator_error_t *ret_error);
