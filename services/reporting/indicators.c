// SPDX-License-Identifier: Apache-2.0
// A report: the definitions in force, all their queries answered in one scan, then arithmetic group by group.
#include "services/reporting/indicators.h"
#include "common/base/date.h"
#include "common/base/vec.h"
#include "services/reporting/counts.h"
#include "services/reporting/day.h"
#include "services/reporting/number.h"
#include <assert.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

// Below this share of units that sent facts a value is marked preliminary (domain 2.2 rule 11).
enum { COVERAGE_PERCENT = 95 };

// Periods whose counts are kept: people look at a few of them again and again.
enum { KEPT = 4, PAGE_BYTES = 256 * 1024 };

typedef struct kept {
    counts_t *counts;
    const table_t *table;
    uint64_t state; // when they were counted
    uint64_t orgs;  // and how often organisations had changed
} kept_t;

struct indicators {
    definition_t **list; // by code, then by valid_from
    size_t n, room;
    kept_t kept[KEPT];
    size_t next;      // to be replaced
    uint64_t changes; // of definitions, from a random number on: no two processes have a state in common
};

static void forget_counts(indicators_t *set)
{
    for (size_t i = 0; i < KEPT; i++) counts_destroy(&set->kept[i].counts);
    set->changes++;
}

indicators_t *indicators_new(void)
{
    indicators_t *set = xcalloc(1, sizeof *set);
    set->changes = (uint64_t)randombytes_random() << 31;
    return set;
}

void indicators_destroy(indicators_t **indicators)
{
    if (!indicators || !*indicators) return;
    forget_counts(*indicators);
    for (size_t i = 0; i < (*indicators)->n; i++) definition_destroy(&(*indicators)->list[i]);
    free((*indicators)->list);
    free(*indicators);
    *indicators = NULL;
}

const definition_t *indicators_in_force(const indicators_t *set, const char *code, int32_t last_day)
{
    const definition_t *found = NULL; // the last of them, as counts.c chooses
    for (size_t i = 0; i < set->n; i++)
        if (strcmp(set->list[i]->code, code) == 0 &&
            day_within(last_day, set->list[i]->valid_from, set->list[i]->valid_to))
            found = set->list[i];
    return found;
}

// Where the definition stands or belongs.
static size_t position(const indicators_t *set, const char *code, int32_t valid_from, bool *ret_there)
{
    size_t i = 0;
    for (; i < set->n; i++) {
        int order = strcmp(set->list[i]->code, code);
        if (order > 0 || (order == 0 && set->list[i]->valid_from >= valid_from)) break;
    }
    *ret_there =
        i < set->n && strcmp(set->list[i]->code, code) == 0 && set->list[i]->valid_from == valid_from;
    return i;
}

bool indicators_put(indicators_t *set, const Selenga__Indicator *record, indicator_error_t *ret_error)
{
    definition_t *definition = definition_new(record, ret_error);
    bool there;
    if (!definition) return false;
    forget_counts(set);
    size_t i = position(set, definition->code, definition->valid_from, &there);
    if (there) {
        definition_destroy(&set->list[i]);
    } else {
        vec_reserve(set->list, set->room, set->n + 1);
        memmove(&set->list[i + 1], &set->list[i], (set->n - i) * sizeof *set->list);
        set->n++;
    }
    set->list[i] = definition;
    return true;
}

bool indicator_check(const Selenga__Indicator *record, indicator_error_t *ret_error)
{
    AUTO(definition_destroy) definition_t *definition = definition_new(record, ret_error);
    return definition != NULL;
}

void indicators_remove(indicators_t *set, const char *code, int32_t valid_from)
{
    bool there;
    size_t i = position(set, code, valid_from, &there);
    if (!there) return;
    forget_counts(set);
    definition_destroy(&set->list[i]);
    set->n--;
    memmove(&set->list[i], &set->list[i + 1], (set->n - i) * sizeof *set->list);
}

// ---- one value ----

// also: NULL: nothing
static void add_note(Selenga__IndicatorValue *to, const char *code, char *arg, char *also)
{
    Selenga__Fault *fault = xmalloc(sizeof *fault);
    selenga__fault__init(fault);
    fault->code = xstrdup(code);
    fault->args = xmalloc(2 * sizeof *fault->args);
    fault->args[0] = arg;
    fault->args[1] = also;
    fault->n_args = also != NULL ? 2 : 1;
    to->notes = xrealloc(to->notes, (to->n_notes + 1) * sizeof(Selenga__Fault *));
    to->notes[to->n_notes++] = fault;
}

