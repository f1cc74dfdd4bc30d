// SPDX-License-Identifier: Apache-2.0
// One reader of conditions for all rules. It reads at most the records that a rule names.
#include "common/service/sensible.h"
#include "common/base/date.h"
#include "common/schema/sense.h"
#include "common/service/referring.h"
#include <stdlib.h>

enum { TERM_MAX = 128, ARENA_BYTES = 4 * BODY_MAX };

typedef struct value {
    bool known;
    int64_t number;
    const char *text;        // NULL: it is a number
    const kind_rule_t *kind; // of the body that has it; NULL: it stands in the rule
    const body_t *body;
    size_t field;
    bool day;
} value_t;

typedef struct judge {
    store_txn_t *txn;
    int32_t today;
    const sense_rule_t *rule;
    const body_t *own;
    const kind_rule_t *kind; // of `body`: the record itself, or one of those that it is compared with
    const body_t *body;
    arena_t *arena;
    value_t left, right; // of the last comparison
    bool found;
} judge_t;

// For bodies of other records; most rules look at none.
static void make_room(judge_t *j)
{
    if (j->arena == NULL) j->arena = arena_new(ARENA_BYTES);
}

// --- values --------------------------------------------------------------------------------------

// The record to which a field of a body refers. 0, KV_NONE, or -errno.
static int follow(judge_t *j, const kind_rule_t **kind, const body_t **body, size_t field)
{
    size_t state = 0;
    body_ref_t ref;
    rid_t id;
    record_t r;
    body_t *next = NULL;
    if (j->txn == NULL) return KV_NONE;
    make_room(j);
    while (body_next_ref(*kind, *body, &state, &ref)) {
        if (ref.field != field) continue;
        int rc = referring_id(j->txn, &ref, &id);
        if (rc == 0) rc = store_get(j->txn, &id, &r, NULL);
        if (rc != 0) return rc;
        if (r.deleted || r.kind != ref.target->number ||
            body_unpack(ref.target, r.body, j->arena, &next, NULL) != 0)
            return KV_NONE;
        *kind = ref.target;
        *body = next;
        return 0;
    }
    return KV_NONE;
}

static void take(const kind_rule_t *kind, const body_t *body, size_t field, value_t *ret)
{
    field_type_t type = kind->fields[field].type;
    if (!body_has(kind, body, field)) return;
    *ret = (value_t){.known = true, .kind = kind, .body = body, .field = field};
    if (type == FIELD_DATE || type == FIELD_BOOL || type == FIELD_INT || type == FIELD_DECIMAL)
        ret->number = body_int(kind, body, field);
    else
        ret->text = body_str(kind, body, field);
}

static int read_path(judge_t *j, char *path, value_t *ret)
{
    const kind_rule_t *kind = j->kind;
    const body_t *body = j->body;
    char *rest = path, *name = strsep(&rest, ".");
    if (strcmp(name, "own") == 0) {
        kind = j->rule->kind;
        body = j->own;
        name = strsep(&rest, ".");
    }
    for (;; name = strsep(&rest, ".")) {
        int field = name != NULL ? kind_field(kind, name) : -1;
        if (field < 0) abort(); // a test has read all rules
        if (rest == NULL) {
            take(kind, body, (size_t)field, ret);
            return 0;
        }
        int rc = follow(j, &kind, &body, (size_t)field);
        if (rc != 0) return rc == KV_NONE ? 0 : rc;
    }
}

// As a fault's argument. Only what is told is worth it: most records are in order.
static const char *show(const value_t *value, char buf[static FIELD_TEXT_MAX])
{
    if (value->kind != NULL) return body_print(value->kind, value->body, value->field, buf);
    buf[0] = '\0';
    if (value->day) date_text((int32_t)value->number, buf);
    if (value->known && !value->day && value->text == NULL)
        snprintf(buf, FIELD_TEXT_MAX, "%lld", (long long)value->number);
    return buf;
}

static int read_value(judge_t *j, char *text, value_t *ret)
{
    *ret = (value_t){.known = true};
    size_t length = strlen(text);
    if (strcmp(text, "today") == 0) {
        ret->number = j->today;
        ret->day = true;
    } else if (text[0] >= '0' && text[0] <= '9') {
        ret->number = strtoll(text, NULL, 10);
    } else if (text[length - 1] == '\'') {
        text[length - 1] = '\0';
        ret->text = text;
    } else {
        char *years = strchr(text, '+');
        if (years != NULL) *years++ = '\0';
        ret->known = false;
        int rc = read_path(j, text, ret);
        if (rc != 0) return rc;
        if (years != NULL && ret->known) ret->number = date_add_years((int32_t)ret->number, atoi(years));
    }
    return 0;
}

// --- conditions ----------------------------------------------------------------------------------

