// SPDX-License-Identifier: Apache-2.0
// A report: the definitions in force, all their queries answered in one scan, then arithmetic group by group.
#include "services/reporting/indicators.h"
#include "common/date.h"
#include "services/reporting/day.h"
#include "services/reporting/defaults.h"
#include "services/reporting/definition.h"
#include "services/reporting/number.h"
#include "services/reporting/scan.h"
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

// Below this share of units that sent facts a value is marked preliminary (domain 2.2 rule 11).
enum { COVERAGE_PERCENT = 95 };

struct indicators {
    definition_t **list; // by code, then by valid_from
    size_t n;
};

indicators_t *indicators_new(void)
{
    return xcalloc(1, sizeof(indicators_t));
}

void indicators_destroy(indicators_t **indicators)
{
    if (!indicators || !*indicators) return;
    for (size_t i = 0; i < (*indicators)->n; i++) definition_destroy(&(*indicators)->list[i]);
    free((*indicators)->list);
    free(*indicators);
    *indicators = NULL;
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
    size_t i = position(set, definition->code, definition->valid_from, &there);
    if (there) {
        definition_destroy(&set->list[i]);
    } else {
        set->list = xrealloc(set->list, (set->n + 1) * sizeof *set->list);
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

void indicators_put_defaults(indicators_t *set)
{
    for (size_t i = 0; i < N_INDICATOR_DEFAULTS; i++) {
        Selenga__Indicator record;
        indicator_error_t error;
        indicator_default(i, &record);
        bool ok = indicators_put(set, &record, &error);
        assert(ok);
    }
}

void indicators_remove(indicators_t *set, const char *code, int32_t valid_from)
{
    bool there;
    size_t i = position(set, code, valid_from, &there);
    if (!there) return;
    definition_destroy(&set->list[i]);
    set->n--;
    memmove(&set->list[i], &set->list[i + 1], (set->n - i) * sizeof *set->list);
}

// ---- one report in the making ----

typedef struct work {
    const period_t *period;
    const definition_t **list; // in force, one of each code
    size_t n;
    const query_t **queries; // all different
    size_t n_queries;
    value_t *values; // by group and query
} work_t;

// The last of each code that is in force on the period's last day.
static void choose(const indicators_t *set, work_t *work)
{
    work->list = xcalloc(set->n + 1, sizeof *work->list);
    for (size_t i = 0; i < set->n; i++) {
        const definition_t *d = set->list[i];
        if (!day_within(work->period->last_day, d->valid_from, d->valid_to)) continue;
        if (work->n > 0 && strcmp(work->list[work->n - 1]->code, d->code) == 0) work->n--;
        work->list[work->n++] = d;
    }
}

static size_t find_query(const work_t *work, const query_t *query)
{
    size_t i = 0;
    while (i < work->n_queries && memcmp(work->queries[i], query, sizeof *query) != 0) i++;
    return i;
}

static void gather_from(work_t *work, const expr_t *expr)
{
    for (size_t i = 0; expr && i < expr->n_queries; i++) {
        if (find_query(work, &expr->queries[i]) < work->n_queries) continue;
        work->queries = xrealloc(work->queries, (work->n_queries + 1) * sizeof *work->queries);
        work->queries[work->n_queries++] = &expr->queries[i];
    }
}

static void gather(work_t *work)
{
    for (size_t i = 0; i < work->n; i++) {
        gather_from(work, work->list[i]->numerator);
        gather_from(work, work->list[i]->denominator);
        for (size_t k = 0; k < work->list[i]->n_notes; k++) gather_from(work, work->list[i]->notes[k].expr);
    }
}

static value_t evaluate(const work_t *work, uint32_t group, const expr_t *expr)
{
    value_t queries[EXPR_QUERIES_MAX];
    for (size_t i = 0; i < expr->n_queries; i++)
        queries[i] = work->values[group * work->n_queries + find_query(work, &expr->queries[i])];
    return expr_value(expr, queries);
}

// ---- one value ----

static void add_note(Selenga__IndicatorValue *to, const char *code, char *arg)
{
    Selenga__Fault *fault = xmalloc(sizeof *fault);
    selenga__fault__init(fault);
    fault->code = xstrdup(code);
    fault->args = xmalloc(sizeof *fault->args);
    fault->args[0] = arg;
    fault->n_args = 1;
    to->notes = xrealloc(to->notes, (to->n_notes + 1) * sizeof(Selenga__Fault *));
    to->notes[to->n_notes++] = fault;
}

// Notes above zero; returns whether one of them fails the target.
static bool take_notes(const work_t *work, uint32_t group, const definition_t *d, Selenga__IndicatorValue *to)
{
    bool fails = false;
    for (size_t i = 0; i < d->n_notes; i++) {
        value_t value = evaluate(work, group, d->notes[i].expr);
        if (value.null || value.number <= 0) continue;
        char text[NUMBER_TEXT_MAX];
        snprintf(text, sizeof text, "%" PRId64, value.number);
        add_note(to, d->notes[i].code, xstrdup(text));
        fails |= d->notes[i].fails;
    }
    return fails;
}

// The value itself. A zero denominator is "not applicable": no value, but its sums are shown.
static void take_value(const work_t *work, uint32_t group, const definition_t *d, Selenga__IndicatorValue *to)
{
    value_t numerator = evaluate(work, group, d->numerator);
    value_t denominator = d->denominator ? evaluate(work, group, d->denominator) : (value_t){false, 1};
    to->has_numerator = true;
    to->numerator = numerator.number;
    to->has_denominator = d->denominator != NULL;
    to->denominator = to->has_denominator ? denominator.number : 0;
    to->has_has_value = true;
    to->has_value = !numerator.null && !denominator.null && denominator.number > 0;
    if (!to->has_value) return;
    char text[NUMBER_TEXT_MAX];
    int decimals = d->unit == UNIT_COUNT ? 0 : d->decimals;
    number_text(numerator.number, denominator.number, d->unit == UNIT_PERCENT ? 100 : 1, decimals, text);
    to->value = xstrdup(text);
}

static bool target_holds(const definition_t *d, const Selenga__IndicatorValue *value)
{
    int64_t denominator = d->denominator ? value->denominator : 1, scale = d->unit == UNIT_PERCENT ? 100 : 1;
    bool most = strcmp(d->target_op, "<=") == 0;
    return (most ? number_at_most : number_at_least)(value->numerator, denominator, scale, d->target);
}

// A target counts from its year on; before, there is none. Without a value there is nothing to test, unless a
// note says that this very lack is the failure.
static void take_target(const work_t *work, const definition_t *d, bool fails, Selenga__IndicatorValue *to)
{
    char text[NUMBER_TEXT_MAX];
    if (!d->target_op || date_civil(work->period->last_day).year < d->target_from) return;
    hundredths_text(d->target, text);
    to->target_op = xstrdup(d->target_op);
    to->target_value = xstrdup(text);
    to->has_met = to->has_value || fails;
    to->met = to->has_value && !fails && target_holds(d, to);
}

static void take_coverage(uint32_t received, uint32_t expected, Selenga__IndicatorValue *to)
{
    bool complete = (uint64_t)received * 100 >= (uint64_t)expected * COVERAGE_PERCENT;
    to->coverage = xmalloc(sizeof *to->coverage);
    selenga__coverage__init(to->coverage);
    to->coverage->has_received = to->coverage->has_expected = true;
    to->coverage->received = received;
    to->coverage->expected = expected;
    to->state = xstrdup(complete ? "complete" : "preliminary");
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
static void apply_required(const work_t *work, Selenga__ReportUnit *unit)
{
    bool again = true;
    while (again) {
        again = false;
        for (size_t i = 0; i < work->n; i++) {
            Selenga__IndicatorValue *value = unit->indicators[i];
            const char *code = value->has_met && value->met ? unmet(work->list[i], unit) : NULL;
            if (!code) continue;
            value->met = false;
            add_note(value, "REQUIRES", xstrdup(code));
            again = true;
        }
    }
}

static Selenga__IndicatorValue *make_value(const work_t *work, uint32_t group, const definition_t *d)
{
    Selenga__IndicatorValue *to = xmalloc(sizeof *to);
    selenga__indicator_value__init(to);
    to->code = xstrdup(d->code);
    to->title = xstrdup(d->title);
    to->title_en = xstrdup(d->title_en);
    to->unit = xstrdup(unit_name(d->unit));
    take_value(work, group, d, to);
    bool fails = take_notes(work, group, d, to);
    take_target(work, d, fails, to);
    return to;
}

static Selenga__ReportUnit *make_unit(const work_t *work, const table_t *table, uint32_t group, uint32_t org)
{
    Selenga__ReportUnit *unit = xmalloc(sizeof *unit);
    selenga__report_unit__init(unit);
    unit->org = xstrdup(orgs_code(table->orgs, org));
    unit->name = xstrdup(orgs_name(table->orgs, org));
    unit->indicators = xcalloc(work->n + 1, sizeof(Selenga__IndicatorValue *));
    for (size_t i = 0; i < work->n; i++) unit->indicators[i] = make_value(work, group, work->list[i]);
    unit->n_indicators = work->n;
    apply_required(work, unit);
    return unit;
}

// ---- the reply ----

static Selenga__ReportReply *make_reply(const work_t *work, const table_t *table, const groups_t *groups)
{
    char text[PERIOD_TEXT_MAX], day[DATE_TEXT];
    Selenga__ReportReply *reply = xmalloc(sizeof *reply);
    selenga__report_reply__init(reply);
    period_text(work->period, text);
    reply->period = xstrdup(text);
    reply->as_of = xstrdup(date_text(work->period->as_of, day));
    reply->unit = make_unit(work, table, 0, groups->head[0]);
    reply->children = xcalloc(groups->n, sizeof(Selenga__ReportUnit *));
    for (uint32_t g = 1; g < groups->n; g++)
        reply->children[reply->n_children++] = make_unit(work, table, g, groups->head[g]);
    return reply;
}

static void cover(const table_t *table, const groups_t *groups, const period_t *period,
                  Selenga__ReportReply *reply)
{
    AUTO(xfree) uint32_t *received = xcalloc(groups->n, sizeof *received);
    AUTO(xfree) uint32_t *expected = xcalloc(groups->n, sizeof *expected);
    scan_coverage(table, groups, period, received, expected);
    for (uint32_t g = 0; g < groups->n; g++) {
        Selenga__ReportUnit *unit = g == 0 ? reply->unit : reply->children[g - 1];
        for (size_t i = 0; i < unit->n_indicators; i++)
            take_coverage(received[g], expected[g], unit->indicators[i]);
    }
}

Selenga__ReportReply *indicators_report(const indicators_t *set, const table_t *table, const char *org,
                                        const period_t *period)
{
    uint32_t number = orgs_find(table->orgs, org);
    if (number == DICT_NONE || !orgs_known(table->orgs, number)) return NULL;
    AUTO(groups_destroy) groups_t *groups = groups_of_report(table->orgs, number, period);
    work_t work = {.period = period};
    choose(set, &work);
    gather(&work);
    work.values = scan_run(table, groups, period, work.queries, work.n_queries);
    Selenga__ReportReply *reply = make_reply(&work, table, groups);
    cover(table, groups, period, reply);
    free(work.values);
    free(work.queries);
    free(work.list);
    return reply;
}