// What the value is divided by, as a note shows it beside its own number; NULL: by nothing.
static char *divisor_text(const Selenga__IndicatorValue *value)
{
    char text[NUMBER_TEXT_MAX];
    if (!value->has_denominator) return NULL;
    number_text(value->denominator, 1, 1, 0, text);
    return xstrdup(text);
}

// Notes above zero; returns whether one of them fails the target.
static bool take_notes(const counts_t *counts, uint32_t group, const definition_t *d,
                       Selenga__IndicatorValue *to)
{
    bool fails = false;
    for (size_t i = 0; i < d->n_notes; i++) {
        value_t value = counts_value(counts, group, d->notes[i].expr);
        if (value.null || value.number <= 0) continue;
        char text[NUMBER_TEXT_MAX];
        int scale = d->notes[i].expr->scale;
        number_text(value.number, expr_unit(d->notes[i].expr), 1, 2 * scale, text);
        add_note(to, d->notes[i].code, xstrdup(text), divisor_text(to));
        fails |= d->notes[i].fails;
    }
    return fails;
}

// The value itself. A zero denominator is "not applicable": no value, but its sums are shown. Decimals are
// counted in hundredths: then their count has a denominator.
static void take_value(const counts_t *counts, uint32_t group, const definition_t *d,
                       Selenga__IndicatorValue *to)
{
    value_t numerator = counts_value(counts, group, d->numerator);
    value_t denominator = d->denominator ? counts_value(counts, group, d->denominator)
                                         : (value_t){false, expr_unit(d->numerator)};
    to->has_numerator = true;
    to->numerator = numerator.number;
    to->has_denominator = d->denominator != NULL || d->numerator->scale > 0;
    to->denominator = to->has_denominator ? denominator.number : 0;
    to->has_has_value = true;
    to->has_value = !numerator.null && !denominator.null && denominator.number > 0;
    if (!to->has_value) return;
    char text[NUMBER_TEXT_MAX];
    int decimals = d->unit == UNIT_COUNT && d->numerator->scale == 0 ? 0 : d->decimals;
    number_text(numerator.number, denominator.number, d->unit == UNIT_PERCENT ? 100 : 1, decimals, text);
    to->value = xstrdup(text);
}

static bool counts_people(const expr_t *expr)
{
    for (size_t i = 0; i < expr->n_queries; i++)
        if (expr->queries[i].table == TABLE_PERSON || expr->queries[i].table == TABLE_METHODIST) return true;
    return false;
}

// Of an organisation that has sent nothing nobody knows how many people there are: it is not 0.
static void take_silence(const counts_t *counts, uint32_t group, const definition_t *d,
                         Selenga__IndicatorValue *to)
{
    uint32_t expected = counts->expected[group];
    char text[NUMBER_TEXT_MAX];
    bool silent = expected > 0 && counts->received[group] == 0;
    if (!silent || to->numerator != 0 || !counts_people(d->numerator)) return;
    to->has_value = false;
    free(to->value);
    to->value = NULL;
    number_text(expected, 1, 1, 0, text);
    add_note(to, "SILENT", xstrdup(text), NULL);
}

static bool target_holds(const definition_t *d, const Selenga__IndicatorValue *value)
{
    int64_t denominator = value->has_denominator ? value->denominator : 1,
            scale = d->unit == UNIT_PERCENT ? 100 : 1;
    bool most = strcmp(d->target_op, "<=") == 0;
    return (most ? number_at_most : number_at_least)(value->numerator, denominator, scale, d->target);
}

// A target counts from its year on; before, there is none. Without a value there is nothing to test, unless a
// note says that this very lack is the failure.
static void take_target(const counts_t *counts, const definition_t *d, bool fails,
                        Selenga__IndicatorValue *to)
{
    char text[NUMBER_TEXT_MAX];
    if (!d->target_op || date_civil(counts->period.last_day).year < d->target_from) return;
    hundredths_text(d->target, text);
    to->target_op = xstrdup(d->target_op);
    to->target_value = xstrdup(text);
    to->has_met = to->has_value || fails;
    to->met = to->has_value && !fails && target_holds(d, to);
}

