// SPDX-License-Identifier: Apache-2.0
// Rows stand at the number of their key; a removed record leaves its row behind, not live.
#include "services/reporting/roster.h"
#include "services/reporting/orgs.h"
#include <stdlib.h>

roster_t *roster_new(struct orgs *orgs)
{
    roster_t *roster = xcalloc(1, sizeof *roster);
    roster->orgs = orgs;
    roster->persons = dict_new();
    roster->refs = dict_new();
    roster->methodists = dict_new();
    roster->assignments = dict_new();
    roster->teams = dict_new();
    roster->runs = dict_new();
    return roster;
}

void roster_destroy(roster_t **roster)
{
    if (!roster || !*roster) return;
    roster_t *r = *roster;
    dict_destroy(&r->persons);
    dict_destroy(&r->refs);
    dict_destroy(&r->methodists);
    dict_destroy(&r->assignments);
    dict_destroy(&r->teams);
    dict_destroy(&r->runs);
    free(r->ref_person);
    free(r->ref_made);
    free(r->ref_org);
    free(r->methodist_rows);
    free(r->assignment_rows);
    free(r->team_orgs);
    free(r);
    *roster = NULL;
}

// Makes room for row N; dict numbers grow by one, so twice the room is always enough.
#define WIDEN(ROWS, ROOM, N)                                                                                 \
    do {                                                                                                     \
        if ((N) >= (ROOM)) {                                                                                 \
            (ROOM) = (ROOM) ? (ROOM)*2 : 64;                                                                 \
            (ROWS) = xrealloc((ROWS), (ROOM) * sizeof *(ROWS));                                              \
        }                                                                                                    \
    } while (0)

static uint32_t ref_number(roster_t *r, const char *ref)
{
    uint32_t before = dict_count(r->refs), n = dict_add(r->refs, slice_text(ref));
    WIDEN(r->ref_person, r->ref_room, n);
    WIDEN(r->ref_made, r->made_room, n);
    WIDEN(r->ref_org, r->ref_org_room, n);
    if (n == before) {
        r->ref_person[n] = r->ref_org[n] = DICT_NONE;
        r->ref_made[n] = 0;
    }
    return n;
}

uint32_t roster_person(roster_t *r, const uint8_t *pseudonym, size_t size)
{
    return dict_add(r->persons, slice(pseudonym, size));
}

void roster_put_person(roster_t *r, const char *ref, const uint8_t *pseudonym, size_t size)
{
    r->changes++;
    uint32_t n = ref_number(r, ref);
    r->ref_person[n] = roster_person(r, pseudonym, size);
}

void roster_remove_person(roster_t *r, const char *ref)
{
    r->changes++;
    uint32_t n = dict_find(r->refs, slice_text(ref));
    if (n == DICT_NONE) return;
    r->ref_person[n] = DICT_NONE;
    r->ref_made[n] = 0;
}

void roster_set_made(roster_t *r, const char *ref, const char *org, uint32_t made)
{
    r->changes++;
    uint32_t n = ref_number(r, ref);
    r->ref_org[n] = orgs_number(r->orgs, slice_text(org));
    r->ref_made[n] = made;
}

static uint32_t methodist_number(roster_t *r, const char *code)
{
    uint32_t before = dict_count(r->methodists), n = dict_add(r->methodists, slice_text(code));
    WIDEN(r->methodist_rows, r->methodist_room, n);
    if (n == before) r->methodist_rows[n] = (roster_methodist_t){.live = false};
    return n;
}

void roster_put_methodist(roster_t *r, const char *code, const char *person, const char *org, int32_t from,
                          int32_t to)
{
    r->changes++;
    uint32_t ref = ref_number(r, person), n = methodist_number(r, code);
    r->methodist_rows[n] = (roster_methodist_t){ref, orgs_number(r->orgs, slice_text(org)), from, to, true};
}

void roster_remove_methodist(roster_t *r, const char *code)
{
    r->changes++;
    r->methodist_rows[methodist_number(r, code)].live = false;
}

// Codes hold no control characters, so that the parts cannot run into each other.
static uint32_t assignment_number(roster_t *r, const char *methodist, const char *person, int32_t from)
{
    size_t a = strlen(methodist) + 1, b = strlen(person) + 1;
    AUTO(xfree) uint8_t *key = xmalloc(a + b + sizeof from);
    memcpy(key, methodist, a);
    memcpy(key + a, person, b);
    memcpy(key + a + b, &from, sizeof from);
    uint32_t before = dict_count(r->assignments),
             n = dict_add(r->assignments, slice(key, a + b + sizeof from));
    WIDEN(r->assignment_rows, r->assignment_room, n);
    if (n == before) r->assignment_rows[n] = (roster_assignment_t){.live = false};
    return n;
}

void roster_put_assignment(roster_t *r, const char *methodist, const char *person, int32_t from, int32_t to)
{
    r->changes++;
    uint32_t m = methodist_number(r, methodist), ref = ref_number(r, person);
    uint32_t n = assignment_number(r, methodist, person, from);
    r->assignment_rows[n] = (roster_assignment_t){m, ref, from, to, true};
}

void roster_remove_assignment(roster_t *r, const char *methodist, const char *person, int32_t from)
{
    r->changes++;
    r->assignment_rows[assignment_number(r, methodist, person, from)].live = false;
}

uint32_t roster_team(roster_t *r, const char *code)
{
    uint32_t before = dict_count(r->teams), n = dict_add(r->teams, slice_text(code));
    WIDEN(r->team_orgs, r->team_room, n);
    if (n == before) r->team_orgs[n] = DICT_NONE;
    return n;
}

void roster_put_team(roster_t *r, const char *code, const char *org)
{
    r->changes++;
    uint32_t n = roster_team(r, code);
    r->team_orgs[n] = orgs_number(r->orgs, slice_text(org));
}

void roster_remove_team(roster_t *r, const char *code)
{
    r->changes++;
    r->team_orgs[roster_team(r, code)] = DICT_NONE;
}

uint32_t roster_run(roster_t *r, const char *code)
{
    return dict_add(r->runs, slice_text(code));
}