static bool compare(const char *op, const value_t *a, const value_t *b)
{
    bool texts = a->text != NULL && b->text != NULL;
    int order = texts ? strcmp(a->text, b->text) : (a->number > b->number) - (a->number < b->number);
    if (strcmp(op, "<=") == 0) return order <= 0;
    if (strcmp(op, ">=") == 0) return order >= 0;
    if (strcmp(op, "<") == 0) return order < 0;
    if (strcmp(op, ">") == 0) return order > 0;
    if (strcmp(op, "=") == 0) return order == 0;
    if (strcmp(op, "!=") == 0) return order != 0;
    abort();
}

static int holds_term(judge_t *j, char *term, bool *ret)
{
    char *left = strsep(&term, " "), *op = strsep(&term, " "), *right = term;
    int rc = read_value(j, left, &j->left);
    if (rc != 0) return rc;
    j->right = (value_t){0};
    if (right == NULL) {
        *ret = j->left.known == (strcmp(op, "known") == 0);
        return 0;
    }
    // The text of a word lives in the term, which outlives the comparison.
    if ((rc = read_value(j, right, &j->right)) != 0) return rc;
    *ret = !j->left.known || !j->right.known || compare(op, &j->left, &j->right);
    return 0;
}

static int holds(judge_t *j, const char *condition, bool *ret)
{
    *ret = true;
    while (*ret && condition != NULL) {
        char term[TERM_MAX];
        const char *end = strstr(condition, " & ");
        size_t n = end != NULL ? (size_t)(end - condition) : strlen(condition);
        snprintf(term, sizeof term, "%.*s", (int)n, condition);
        int rc = holds_term(j, term, ret);
        if (rc != 0) return rc;
        condition = end != NULL ? end + 3 : NULL;
    }
    return 0;
}

// --- other records -------------------------------------------------------------------------------

static int look_at(void *arg, const record_t *r, const place_t *place)
{
    judge_t *j = arg;
    body_t *body = NULL;
    (void)place;
    arena_reset(j->arena, ARENA_BYTES);
    if (body_unpack(j->rule->among, r->body, j->arena, &body, NULL) != 0) return 0;
    j->kind = j->rule->among;
    j->body = body;
    int rc = holds(j, j->rule->such, &j->found);
    return rc != 0 ? rc : j->found;
}

// The record to which the rule's `of` leads. 0, KV_NONE or -errno.
static int find_middle(const judge_t *j, const rid_t *id, rid_t *ret)
{
    size_t state = 0;
    body_ref_t ref;
    int field = kind_field(j->rule->kind, j->rule->of);
    *ret = *id;
    if (j->rule->of[0] == '\0') return 0;
    while (body_next_ref(j->rule->kind, j->own, &state, &ref))
        if ((int)ref.field == field) return referring_id(j->txn, &ref, ret);
    return KV_NONE;
}

static int holds_among(judge_t *j, const rid_t *id, bool *ret)
{
    rid_t middle;
    int rc = find_middle(j, id, &middle);
    *ret = true;
    if (rc != 0) return rc == KV_NONE ? 0 : rc;
    j->found = false;
    make_room(j);
    rc = store_each_referring(j->txn, &middle, j->rule->among->number, NULL, look_at, j);
    if (rc < 0) return rc;
    *ret = j->found != j->rule->none;
    return 0;
}

// --- rules ---------------------------------------------------------------------------------------

static void warn(judge_t *j, sense_t *sense)
{
    const sense_rule_t *rule = j->rule;
    char left[FIELD_TEXT_MAX], right[FIELD_TEXT_MAX];
    if (sense->n == SENSE_MAX) return;
    if (rule->among != NULL) { // what the record itself says is told
        j->kind = rule->kind;
        j->body = j->own;
        j->left = j->right = (value_t){0};
        take(rule->kind, j->own, (size_t)kind_field(rule->kind, rule->field), &j->left);
    }
    fault_set(&sense->faults[sense->n++], rule->code, rule->field, show(&j->left, left),
              show(&j->right, right));
}

static int judge_one(judge_t *j, const rid_t *id, sense_t *sense)
{
    bool good = true;
    if (j->arena != NULL) arena_reset(j->arena, ARENA_BYTES);
    int rc = holds(j, j->rule->when, &good);
    if (rc != 0 || !good) return rc;
    rc = j->rule->among != NULL ? holds_among(j, id, &good) : holds(j, j->rule->must, &good);
    if (rc == 0 && !good) warn(j, sense);
    return rc;
}

bool sense_holds(int32_t today, const kind_rule_t *kind, const body_t *body, const char *condition)
{
    bool good = false;
    judge_t j = {.today = today, .kind = kind, .body = body};
    return holds(&j, condition, &good) == 0 && good;
}

int sense_check(store_txn_t *txn, int32_t today, const kind_rule_t *kind, const rid_t *id, const body_t *body,
                sense_t *sense)
{
    judge_t j = {.txn = txn, .today = today, .own = body};
    int rc = 0;
    for (size_t i = 0; i < N_SENSE_RULES && rc == 0; i++) {
        if (SENSE_RULES[i].kind != kind) continue;
        j.rule = &SENSE_RULES[i];
        j.kind = kind;
        j.body = body;
        rc = judge_one(&j, id, sense);
    }
    arena_destroy(&j.arena);
    return rc;
}
