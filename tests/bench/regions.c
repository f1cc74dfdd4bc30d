// SPDX-License-Identifier: Apache-2.0
// Reports of random regions, printed whole: two builds that print the same count the same. And the time that
// a country takes. See usage().
#include "common/base/date.h"
#include "services/reporting/day.h"
#include "services/reporting/defaults.h"
#include "services/reporting/indicators.h"
#include "services/reporting/scan.h"
#include "tests/bench/measure.h"
#include "tests/unit/reporting/put.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { CODE = 24, YEAR = 2024, COUNTRY_REGIONS = 85, COUNTRY_SCHOOLS = 40000, COUNTRY_TIMES = 15 };

static const char *const PERIODS[] = {"2023", "2024", "2024-H1", "2024-Q3", "2023/24"};

typedef struct region {
    uint64_t seed;
    table_t *table;
    indicators_t *indicators;
    uint32_t n_orgs, n_people;
} region_t;

static uint32_t draw(region_t *r, uint32_t below)
{
    r->seed = r->seed * 6364136223846793005ULL + 1442695040888963407ULL;
    return (uint32_t)(r->seed >> 33) % below;
}

static const char *code(char *buf, char letter, uint32_t number)
{
    snprintf(buf, CODE, "%c%u", letter, number);
    return buf;
}

static const char *ref(char *buf, uint32_t person)
{
    snprintf(buf, CODE, "o0:%u", person);
    return buf;
}

static void pseudonym(uint32_t number, uint8_t ret[PSEUDONYM_BYTES])
{
    memset(ret, 0, PSEUDONYM_BYTES);
    be32_store(ret, number);
}

// --- random regions ------------------------------------------------------------------------------

static void add_orgs(region_t *r)
{
    static const char *const KINDS_OF[] = {"school", "kindergarten", "college", "municipal_authority",
                                           "university"};
    char name[CODE], above[CODE];
    r->n_orgs = 2 + draw(r, 14);
    for (uint32_t o = 0; o < r->n_orgs; o++) {
        bool root = o == 0 || draw(r, 12) == 0;
        org_row_t row = {.parent = root ? NULL : code(above, 'o', draw(r, o)),
                         .kind = KINDS_OF[draw(r, ARRAY_SIZE(KINDS_OF))],
                         .name = code(name, 'o', o),
                         .valid_from = draw(r, 8) ? DAY_NONE : date_days(2024, 3, 1),
                         .valid_to = draw(r, 8) ? DAY_NONE : date_days(2024, 5, 31)};
        orgs_put(r->table->orgs, name, &row);
    }
}

// Of one year, without flags.
static void start_fact(career_t *fact, const uint8_t who[PSEUDONYM_BYTES], const char *org, int year)
{
    career_init(fact, who, org);
    fact->whole = false;
    fact->n_runs = 1;
    fact->runs[0] = (career_run_t){.first = year, .last = year};
}

static void add_fact(region_t *r, uint32_t person)
{
    char org[CODE], team[FACT_PARTS_MAX][CODE], run[FACT_PARTS_MAX][CODE];
    int year = YEAR - 1 + (int)draw(r, 3);
    career_t fact;
    uint8_t who[PSEUDONYM_BYTES];
    pseudonym(person, who);
    start_fact(&fact, who, code(org, 'o', draw(r, r->n_orgs)), year);
    uint32_t flags = draw(r, 1 << 22) & (draw(r, 1 << 22) | FACT_PEDAGOGUE | FACT_YOUNG_AGE | FACT_YOUNG_EXP);
    for (int c = 0; c < N_CELLS; c++)
        fact.runs[0].cells[c] = fact_normal(draw(r, 3) ? flags : flags & draw(r, 1 << 22));
    fact.n_parts = draw(r, 3) ? 0 : 1 + draw(r, 3);
    for (size_t i = 0; i < fact.n_parts; i++)
        fact.parts[i] = (team_part_t){.team = code(team[i], 't', draw(r, 4)),
                                      .run = code(run[i], 'r', draw(r, 3)),
                                      .run_last_day = date_days(year, 1 + (int)draw(r, 12), 28),
                                      .programme = draw(r, 4),
                                      .hours = 8 + draw(r, 40),
                                      .attended = draw(r, 3) > 0,
                                      .completed = draw(r, 2)};
    fact.origin.provisional = draw(r, 30) == 0;
    table_put(r->table, &fact, NULL);
    if (draw(r, 10) == 0) table_remove(r->table, &fact);
}

static int32_t some_day(region_t *r)
{
    return date_days(YEAR - 1 + (int)draw(r, 3), 1 + (int)draw(r, 12), 1 + (int)draw(r, 28));
}

