// SPDX-License-Identifier: Apache-2.0
// A part stands once, though its row may be that of two years: which ones, its last day tells.
#include "services/reporting/career.h"
#include "common/base/date.h"
#include <assert.h>
#include <string.h>

void career_init(career_t *career, const uint8_t pseudonym[FACT_PSEUDONYM], const char *org)
{
    memcpy(career->pseudonym, pseudonym, FACT_PSEUDONYM);
    career->whole = true;
    career->org = org;
    career->origin = (fact_origin_t){0};
    career->n_runs = career->n_parts = 0;
    career->message = career->teams = NULL;
}

static int by_day(const team_part_t *a, const team_part_t *b)
{
    if (a->run_last_day != b->run_last_day) return a->run_last_day < b->run_last_day ? -1 : 1;
    int order = strcmp(a->team, b->team);
    return order != 0 ? order : strcmp(a->run, b->run);
}

static void add_part(career_t *career, const team_part_t *part)
{
    size_t at = career->n_parts;
    while (at > 0 && by_day(&career->parts[at - 1], part) > 0) at--;
    if (at > 0 && by_day(&career->parts[at - 1], part) == 0) return; // of the year before
    if (at == CAREER_PARTS_MAX) return;
    if (career->n_parts == CAREER_PARTS_MAX) career->n_parts--;
    memmove(&career->parts[at + 1], &career->parts[at], (career->n_parts - at) * sizeof *part);
    career->parts[at] = *part;
    career->n_parts++;
}

void career_add(career_t *career, int year, const fact_row_t *row)
{
    career_run_t *last = career->n_runs > 0 ? &career->runs[career->n_runs - 1] : NULL;
    assert(last == NULL || last->last < year);
    for (size_t i = 0; i < row->n_parts; i++) add_part(career, &row->parts[i]);
    if (last != NULL && last->last == year - 1 && memcmp(last->cells, row->cells, sizeof last->cells) == 0) {
        last->last = year;
        return;
    }
    if (career->n_runs == CAREER_RUNS_MAX) return;
    career_run_t *run = &career->runs[career->n_runs++];
    run->first = run->last = year;
    memcpy(run->cells, row->cells, sizeof run->cells);
}

const career_run_t *career_run(const career_t *career, int year)
{
    for (size_t i = 0; i < career->n_runs && career->runs[i].first <= year; i++)
        if (career->runs[i].last >= year) return &career->runs[i];
    return NULL;
}

bool career_part_in(const career_t *career, const team_part_t *part, int year)
{
    return !career->whole || (part->run_last_day >= period_make(year, CELL_YEAR).first_day &&
                              part->run_last_day <= period_make(year, CELL_ACADEMIC).last_day);
}

bool career_row(const career_t *career, int year, fact_row_t *ret_row)
{
    const career_run_t *run = career_run(career, year);
    if (run == NULL) return false;
    ret_row->org = career->org;
    ret_row->origin = career->origin;
    memcpy(ret_row->cells, run->cells, sizeof run->cells);
    ret_row->n_parts = 0;
    for (size_t i = 0; i < career->n_parts && ret_row->n_parts < FACT_PARTS_MAX; i++)
        if (career_part_in(career, &career->parts[i], year))
            ret_row->parts[ret_row->n_parts++] = career->parts[i];
    return true;
}

static bool same_part(const team_part_t *a, const team_part_t *b)
{
    return by_day(a, b) == 0 && a->programme == b->programme && a->hours == b->hours &&
           a->attended == b->attended && a->completed == b->completed;
}

static bool same_parts(const career_t *a, const career_t *b)
{
    if (a->n_parts != b->n_parts) return false;
    for (size_t i = 0; i < a->n_parts; i++)
        if (!same_part(&a->parts[i], &b->parts[i])) return false;
    return true;
}

static bool same_origin(const fact_origin_t *a, const fact_origin_t *b)
{
    return a->provisional == b->provisional && a->has_key == b->has_key && a->has_was == b->has_was &&
           memcmp(a->key, b->key, sizeof a->key) == 0 && memcmp(a->was, b->was, sizeof a->was) == 0;
}

bool career_same_year(const career_t *a, const career_t *b, int year)
{
    const career_run_t *x = career_run(a, year), *y = career_run(b, year);
    if (x == NULL || y == NULL) return x == y;
    return memcmp(x->cells, y->cells, sizeof x->cells) == 0 && same_origin(&a->origin, &b->origin) &&
           same_parts(a, b);
}
