// SPDX-License-Identifier: Apache-2.0
// Rules of the kinds of reporting, in the order of reporting.proto.
#include "proto/reporting.pb-c.h"
#include "proto/rows.h"

enum { PSEUDONYM = 16, MARK = 8, CELLS = 32, PARTS = 2048, EXPRESSION = 1000 };

static const char *check_fact(const ProtobufCMessage *body, const char **ret_field)
{
    const Selenga__Fact *f = (const Selenga__Fact *)body;
    if (f->has_pseudonym && f->pseudonym.len != PSEUDONYM)
        return fault_at("pseudonym", "BAD-FACT", ret_field);
    if (f->has_was && f->was.len != PSEUDONYM) return fault_at("was", "BAD-FACT", ret_field);
    if (f->has_key && (f->key.len != MARK || f->provisional)) return fault_at("key", "BAD-FACT", ret_field);
    if (f->has_cells && f->cells.len % sizeof(uint32_t) != 0) return fault_at("cells", "BAD-FACT", ret_field);
    return NULL;
}

static const field_rule_t fact[] = {
    BYTES("pseudonym", PD_SERVICE, F_REQUIRED | F_KEY, PSEUDONYM, N_("pseudonym of the person")),
    TEXT("org", PD_SERVICE, F_REQUIRED | F_KEY, CODE_MAX, N_("organisation that employs the person")),
    INT("year", PD_SERVICE, F_REQUIRED | F_KEY, 1970, 2199, N_("year of account")),
    BYTES("cells", PD_SERVICE, F_REQUIRED, CELLS, N_("flags of each period of the year")),
    BYTES("teams", PD_SERVICE, 0, PARTS, N_("parts in management teams")),
    YESNO("provisional", PD_SERVICE, 0, N_("the pseudonym is provisional")),
    BYTES("key", PD_SERVICE, 0, MARK, N_("mark of the key that made the pseudonym")),
    BYTES("was", PD_SERVICE, 0, PSEUDONYM, N_("provisional pseudonym before this one")),
};
const kind_rule_t KIND_FACT = {
    .number = N_FACT,
    .name = "fact",
    .message = &selenga__fact__descriptor,
    FIELDS(fact),
    .up = UP_ALL,
    .down = DOWN_NONE,
    .derived = true,
    .writers = W_PROGRAM,
    .org_field = "org",
    .check = check_fact,
    .help = N_("what a person's year counts for, under a pseudonym; computed where the person is employed"),
};

static const char *check_indicator(const ProtobufCMessage *body, const char **ret_field)
{
    const Selenga__Indicator *i = (const Selenga__Indicator *)body;
    bool count = i->unit != NULL && strcmp(i->unit, "count") == 0;
    if (!code_fits(i->code)) return fault_at("code", "BAD-CODE", ret_field);
    if (count != (i->denominator == NULL)) return fault_at("denominator", "DENOMINATOR", ret_field);
    if ((i->target_op != NULL) != i->has_target_value) return fault_at("target_value", "REQUIRED", ret_field);
    if (!days_ordered(i->has_valid_from, i->valid_from, i->has_valid_to, i->valid_to))
        return fault_at("valid_to", "DATES-ORDER", ret_field);
    return NULL;
}

static const field_rule_t indicator[] = {
    TEXT("code", PD_PUBLIC, F_REQUIRED | F_KEY, CODE_MAX, N_("code, e.g. I-5.3.2")),
    TEXT("title", PD_PUBLIC, F_REQUIRED, 1000, N_("title in Russian, as the regulation names it")),
    TEXT("title_en", PD_PUBLIC, 0, 1000, N_("title in English")),
    ENUM("unit", PD_PUBLIC, F_REQUIRED, "percent ratio count", N_("what the value is")),
    INT("decimals", PD_PUBLIC, 0, 0, 4, N_("decimals of the printed value")),
    TEXT("numerator", PD_PUBLIC, F_REQUIRED, EXPRESSION, N_("expression of the numerator")),
    TEXT("denominator", PD_PUBLIC, 0, EXPRESSION, N_("expression of the denominator; a count has none")),
    ENUM("target_op", PD_PUBLIC, 0, "<= >=", N_("how the target bounds the value")),
    DECIMAL("target_value", PD_PUBLIC, 0, 0, 100000000000, N_("the target")),
    INT("target_from", PD_PUBLIC, 0, 1970, 2199, N_("first year of account with this target")),
    TEXT("requires", PD_PUBLIC, 0, 0, N_("codes of indicators that must be met too, joined by `;`")),
    TEXT("notes", PD_PUBLIC, 0, 2 * EXPRESSION,
         N_("`CODE = expression` joined by `;`: shown above zero; `!CODE` also fails the target")),
    DATE("valid_from", PD_PUBLIC, F_REQUIRED | F_KEY,
         N_("first day on which it counts; periods go by their last day")),
    DATE("valid_to", PD_PUBLIC, 0, N_("last day on which it counts")),
};
const kind_rule_t KIND_INDICATOR = {
    .number = N_INDICATOR,
    .name = "indicator",
    .message = &selenga__indicator__descriptor,
    FIELDS(indicator),
    .up = UP_ALL,
    .down = DOWN_ALL,
    .writers = W_REGION | W_FEDERATION,
    .check = check_indicator,
    .help = N_("definition of an indicator: numerator, denominator, target, from when"),
};
