// SPDX-License-Identifier: Apache-2.0
// Reporting: facts of the people employed here, sent up as rows; indicators over the facts of the whole
// subtree.
//
//   records of the node -> concerns.c (who is touched) -> recount.c (when he is counted) -> recount_one.c:
//   human.c (what is known of him) -> facts.c -> career.c -> fact records
//   fact records, organisations, kinds with columns -> projection.c -> table in memory -> indicators.c ->
//   report
#pragma once
#include "common/service/service.h"
#include "services/reporting/aspects.h"
#include "services/reporting/indicators.h"
#include "services/reporting/table.h"
#include "services/reporting/years.h"

extern const service_def_t REPORTING;

typedef struct reporting_settings {
    int64_t first_year, last_year;
} reporting_settings_t;

typedef struct dirty { // somebody whose facts are to be counted again
    uint8_t pseudonym[PSEUDONYM_BYTES];
    bool bulk;  // all that touched this person was of a load
    bool later; // and touched many at once: they may wait for a further transaction
    years_t years;
    unsigned aspects; // enum aspect: what of his facts, beside what his posts and his age say
    // Only new records touched him, of kinds that add to a form of support and never take away from it, all
    // of these days: where he has that form already, nothing is to be counted.
    bool only_more;
    int32_t first_day, last_day;
} dirty_t;

typedef struct projection_walk { // how far the table in memory has come, after a start
    size_t kind;
    bool begun;
    list_mark_t mark;
} projection_walk_t;

enum { ASKED_MAX = 64 };

typedef struct reporting {
    service_t *service;
    reporting_settings_t settings;
    table_t *table;
    indicators_t *indicators;
    dirty_t *dirty; // people to count again before the commit
    size_t n_dirty, room;
    bool waiting; // people wait for further transactions
    bool older;   // some have facts as an earlier program wrote them
    bool fewer;   // and so have all whom `fewer_at` has not come to: their flags are made of less
    uint8_t fewer_at[PSEUDONYM_BYTES];
    struct gone_fact *gone; // facts to be removed when all others are written
    size_t n_gone, room_gone;
    projection_walk_t walk;
    bool projected;    // the table holds all that the store does
    envelope_t *asked; // requests for reports that came before, with their bodies
    size_t n_asked, room_asked;
    struct explaining *explaining; // that is being read; NULL: none
    uint64_t explaining_state;
    int failed; // -errno of this transaction, which must not be committed; 0: none
} reporting_t;
