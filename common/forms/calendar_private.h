// SPDX-License-Identifier: Apache-2.0
// What calendar.c and calendar_clash.c share.
#pragma once
#include "common/base/dict.h"
#include "common/forms/calendar.h"

enum claim_of { CLAIM_PERSON, CLAIM_PLACE, CLAIM_ORG };

// Somebody or something that an entry needs for itself.
typedef struct claim {
    uint32_t what; // number in `resources`; its first byte says what it is
    uint32_t entry;
} claim_t;

typedef struct question_busy {
    const kind_rule_t *kind;
    size_t field;
    char value[REF_MAX + 1];
    rid_t id;
} question_busy_t;

struct calendar {
    int32_t from, to;
    char *org;
    calendar_entry_t *entries;
    size_t n, room;
    dict_t *titles;  // id of a record by which others are called, as bytes
    char **title_of; // of each
    size_t titles_room;
    dict_t *orgs; // codes
    char **above; // of each; NULL: none
    size_t orgs_room;
    dict_t *resources;
    claim_t *claims;
    size_t n_claims, claims_room;
    question_busy_t *asks;
    size_t n_asks, asks_room;
    calendar_clash_t *clashes;
    size_t n_clashes, clashes_room;
    bool more;
};

bool calendar_in_the_way(const calendar_entry_t *a, const calendar_entry_t *b);
bool calendar_same_days(const calendar_entry_t *a, const calendar_entry_t *b);
void calendar_claim(calendar_t *self, enum claim_of of, const char *what, size_t entry);
// Marks what has something else on its days, and notes whom to ask about it.
void calendar_find_crowded(calendar_t *self);
