// SPDX-License-Identifier: Apache-2.0
// Fact rows as bytes. Team parts are a message of their own inside a bytes field, so that the rules of kinds,
// which know plain fields only, hold for a fact as for every other kind.
#include "services/reporting/fact_body.h"
#include "proto/reporting.pb-c.h"
#include <assert.h>
#include <errno.h>
#include <stdlib.h>

static void fill_part(const team_part_t *part, Selenga__TeamPart *to)
{
    selenga__team_part__init(to);
    to->team = (char *)part->team; // packed from, never changed
    to->run = (char *)part->run;
    to->has_run_last_day = to->has_programme = to->has_hours = to->has_attended = to->has_completed = true;
    to->run_last_day = part->run_last_day;
    to->programme = part->programme;
    to->hours = part->hours;
    to->attended = part->attended;
    to->completed = part->completed;
}

// Packs as many parts as fit; returns the size.
static size_t pack_parts(const fact_row_t *row, uint8_t to[FACT_TEAMS_MAX])
{
    Selenga__TeamPart parts[FACT_PARTS_MAX];
    Selenga__TeamPart *list[FACT_PARTS_MAX];
    Selenga__TeamParts all = SELENGA__TEAM_PARTS__INIT;
    all.parts = list;
    assert(row->n_parts <= FACT_PARTS_MAX);
    for (size_t i = 0; i < row->n_parts; i++) {
        fill_part(&row->parts[i], &parts[i]);
        list[i] = &parts[i];
    }
    all.n_parts = row->n_parts;
    while (selenga__team_parts__get_packed_size(&all) > FACT_TEAMS_MAX) all.n_parts--;
    return selenga__team_parts__pack(&all, to);
}

void fact_body_pack(const uint8_t pseudonym[PSEUDONYM_BYTES], int year, const fact_row_t *row,
                    uint8_t **ret_body, size_t *ret_size)
{
    uint8_t cells[N_CELLS * sizeof(uint32_t)], teams[FACT_TEAMS_MAX];
    for (size_t i = 0; i < N_CELLS; i++) be32_store(cells + i * sizeof(uint32_t), row->cells[i]);
    Selenga__Fact fact = SELENGA__FACT__INIT;
    fact.has_pseudonym = fact.has_year = fact.has_cells = true;
    fact.pseudonym = (ProtobufCBinaryData){PSEUDONYM_BYTES, (uint8_t *)pseudonym};
    fact.org = (char *)row->org;
    fact.year = year;
    fact.cells = (ProtobufCBinaryData){sizeof cells, cells};
    fact.teams = (ProtobufCBinaryData){pack_parts(row, teams), teams};
    fact.has_teams = fact.teams.len > 0;
    const fact_origin_t *origin = &row->origin;
    fact.has_provisional = fact.provisional = origin->provisional;
    fact.has_key = origin->has_key;
    fact.key = (ProtobufCBinaryData){origin->has_key ? FACT_MARK : 0, (uint8_t *)origin->key};
    fact.has_was = origin->has_was;
    fact.was = (ProtobufCBinaryData){origin->has_was ? FACT_PSEUDONYM : 0, (uint8_t *)origin->was};
    *ret_size = selenga__fact__get_packed_size(&fact);
    *ret_body = xmalloc(*ret_size);
    selenga__fact__pack(&fact, *ret_body);
}

static bool take_parts(const Selenga__Fact *message, fact_t *fact)
{
    if (!message->has_teams) return true;
    if (message->teams.len > FACT_TEAMS_MAX) return false;
    Selenga__TeamParts *teams = selenga__team_parts__unpack(NULL, message->teams.len, message->teams.data);
    fact->teams = teams;
    if (!teams || teams->n_parts > FACT_PARTS_MAX) return false;
    for (size_t i = 0; i < teams->n_parts; i++) {
        const Selenga__TeamPart *part = teams->parts[i];
        if (!part->team || !part->run || !part->has_run_last_day || part->hours < 0) return false;
        fact->row.parts[fact->row.n_parts++] = (team_part_t){
            .team = part->team,
            .run = part->run,
            .run_last_day = part->run_last_day,
            .programme = part->programme,
            .hours = part->hours,
            .attended = part->attended,
            .completed = part->completed,
        };
    }
    return true;
}

static void take_origin(const Selenga__Fact *message, fact_origin_t *to)
{
    to->provisional = message->has_provisional && message->provisional;
    to->has_key = message->key.len == FACT_MARK;
    if (to->has_key) memcpy(to->key, message->key.data, FACT_MARK);
    to->has_was = message->was.len == FACT_PSEUDONYM;
    if (to->has_was) memcpy(to->was, message->was.data, FACT_PSEUDONYM);
}

static bool take(const Selenga__Fact *message, fact_t *fact)
{
    if (!message->has_pseudonym || message->pseudonym.len != PSEUDONYM_BYTES) return false;
    if (!message->org || !*message->org) return false;
    if (message->year < PERIOD_YEAR_MIN || message->year > PERIOD_YEAR_MAX) return false;
    if (message->cells.len > N_CELLS * sizeof(uint32_t) || message->cells.len % sizeof(uint32_t))
        return false;
    memcpy(fact->pseudonym, message->pseudonym.data, PSEUDONYM_BYTES);
    fact->year = (int)message->year;
    fact->row.org = message->org;
    for (size_t i = 0; i < message->cells.len / sizeof(uint32_t); i++)
        fact->row.cells[i] =
            fact_normal(be32_load(message->cells.data + i * sizeof(uint32_t)) & ~FACT_ASSIGNED);
    take_origin(message, &fact->row.origin);
    return take_parts(message, fact);
}

int fact_body_unpack(slice_t body, fact_t *ret_fact)
{
    if (body.size > FACT_BODY_MAX) return -EBADMSG;
    fact_t fact = {0};
    Selenga__Fact *message = selenga__fact__unpack(NULL, body.size, body.data);
    fact.message = message;
    if (!message || !take(message, &fact)) {
        fact_clear(&fact);
        return -EBADMSG;
    }
    *ret_fact = fact;
    return 0;
}

void fact_clear(fact_t *fact)
{
    selenga__team_parts__free_unpacked(fact->teams, NULL);
    selenga__fact__free_unpacked(fact->message, NULL);
    *fact = (fact_t){0};
}