static void add_people(region_t *r)
{
    char who[CODE], org[CODE], methodist[CODE];
    uint8_t mark[PSEUDONYM_BYTES];
    r->n_people = 1 + draw(r, 60);
    for (uint32_t p = 0; p < r->n_people; p++) {
        for (uint32_t n = 1 + draw(r, 3); n > 0; n--) add_fact(r, p);
        pseudonym(p, mark);
        if (draw(r, 20)) put_person(r->table, ref(who, p), mark);
    }
    uint32_t n_methodists = draw(r, 8);
    for (uint32_t m = 0; m < n_methodists; m++) {
        put_methodist(r->table, code(methodist, 'm', m), ref(who, draw(r, r->n_people)),
                      code(org, 'o', draw(r, r->n_orgs)), draw(r, 4) ? date_days(2020, 1, 1) : some_day(r),
                      draw(r, 3) ? DAY_NONE : some_day(r));
        if (draw(r, 12) == 0) remove_methodist(r->table, methodist);
    }
    for (uint32_t n = draw(r, 100); n_methodists > 0 && n > 0; n--) {
        int32_t from = draw(r, 2) ? date_days(2022, 9, 1) : some_day(r);
        code(methodist, 'm', draw(r, n_methodists + 1));
        put_assignment(r->table, methodist, ref(who, draw(r, r->n_people + 2)), from,
                       draw(r, 3) ? DAY_NONE : some_day(r));
        if (draw(r, 12) == 0) remove_assignment(r->table, methodist, who, from);
    }
    for (uint32_t t = 0; t < 4; t++)
        if (draw(r, 3)) put_team_of(r->table, code(who, 't', t), code(org, 'o', draw(r, r->n_orgs)));
}

static void add_defaults(indicators_t *indicators)
{
    for (size_t i = 0; i < N_INDICATOR_DEFAULTS; i++) {
        Selenga__Indicator record;
        indicator_error_t error;
        indicator_default(i, &record);
        if (!indicators_put(indicators, &record, &error)) die("%s: %s", record.code, error.what);
    }
}

static void add_indicator(region_t *r, const char *name, const char *unit, const char *numerator,
                          const char *denominator)
{
    indicator_error_t error;
    Selenga__Indicator record = SELENGA__INDICATOR__INIT;
    record.code = record.title = (char *)(uintptr_t)name;
    record.unit = (char *)(uintptr_t)unit;
    record.numerator = (char *)(uintptr_t)numerator;
    record.denominator = (char *)(uintptr_t)denominator;
    record.has_valid_from = true;
    record.valid_from = 0;
    if (!indicators_put(r->indicators, &record, &error)) die("%s: %s: %s", name, error.field, error.what);
}

static void add_indicators(region_t *r)
{
    add_defaults(r->indicators);
    add_indicator(r, "X-1", "count", "sum(methodist.load) - max(methodist.load where not active)", NULL);
    add_indicator(r, "X-2", "percent", "count(org of team where municipal or completed > 1)", "count(team)");
    add_indicator(
        r, "X-3", "ratio", "sum(team.managers) + max(team.hours where not pk)",
        "sum(team.attended where hours <> 16) + count(person where left and not (over_age or former_b))");
    add_indicator(r, "X-4", "count", "ceil(count(person where assigned) / count(methodist where load >= 2))",
                  NULL);
}

static region_t region_make(uint64_t seed)
{
    region_t r = {.seed = seed, .table = table_new(), .indicators = indicators_new()};
    add_orgs(&r);
    add_people(&r);
    add_indicators(&r);
    return r;
}

static void region_clear(region_t *r)
{
    indicators_destroy(&r->indicators);
    table_destroy(&r->table);
}

static void print_unit(const Selenga__ReportUnit *unit)
{
    for (size_t i = 0; i < unit->n_indicators; i++) {
        const Selenga__IndicatorValue *v = unit->indicators[i];
        printf(" %s %s %" PRId64 "/%" PRId64 " %s %d%d %d/%d/%d", unit->org, v->code, v->numerator,
               v->denominator, v->has_value ? v->value : "-", v->has_met, v->met, (int)v->coverage->received,
               (int)v->coverage->expected, (int)v->coverage->provisional);
        for (size_t n = 0; n < v->n_notes; n++) printf(" %s=%s", v->notes[n]->code, v->notes[n]->args[0]);
        putchar('\n');
    }
}

static void print_region(uint64_t seed)
{
    char org[CODE];
    region_t r = region_make(seed);
    for (size_t p = 0; p < ARRAY_SIZE(PERIODS); p++) {
        period_t period;
        if (!period_parse(PERIODS[p], &period)) die("%s is no period", PERIODS[p]);
        for (uint32_t o = 0; o < r.n_orgs; o++) {
            Selenga__ReportReply *reply =
                indicators_report(r.indicators, r.table, code(org, 'o', o), &period, &(report_page_t){0});
            printf("%" PRIu64 " %s\n", seed, PERIODS[p]);
            print_unit(reply->unit);
            selenga__report_reply__free_unpacked(reply, NULL);
        }
    }
    region_clear(&r);
}