static void take_coverage(const counts_t *counts, uint32_t group, Selenga__IndicatorValue *to)
{
    uint32_t received = counts->received[group], expected = counts->expected[group];
    uint32_t provisional = counts->provisional[group];
    bool complete = (uint64_t)received * 100 >= (uint64_t)expected * COVERAGE_PERCENT;
    to->coverage = xmalloc(sizeof *to->coverage);
    selenga__coverage__init(to->coverage);
    to->coverage->has_received = to->coverage->has_expected = true;
    to->coverage->received = received;
    to->coverage->expected = expected;
    to->coverage->has_provisional = provisional > 0;
    to->coverage->provisional = provisional;
    to->state = xstrdup(complete && provisional == 0 ? "complete" : "preliminary");
}

// ---- one unit ----

static const Selenga__IndicatorValue *find_value(const Selenga__ReportUnit *unit, const char *code)
{
    for (size_t i = 0; i < unit->n_indicators; i++)
        if (strcmp(unit->indicators[i]->code, code) == 0) return unit->indicators[i];
    return NULL;
}

// The first required code whose target is not met, or NULL.
static const char *unmet(const definition_t *d, const Selenga__ReportUnit *unit)
{
    for (size_t i = 0; i < d->n_required; i++) {
        const Selenga__IndicatorValue *value = find_value(unit, d->required[i]);
        if (!value || !value->has_met || !value->met) return d->required[i];
    }
    return NULL;
}

// An indicator with requirements is met only if they are. Failing may fail others in turn: repeated until it
// is quiet, at most once per indicator.
static void apply_required(const counts_t *counts, Selenga__ReportUnit *unit)
{
    bool again = true;
    while (again) {
        again = false;
        for (size_t i = 0; i < counts->n; i++) {
            Selenga__IndicatorValue *value = unit->indicators[i];
            const char *code = value->has_met && value->met ? unmet(counts->list[i], unit) : NULL;
            if (!code) continue;
            value->met = false;
            add_note(value, "REQUIRES", xstrdup(code), NULL);
            again = true;
        }
    }
}

static Selenga__IndicatorValue *make_value(const counts_t *counts, uint32_t group, const definition_t *d)
{
    Selenga__IndicatorValue *to = xmalloc(sizeof *to);
    selenga__indicator_value__init(to);
    to->code = xstrdup(d->code);
    to->unit = xstrdup(unit_name(d->unit));
    take_value(counts, group, d, to);
    take_silence(counts, group, d, to);
    bool fails = take_notes(counts, group, d, to);
    take_target(counts, d, fails, to);
    take_coverage(counts, group, to);
    return to;
}

static Selenga__ReportUnit *make_unit(const counts_t *counts, const table_t *table, uint32_t org)
{
    uint32_t group = counts->groups->of_org[org];
    Selenga__ReportUnit *unit = xmalloc(sizeof *unit);
    selenga__report_unit__init(unit);
    unit->org = xstrdup(orgs_code(table->orgs, org));
    unit->name = xstrdup(orgs_name(table->orgs, org, counts->period.last_day));
    unit->indicators = xcalloc(counts->n + 1, sizeof(Selenga__IndicatorValue *));
    for (size_t i = 0; i < counts->n; i++) unit->indicators[i] = make_value(counts, group, counts->list[i]);
    unit->n_indicators = counts->n;
    apply_required(counts, unit);
    return unit;
}

// ---- the reply ----

// The period goes on: whatever has been received, nothing of it is complete.
static void mark_open(Selenga__ReportUnit *unit)
{
    for (size_t i = 0; i < unit->n_indicators; i++) {
        free(unit->indicators[i]->state);
        unit->indicators[i]->state = xstrdup("preliminary");
    }
}

// Said once a reply: they are as long as all else together, and each child's would be the same.
static void add_titles(Selenga__ReportUnit *unit, const counts_t *counts)
{
    for (size_t i = 0; i < unit->n_indicators; i++) {
        unit->indicators[i]->title = xstrdup(counts->list[i]->title);
        unit->indicators[i]->title_en = xstrdup(counts->list[i]->title_en);
    }
}

// What is counted now. Both numbers only grow: the sum is the same only when nothing has changed.
uint64_t indicators_state(const indicators_t *set, const table_t *table)
{
    return set->changes + table_version(table);
}

static const kept_t *find_kept(const indicators_t *set, const table_t *table, const period_t *period,
                               uint64_t state)
{
    for (size_t i = 0; i < KEPT; i++) {
        const kept_t *kept = &set->kept[i];
        if (kept->counts && kept->table == table && kept->state == state &&
            kept->counts->period.year == period->year && kept->counts->period.cell == period->cell)
            return kept;
    }
    return NULL;
}

