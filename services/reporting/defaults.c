// SPDX-License-Identifier: Apache-2.0
// Built-in definitions. Titles follow section V of the regulation; what it leaves open is said in brackets.
#include "services/reporting/defaults.h"
#include "common/base/date.h"

#define TEACHERS "count(person where pedagogue)"
#define ASSIGNED "count(person where pedagogue and assigned)"
#define METHODISTS "count(methodist where active)"
#define YOUNG "young_age and young_exp and not long_leave"
#define SUPPORT "(support_a or support_b or support_c or support_d or support_e)"
#define FORMER "(former_a or former_b or former_c or former_d or former_e)"
// A roadmap in force on any day of the period, approved by its last day.
#define IN_FORCE(MAP)                                                                                        \
    MAP "class = roadmap and " MAP "approved_on <= period.last and " MAP "from <= period.last and " MAP      \
        "to >= period.first"
#define REGIONAL_MAP(MAP) IN_FORCE(MAP) " and " MAP "org.kind = ministry"
#define THERE_IS(COUNT) "(1 - zero(" COUNT "))"
#define DUE "due in period and not (cancelled_on < due) and " IN_FORCE("roadmap.")
// A programme of monitoring of the region, approved and in force on any day of the period.
#define WATCHED(PROGRAMME)                                                                                   \
    PROGRAMME "approved_on <= period.last and " PROGRAMME "from <= period.last and not (" PROGRAMME          \
              "to < period.first) and " PROGRAMME "org.kind = ministry"
#define VARIANTS "count(monitoring_variant where " WATCHED("programme.") ")"
#define ROUND "completed_on in period and coverage >= 95 and " WATCHED("programme.")
#define STANDS "not (valid_from > period.last) and not (valid_to < period.last)"
// Documents of additional professional programmes (domain 2.4); who is away all the period takes part in
// nothing.
#define AT_SCHOOL "in_school and not long_leave"
#define IN_SYSTEM "in_system and not long_leave"
#define TEAM "pk and hours >= 16 and managers >= 2 and attended >= 2"

typedef struct indicator_default {
    const char *code, *title, *title_en;
    const char *unit, *numerator, *denominator;
    const char *target_op;
    int64_t target_value; // hundredths
    const char *requires;
    const char *notes;
    int from_year; // first year of account; 0: the system was ordered in December 2020
} indicator_default_t;

// «к 2024 году»
enum { TARGET_YEAR = 2024 };