// --- a country -----------------------------------------------------------------------------------

static void add_somebody(region_t *r, uint32_t person)
{
    char org[CODE], who[CODE], methodist[CODE];
    career_t fact;
    uint8_t mark[PSEUDONYM_BYTES];
    bool young = draw(r, 8) == 0;
    pseudonym(person, mark);
    start_fact(&fact, mark, code(org, 's', person % COUNTRY_SCHOOLS), YEAR);
    uint32_t flags =
        FACT_PEDAGOGUE | (young ? FACT_YOUNG_AGE | FACT_YOUNG_EXP | (draw(r, 32) << 10) : FACT_OVER_AGE);
    for (int c = 0; c < N_CELLS; c++) fact.runs[0].cells[c] = fact_normal(flags);
    table_put(r->table, &fact, NULL);
    if (person % 50 == 0) { // of two schools
        fact.org = code(org, 's', (person + 1) % COUNTRY_SCHOOLS);
        table_put(r->table, &fact, NULL);
    }
    put_person(r->table, ref(who, person), fact.pseudonym);
    if (person % 65 == 0)
        put_methodist(r->table, code(methodist, 'm', person / 65), who, fact.org, 0, DAY_NONE);
    put_assignment(r->table, code(methodist, 'm', person / 65), who, 0, DAY_NONE);
}

static double cpu_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

// One formula over a declared table, for all organisations.
static void time_formula(const region_t *r, const char *text)
{
    expr_error_t error;
    period_t period = period_make(YEAR, CELL_YEAR);
    expr_t *expr = expr_parse(text, strlen(text), &error);
    if (expr == NULL) die("%s: %s", text, error.what);
    groups_t *groups = groups_of_all(r->table->orgs, DAY_NOW);
    const query_t *query = &expr->queries[0];
    double begun = cpu_ms();
    free(scan_run(r->table, groups, &period, &query, 1));
    result(text, cpu_ms() - begun);
    groups_destroy(&groups);
    expr_destroy(&expr);
}

static void time_country(uint32_t people)
{
    char org[CODE], above[CODE];
    region_t r = {.seed = 1, .table = table_new(), .indicators = indicators_new()};
    period_t period = period_make(YEAR, CELL_YEAR);
    double begun = cpu_ms(), least = 1e9;
    add_defaults(r.indicators);
    orgs_put(r.table->orgs, "c", &(org_row_t){NULL, "ministry", "c", DAY_NONE, DAY_NONE});
    for (uint32_t i = 0; i < COUNTRY_REGIONS; i++)
        orgs_put(r.table->orgs, code(org, 'r', i), &(org_row_t){"c", "ministry", "r", DAY_NONE, DAY_NONE});
    for (uint32_t i = 0; i < COUNTRY_SCHOOLS; i++)
        orgs_put(r.table->orgs, code(org, 's', i),
                 &(org_row_t){code(above, 'r', i % COUNTRY_REGIONS), "school", "s", DAY_NONE, DAY_NONE});
    for (uint32_t i = 0; i < people; i++) add_somebody(&r, i);
    result("country_filled_cpu_ms", cpu_ms() - begun);
    for (int i = 0; i < COUNTRY_TIMES; i++) {
        begun = cpu_ms();
        Selenga__ReportReply *reply =
            indicators_report(r.indicators, r.table, "c", &period, &(report_page_t){0});
        if (cpu_ms() - begun < least) least = cpu_ms() - begun;
        if (i == 0) print_unit(reply->unit);
        selenga__report_reply__free_unpacked(reply, NULL);
        put_team_of(r.table, "t0", "s0"); // something changed: counted anew
    }
    result("country_report_cpu_ms", least);
    time_formula(&r, "count(assignment where from in period and methodist.from < from)");
    time_formula(&r, "count(distinct assignment.methodist where not known to)");
    region_clear(&r);
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "country") == 0) {
        time_country((uint32_t)strtoul(argv[2], NULL, 10));
        return 0;
    }
    if (argc != 3 || strcmp(argv[1], "regions") != 0) {
        fputs("usage: bench_regions regions COUNT   prints the reports of so many random regions\n"
              "       bench_regions country PEOPLE  times the report of a country\n",
              stderr);
        return 64;
    }
    for (uint64_t seed = 0; seed < strtoull(argv[2], NULL, 10); seed++) print_region(seed);
    return 0;
}