// The counts of the period, from memory if nothing has changed since. They cost most of a report and hold for
// every organisation's.
static const kept_t *count(indicators_t *set, const table_t *table, const period_t *period)
{
    uint64_t state = indicators_state(set, table);
    const kept_t *found = find_kept(set, table, period, state);
    if (found) return found;
    kept_t *kept = &set->kept[set->next];
    set->next = (set->next + 1) % KEPT;
    counts_destroy(&kept->counts);
    *kept = (kept_t){counts_make(set->list, set->n, table, period), table, state, orgs_changes(table->orgs)};
    return kept;
}

// For a further page what the first one was made of, as long as the organisations are the same.
static const kept_t *count_page(indicators_t *set, const table_t *table, const period_t *period,
                                const report_page_t *page)
{
    const kept_t *before = page->after ? find_kept(set, table, period, page->state) : NULL;
    return before && before->orgs == orgs_changes(table->orgs) ? before : count(set, table, period);
}

static void add_children(Selenga__ReportReply *reply, const counts_t *counts, const table_t *table,
                         uint32_t unit, const char *after)
{
    uint32_t n;
    size_t bytes = 0;
    AUTO(xfree) uint32_t *children = orgs_children(table->orgs, unit, &counts->period, &n);
    reply->children = xcalloc(n + 1, sizeof(Selenga__ReportUnit *));
    for (uint32_t i = 0; i < n; i++) {
        if (after && strcmp(orgs_code(table->orgs, children[i]), after) <= 0) continue;
        reply->more = bytes >= PAGE_BYTES;
        if (reply->more) break;
        Selenga__ReportUnit *child = make_unit(counts, table, children[i]);
        bytes += selenga__report_unit__get_packed_size(child);
        reply->children[reply->n_children++] = child;
    }
}

// All but the children.
static Selenga__ReportReply *begin_reply(const counts_t *counts, const table_t *table, uint32_t unit,
                                         bool open, int32_t today)
{
    const period_t *period = &counts->period;
    char text[PERIOD_TEXT_MAX], day[DATE_TEXT];
    Selenga__ReportReply *reply = xmalloc(sizeof *reply);
    selenga__report_reply__init(reply);
    period_text(period, text);
    reply->period = xstrdup(text);
    reply->as_of = xstrdup(date_text(open && today >= period->first_day ? today : period->as_of, day));
    reply->unit = make_unit(counts, table, unit);
    add_titles(reply->unit, counts);
    if (open) mark_open(reply->unit);
    return reply;
}

static bool is_open(const period_t *period, int32_t today)
{
    return today > 0 && today < period->as_of;
}

static bool find_unit(const table_t *table, const char *org, uint32_t *ret_unit)
{
    *ret_unit = orgs_find(table->orgs, org);
    return *ret_unit != DICT_NONE && orgs_known(table->orgs, *ret_unit);
}

Selenga__ReportReply *indicators_report(indicators_t *set, const table_t *table, const char *org,
                                        const period_t *period, const report_page_t *page)
{
    uint32_t unit;
    bool open = is_open(period, page->today);
    if (!find_unit(table, org, &unit)) return NULL;
    const kept_t *kept = count_page(set, table, period, page);
    Selenga__ReportReply *reply = begin_reply(kept->counts, table, unit, open, page->today);
    reply->has_more = reply->has_state = true;
    reply->state = kept->state;
    add_children(reply, kept->counts, table, unit, page->after);
    for (size_t i = 0; i < reply->n_children && open; i++) mark_open(reply->children[i]);
    return reply;
}

Selenga__ReportReply *indicators_try(const indicators_t *set, const table_t *table, const char *org,
                                     const period_t *period, int32_t today, const Selenga__Indicator *record,
                                     indicator_error_t *ret_error)
{
    uint32_t unit;
    *ret_error = (indicator_error_t){0};
    AUTO(definition_destroy) definition_t *draft = definition_new(record, ret_error);
    if (draft == NULL || !find_unit(table, org, &unit)) return NULL;
    draft->valid_from = period->first_day;
    draft->valid_to = DAY_NONE;
    AUTO(xfree) definition_t **list = xcalloc(set->n + 1, sizeof *list);
    size_t n = 0;
    for (size_t i = 0; i < set->n; i++)
        if (strcmp(set->list[i]->code, draft->code) != 0) list[n++] = set->list[i];
    list[n++] = draft;
    AUTO(counts_destroy) counts_t *counts = counts_make(list, n, table, period);
    return begin_reply(counts, table, unit, is_open(period, today), today);
}
