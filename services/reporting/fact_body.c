// SPDX-License-Identifier: Apache-2.0
// Careers as bytes. Runs are packed words, for there is one in each record of a country; team parts are a
// message of their own inside a bytes field, so that the rules of kinds, which know plain fields only, hold
// for a fact as for every other kind.
#include "services/reporting/fact_body.h"
#include "proto/reporting.pb-c.h"
#include <assert.h>
#include <errno.h>
#include <stdlib.h>

enum { RUN = 2 * sizeof(uint16_t) + N_CELLS * sizeof(uint32_t) };

static void store_year(uint8_t *to, int year)
{
    to[0] = (uint8_t)(year >> 8);
    to[1] = (uint8_t)year;
}

static int load_year(const uint8_t *from)
{
    return from[0] << 8 | from[1];
}

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
static size_t pack_parts(const career_t *career, uint8_t to[FACT_TEAMS_MAX])
{
    Selenga__TeamPart parts[CAREER_PARTS_MAX];
    Selenga__TeamPart *list[CAREER_PARTS_MAX];
    Selenga__TeamParts all = SELENGA__TEAM_PARTS__INIT;
    all.parts = list;
    assert(career->n_parts <= CAREER_PARTS_MAX);
    for (size_t i = 0; i < career->n_parts; i++) {
        fill_part(&career->parts[i], &parts[i]);
        list[i] = &parts[i];
    }
    all.n_parts = career->n_parts;
    while (selenga__team_parts__get_packed_size(&all) > FACT_TEAMS_MAX) all.n_parts--;
    return selenga__team_parts__pack(&all, to);
}

static size_t pack_runs(const career_t *career, uint8_t *to)
{
    for (size_t i = 0; i < career->n_runs; i++, to += RUN) {
        const career_run_t *run = &career->runs[i];
        store_year(to, run->first);
        store_year(to + 2, run->last);
        for (size_t c = 0; c < N_CELLS; c++) be32_store(to + 4 + c * sizeof(uint32_t), run->cells[c]);
    }
    return career->n_runs * RUN;
}

void fact_body_pack(const career_t *career, uint8_t **ret_body, size_t *ret_size)
{
    uint8_t runs[CAREER_RUNS_MAX * RUN], teams[FACT_TEAMS_MAX];
    Selenga__Fact fact = SELENGA__FACT__INIT;
    fact.has_pseudonym = fact.has_year = fact.has_runs = true;
    fact.pseudonym = (ProtobufCBinaryData){PSEUDONYM_BYTES, (uint8_t *)career->pseudonym};
    fact.org = (char *)career->org;
    fact.runs = (ProtobufCBinaryData){pack_runs(career, runs), runs};
    fact.teams = (ProtobufCBinaryData){career->n_parts > 0 ? pack_parts(career, teams) : 0, teams};
    fact.has_teams = fact.teams.len > 0;
    const fact_origin_t *origin = &career->origin;
    fact.has_provisional = fact.provisional = origin->provisional;
    fact.has_key = origin->has_key;
    fact.key = (ProtobufCBinaryData){origin->has_key ? FACT_MARK : 0, (uint8_t *)origin->key};
    fact.has_was = origin->has_was;
    fact.was = (ProtobufCBinaryData){origin->has_was ? FACT_PSEUDONYM : 0, (uint8_t *)origin->was};
    *ret_size = selenga__fact__get_packed_size(&fact);
    *ret_body = xmalloc(*ret_size);
    selenga__fact__pack(&fact, *ret_body);
}

static bool take_parts(const Selenga__Fact *message, career_t *to)
{
    if (!message->has_teams) return true;
    if (message->teams.len > FACT_TEAMS_MAX) return false;
    Selenga__TeamParts *teams = selenga__team_parts__unpack(NULL, message->teams.len, message->teams.data);
    to->teams = teams;
    if (!teams || teams->n_parts > (to->whole ? CAREER_PARTS_MAX : FACT_PARTS_MAX)) return false;
    for (size_t i = 0; i < teams->n_parts; i++) {
        const Selenga__TeamPart *part = teams->parts[i];
        if (!part->team || !part->run || !part->has_run_last_day || part->hours < 0) return false;
        to->parts[to->n_parts++] = (team_part_t){
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

static void take_cells(const uint8_t *from, size_t size, uint32_t cells[N_CELLS])
{
    for (size_t i = 0; i < N_CELLS; i++)
        cells[i] = i * sizeof(uint32_t) < size
                       ? fact_normal(be32_load(from + i * sizeof(uint32_t)) & ~FACT_ASSIGNED)
                       : 0;
}

// The one year of an earlier program.
static bool take_year(const Selenga__Fact *message, career_t *to)
{
    if (message->year < PERIOD_YEAR_MIN || message->year > PERIOD_YEAR_MAX) return false;
    if (message->cells.len > N_CELLS * sizeof(uint32_t) || message->cells.len % sizeof(uint32_t))
        return false;
    to->runs[0].first = to->runs[0].last = (int)message->year;
    take_cells(message->cells.data, message->cells.len, to->runs[0].cells);
    to->n_runs = 1;
    return true;
}

static bool take_runs(const Selenga__Fact *message, career_t *to)
{
    size_t n = message->runs.len / RUN;
    int before = PERIOD_YEAR_MIN - 1;
    if (n == 0 || n > CAREER_RUNS_MAX || message->runs.len % RUN != 0) return false;
    for (size_t i = 0; i < n; i++) {
        const uint8_t *from = message->runs.data + i * RUN;
        career_run_t *run = &to->runs[to->n_runs++];
        run->first = load_year(from);
        run->last = load_year(from + 2);
        if (run->first <= before || run->last < run->first || run->last > PERIOD_YEAR_MAX) return false;
        before = run->last;
        take_cells(from + 4, N_CELLS * sizeof(uint32_t), run->cells);
    }
    return true;
}

static bool take(const Selenga__Fact *message, career_t *to)
{
    if (!message->has_pseudonym || message->pseudonym.len != PSEUDONYM_BYTES) return false;
    if (!message->org || !*message->org || !message->has_year) return false;
    career_init(to, message->pseudonym.data, message->org);
    to->message = (void *)message;
    to->whole = message->year == 0;
    if (to->whole ? !take_runs(message, to) : !take_year(message, to)) return false;
    take_origin(message, &to->origin);
    return take_parts(message, to);
}

int fact_body_unpack(slice_t body, career_t *ret_career)
{
    if (body.size > FACT_BODY_MAX) return -EBADMSG;
    Selenga__Fact *message = selenga__fact__unpack(NULL, body.size, body.data);
    ret_career->message = message;
    ret_career->teams = NULL;
    if (message && take(message, ret_career)) return 0;
    fact_clear(ret_career);
    return -EBADMSG;
}

void fact_clear(career_t *career)
{
    selenga__team_parts__free_unpacked(career->teams, NULL);
    selenga__fact__free_unpacked(career->message, NULL);
    career->teams = career->message = NULL;
}
