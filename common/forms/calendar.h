// SPDX-License-Identifier: Apache-2.0
// One calendar of all kinds that have days (their declaration: calendar), and what in it is in each other's
// way: one organisation, one place, one person with two things on one day. Days alone are known, no hours.
//
// Filled in two rounds: first all records of calendar_wants(), then, behind calendar_close(), those that
// calendar_ask() names: who is busy. People are counted and never named.
#pragma once
#include "common/forms/view.h"

enum {
    CALENDAR_DAYS = 1100,    // the longest stretch that is looked at
    CALENDAR_ENTRIES = 5000, // in it, and as many tombstones; others are left out, and `more` says so
    CALENDAR_ASKS = 400,     // questions who is busy, the earliest first
    CALENDAR_CLASHES = 1000,
};

typedef struct calendar calendar_t;

typedef struct calendar_entry {
    const kind_rule_t *kind;
    rid_t id;
    int64_t sequence; // grows with each version of the record, and fits 31 bits
    int32_t from, to; // its days
    bool off;         // does not take place
    bool shown;
    char *ref; // natural key, or "" where there is none
    char *org; // code
    char *title;
    char *place; // NULL: none is named
    // of those that it is looked through for:
    rid_t with;
    char *with_ref; // its natural key
    bool has_with;
    rid_t titled; // of whom it has its title
    bool has_titled, crowded;
} calendar_entry_t;

typedef struct calendar_clash {
    uint32_t a, b; // entries
    size_t people; // busy with both; 0: none that are known
    bool place, org;
    const char *common; // the place, or the code of the organisation; "": only people
} calendar_clash_t;

// Days `from` to `to`, both within. `org`: only of this one and those below it; NULL: all.
calendar_t *calendar_new(int32_t from, int32_t to, const char *org);
void calendar_destroy(calendar_t **self);

// Are records of the kind needed? Of a deleted one no day is known: it is in no calendar, nor in a file that
// is fetched again.
bool calendar_wants(const calendar_t *self, const kind_rule_t *kind);
void calendar_add(calendar_t *self, const kind_rule_t *kind, const Selenga__Record *record);
void calendar_close(calendar_t *self);

// The i-th question who is busy: records of a kind by a field. False: there is none.
typedef struct calendar_ask {
    const kind_rule_t *kind;
    const char *field, *value;
} calendar_ask_t;
bool calendar_ask(const calendar_t *self, size_t i, calendar_ask_t *ret_ask);
void calendar_add_busy(calendar_t *self, size_t ask, const Selenga__Record *record);

// By days.
const calendar_entry_t *calendar_entries(const calendar_t *self, size_t *ret_n);
// By days. Works them out; call it once all who are busy are known.
const calendar_clash_t *calendar_clashes(calendar_t *self, size_t *ret_n);
bool calendar_more(const calendar_t *self); // something was left out
// The days that both have.
void calendar_common_days(const calendar_t *self, const calendar_clash_t *clash, int32_t *ret_from,
                          int32_t *ret_to);
// Why two are in each other's way, as a sentence, in the language of the thread. Returns buf of VIEW_TEXT
// bytes.
const char *calendar_why(const calendar_clash_t *clash, char *buf);