static const indicator_default_t DEFAULTS[] = {
    {
        .code = "I-5.2.1",
        .title = "Количество управленческих команд, принявших участие в программах повышения квалификации",
        .title_en = "Management teams that took part in programmes of advanced training",
        .unit = "count",
        .numerator = "count(org of team where " TEAM ")",
        .notes = "TEAMS = count(team where " TEAM "); "
                 "TEAMS-COMPLETED = count(team where " TEAM " and completed >= 2)",
    },
    {
        .code = "I-5.3.1a",
        .title = "Количество педагогических работников, закрепленных за 1 региональным методистом для "
                 "осуществления "
                 "методического сопровождения (в среднем)",
        .title_en = "Teachers assigned to one regional methodist for methodical support (on average)",
        .unit = "ratio",
        .numerator = ASSIGNED,
        .denominator = METHODISTS,
        .target_op = "<=",
        .target_value = 25000,
        .requires = "I-5.3.1b;I-5.3.1c",
        .notes = "!NO-METHODISTS = zero(" METHODISTS ") * " TEACHERS "; "
                 "REQUIRED-METHODISTS = ceil(" TEACHERS " / 250); "
                 "LEAVE-METHODISTS = count(methodist where on_leave)",
    },
    {
        .code = "I-5.3.1b",
        .title = "Наибольшее количество педагогических работников, закрепленных за 1 региональным методистом",
        .title_en = "The largest number of teachers assigned to one regional methodist",
        .unit = "count",
        .numerator = "max(methodist.load where active)",
        .target_op = "<=",
        .target_value = 25000,
    },
    {
        .code = "I-5.3.1c",
        .title = "Доля педагогических работников, закрепленных за региональными методистами",
        .title_en = "Share of teachers assigned to regional methodists",
        .unit = "percent",
        .numerator = ASSIGNED,
        .denominator = TEACHERS,
        .target_op = ">=",
        .target_value = 10000,
    },
    {
        .code = "I-5.3.1d",
        .title = "Количество педагогических работников, не закрепленных за региональными методистами",
        .title_en = "Teachers not assigned to any regional methodist",
        .unit = "count",
        .numerator = TEACHERS " - " ASSIGNED,
    },
    {
        .code = "I-5.3.2",
        .title =
            "Доля педагогических работников в возрасте до 35 лет, участвующих в различных формах поддержки и "
            "сопровождения в первые три года работы",
        .title_en = "Share of teachers under 35 who receive support of various forms in their first three "
                    "years of work",
        .unit = "percent",
        .numerator = "count(person where pedagogue and " YOUNG " and " SUPPORT ")",
        .denominator = "count(person where pedagogue and " YOUNG ")",
        .target_op = ">=",
        .target_value = 7000,
        .notes = "NO-DATA = count(person where pedagogue and no_data and not long_leave); "
                 "LEFT = count(person where left and " YOUNG " and " FORMER ")",
    },
    {
        .code = "I-5.1.1",
        .title =
            "Разработан и реализуется комплекс мер («дорожная карта») по созданию и функционированию РС НМС",
        .title_en = "A roadmap of the region's system of methodical support is approved and carried out",
        .unit = "percent",
        .numerator = THERE_IS("count(roadmap where " REGIONAL_MAP("") ")") " * " THERE_IS(
            "count(measure where due in period and " REGIONAL_MAP(
                "roadmap.") ")") " * " THERE_IS("count(measure_fact where date in period "
                                                "and " REGIONAL_MAP("measure.roadmap.") ")"),
        .denominator = THERE_IS("count(organisation where kind = ministry)"),
        .from_year = 2022,
    },
    {
        .code = "I-5.1.1e",
        .title = "Доля мер «дорожной карты», выполненных в срок",
        .title_en = "Share of measures of roadmaps that were done in time",
        .unit = "percent",
        .numerator = "count(measure where " DUE " and state = done and done_on <= due)",
        .denominator = "count(measure where " DUE ")",
        .notes = "LATE = count(measure where " DUE " and state = done and done_on > due)",
        .from_year = 2022,
    },
    {
        .code = "I-5.1.2",
        .title = "Разработана с учетом социально-экономических условий и реализуется вариативная система "
                 "мониторинга эффективности МС НМС",
        .title_en = "A system of monitoring with variants for different conditions is at work",
        .unit = "percent",
        .numerator =
            "zero(zero(" VARIANTS ") + zero(" VARIANTS
            " - 1)) * " THERE_IS("count(monitoring_round where " ROUND ")") " * " THERE_IS(
                "count(decision where round.completed_on in period and round.coverage >= 95 and " WATCHED(
                    "round.programme.") ")"),
        .denominator = THERE_IS("count(organisation where kind = ministry)"),
        .from_year = 2023,
    },
    {
        .code = "N-1",
        .title = "Доля педагогических работников общеобразовательных организаций, прошедших повышение "
                 "квалификации",
        .title_en = "Share of teachers of schools who got a document of advanced training",
        .unit = "percent",
        .numerator = "count(person where " AT_SCHOOL " and doc_pk)",
        .denominator = "count(person where " AT_SCHOOL ")",
        .notes = "OF-CNPPM = count(person where " AT_SCHOOL " and doc_cnppm); "
                 "RETRAINED = count(person where " AT_SCHOOL " and doc_retraining)",
    },
    {
        .code = "N-2",
        .title =
            "Доля педагогических работников и управленческих кадров, повысивших уровень профессионального "
            "мастерства по дополнительным профессиональным программам",
        .title_en =
            "Share of teachers and managers who got a document of an additional professional programme",
        .unit = "percent",
        .numerator = "count(person where " IN_SYSTEM " and (doc_pk or doc_retraining or doc_internship))",
        .denominator = "count(person where " IN_SYSTEM ")",
    },
    {
        .code = "N-4",
        .title = "Охват педагогических работников диагностикой профессиональных компетенций",
        .title_en = "Share of teachers whose competencies were measured",
        .unit = "percent",
        .numerator = "count(person where pedagogue and not long_leave and measured)",
        .denominator = "count(person where pedagogue and not long_leave)",
    },
    {
        .code = "N-7",
        .title = "Доля зачислений на программы, основанных на выявленных потребностях",
        .title_en = "Share of enrolments that are grounded in a need that was found",
        .unit = "percent",
        .numerator = "count(enrolment where run.from in period and not place = waiting and grounded)",
        .denominator = "count(enrolment where run.from in period and not place = waiting)",
    },
    {
        .code = "N-8",
        .title = "Доля сотрудников ЦНППМ, прошедших обучение у федерального оператора",
        .title_en =
            "Share of staff of centres of professional mastery who were trained by the federal operator",
        .unit = "percent",
        .numerator = "count(person where cnppm_staff and doc_federal)",
        .denominator = "count(person where cnppm_staff)",
    },
    {
        .code = "N-9",
        .title = "Количество проведённых региональных мероприятий",
        .title_en = "Events of the region that took place",
        .unit = "count",
        .numerator = "count(event where level = region and held = held and visitors >= 1 and "
                     "starts_on in period)",
    },
    {
        .code = "N-10",
        .title = "Доля программ, реализованных в сетевой форме",
        .title_en = "Share of programmes in network form among those that ran",
        .unit = "percent",
        .numerator =
            "count(distinct programme_run.programme where to in period and programme.form = network)",
        .denominator = "count(distinct programme_run.programme where to in period)",
    },
    {
        .code = "N-10r",
        .title = "Доля программ, размещённых в Федеральном реестре",
        .title_en = "Share of programmes in the federal register among those that ran",
        .unit = "percent",
        .numerator = "count(distinct programme_run.programme where to in period and "
                     "programme.decision = accepted and not (programme.registry_valid_to < to))",
        .denominator = "count(distinct programme_run.programme where to in period)",
    },
    {
        .code = "N-11",
        .title = "Доля муниципалитетов, в которых действует методическая служба",
        .title_en = "Share of municipalities with a methodical service",
        .unit = "percent",
        .numerator = "count(distinct organisation.parent where kind = methodical_service and "
                     "parent.kind = municipal_authority and " STANDS ")",
        .denominator = "count(organisation where kind = municipal_authority and " STANDS ")",
    },
};

const size_t N_INDICATOR_DEFAULTS = sizeof DEFAULTS / sizeof DEFAULTS[0];

void indicator_default(size_t i, Selenga__Indicator *ret_record)
{
    const indicator_default_t *d = &DEFAULTS[i];
    selenga__indicator__init(ret_record);
    ret_record->code = (char *)d->code; // protobuf-c has no const texts
    ret_record->title = (char *)d->title;
    ret_record->title_en = (char *)d->title_en;
    ret_record->unit = (char *)d->unit;
    ret_record->has_decimals = d->denominator != NULL;
    ret_record->decimals = 1;
    ret_record->numerator = (char *)d->numerator;
    ret_record->denominator = (char *)d->denominator;
    ret_record->target_op = (char *)d->target_op;
    ret_record->has_target_value = ret_record->has_target_from = d->target_op != NULL;
    ret_record->target_value = d->target_value;
    ret_record->target_from = TARGET_YEAR;
    ret_record->requires = (char *)d->requires;
    ret_record->notes = (char *)d->notes;
    ret_record->has_valid_from = true;
    ret_record->valid_from = date_days(d->from_year > 0 ? d->from_year : 2020, 1, 1);
}
