// SPDX-License-Identifier: Apache-2.0
#include "common/schema/states.h"
#include "common/base/i18n.h"
#include "common/base/text.h"
#include "common/schema/wire.h"
#include <sodium.h>
#include <stdarg.h>

bool states_is_one(const field_rule_t *f)
{
    for (size_t i = 0; i < f->n_words; i++)
        if (f->words[i].start) return true;
    return false;
}

bool states_is_final(const kind_rule_t *kind, const body_t *body)
{
    for (size_t i = 0; i < kind->n_fields; i++) {
        const field_rule_t *f = &kind->fields[i];
        const char *code = states_is_one(f) ? body_str(kind, body, i) : NULL;
        const field_word_t *word = code != NULL ? field_word(f, slice_text(code)) : NULL;
        if (word != NULL && word->n_next == 0) return true;
    }
    return false;
}

// --- checking ------------------------------------------------------------------------------------

typedef struct change {
    const kind_rule_t *kind;
    size_t field;
    slice_t before; // the packed body
    const body_t *after;
    const field_word_t *from, *to; // from NULL: the record begins
    const writer_t *writer;
} change_t;

static void append_code(char *buf, size_t size, const char *code)
{
    size_t used = strlen(buf);
    if (used + strlen(code) + 2 <= size) snprintf(buf + used, size - used, "%s%s", used > 0 ? " " : "", code);
}

// What may follow, as codes: the words in which a record begins, or those that `from` may become.
static void follow_codes(const change_t *c, char *buf, size_t size)
{
    const field_rule_t *f = &c->kind->fields[c->field];
    buf[0] = '\0';
    for (size_t i = 0; c->from == NULL && i < f->n_words; i++)
        if (f->words[i].start) append_code(buf, size, f->words[i].code);
    for (size_t i = 0; c->from != NULL && i < c->from->n_next; i++)
        append_code(buf, size, c->from->next[i].to);
}

static int refuse(const change_t *c, const char *code, size_t field, const char *last, fault_t *ret_fault)
{
    char of[FAULT_ARG];
    snprintf(of, sizeof of, "%s.%s", c->kind->name, c->kind->fields[c->field].name);
    fault_set(ret_fault, code, c->kind->fields[field].name, of, c->from != NULL ? c->from->code : "",
              c->to->code, last);
    return KIND_E_FAULT;
}

static bool had(slice_t bytes, uint32_t number)
{
    wire_field_t field;
    while (wire_next(&bytes, &field) > 0)
        if (field.number == number) return true;
    return false;
}

// A name of `needs` that the body lacks: the index of the field, or -1. With `stays` only one that was there.
static int find_missing(const change_t *c, const char *needs, bool stays)
{
    for (size_t i = 0; i < c->kind->n_fields; i++) {
        if (!word_in(needs, slice_text(c->kind->fields[i].name)) || body_has(c->kind, c->after, i)) continue;
        if (!stays || had(c->before, kind_field_number(c->kind, i))) return (int)i;
    }
    return -1;
}

static int refuse_missing(const change_t *c, int field, fault_t *ret_fault)
{
    if (field < 0) return 0;
    bool computed = (c->kind->fields[field].flags & F_DERIVED) != 0 && !c->writer->program;
    return refuse(c, computed ? "STATE-COMPUTED" : "STATE-NEEDS", (size_t)field, c->kind->name, ret_fault);
}

// The state stays: what a change into it needed may not go.
static int check_stay(const change_t *c, fault_t *ret_fault)
{
    const field_rule_t *f = &c->kind->fields[c->field];
    for (size_t i = 0; i < f->n_words; i++)
        for (size_t n = 0; n < f->words[i].n_next; n++) {
            const state_change_t *into = &f->words[i].next[n];
            if (strcmp(into->to, c->to->code) != 0) continue;
            int rc = refuse_missing(c, find_missing(c, into->needs, true), ret_fault);
            if (rc != 0) return rc;
        }
    return 0;
}

static int check_who(const change_t *c, const state_change_t *next, fault_t *ret_fault)
{
    char codes[FAULT_ARG];
    const writer_t *w = c->writer;
    state_change_t needed = {0};
    if (next->levels != 0 && (w->rank < 0 || (next->levels & 1U << w->rank) == 0))
        needed.levels = next->levels;
    else if (next->roles != 0 && !w->program && (next->roles & w->roles) == 0)
        needed.roles = next->roles;
    else
        return 0;
    const char *code = needed.levels != 0 ? "STATE-LEVEL" : "STATE-ROLE";
    return refuse(c, code, c->field, states_who_codes(&needed, codes, sizeof codes), ret_fault);
}

static int check_change(const change_t *c, fault_t *ret_fault)
{
    char codes[FAULT_ARG];
    for (size_t i = 0; i < c->from->n_next; i++) {
        const state_change_t *next = &c->from->next[i];
        if (strcmp(next->to, c->to->code) != 0) continue;
        int rc = check_who(c, next, ret_fault);
        return rc != 0 ? rc : refuse_missing(c, find_missing(c, next->needs, false), ret_fault);
    }
    follow_codes(c, codes, sizeof codes);
    return refuse(c, "STATE-CHANGE", c->field, codes, ret_fault);
}

static int check_begin(const change_t *c, fault_t *ret_fault)
{
    char codes[FAULT_ARG];
    if (c->to->start) return 0;
    follow_codes(c, codes, sizeof codes);
    return refuse(c, "STATE-CHANGE", c->field, codes, ret_fault);
}

// The word of a record that says none.
static const field_word_t *unsaid(const field_rule_t *f)
{
    for (size_t i = 0; i < f->n_words; i++)
        if (f->words[i].unsaid) return &f->words[i];
    return NULL;
}

static int check_field(change_t *c, fault_t *ret_fault)
{
    const field_rule_t *f = &c->kind->fields[c->field];
    const char *now = body_str(c->kind, c->after, c->field);
    slice_t was;
    bool stood = wire_find_bytes(c->before, kind_field_number(c->kind, c->field), &was);
    bool begins = c->before.size == 0;
    c->to = now != NULL ? field_word(f, slice_text(now)) : unsaid(f);
    c->from = stood ? field_word(f, was) : begins ? NULL : unsaid(f);
    if (c->to == NULL) return 0; // no word of the field, or none where one is required: body_validate says so
    if (!stood && c->from == NULL) return check_begin(c, ret_fault);
    if (c->from == NULL) return 0;
    return c->from == c->to ? check_stay(c, ret_fault) : check_change(c, ret_fault);
}

int states_check(const kind_rule_t *kind, slice_t before, const body_t *after, const writer_t *writer,
                 fault_t *ret_fault)
{
    change_t c = {.kind = kind, .before = before, .after = after, .writer = writer};
    for (c.field = 0; c.field < kind->n_fields; c.field++) {
        int rc = states_is_one(&kind->fields[c.field]) ? check_field(&c, ret_fault) : 0;
        if (rc != 0) return rc;
    }
    return 0;
}

// --- what was decided about ----------------------------------------------------------------------

static bool is_needed(const kind_rule_t *kind, const char *name)
{
    for (size_t i = 0; i < kind->n_fields; i++)
        for (size_t w = 0; w < kind->fields[i].n_words; w++)
            for (size_t n = 0; n < kind->fields[i].words[w].n_next; n++)
                if (word_in(kind->fields[i].words[w].next[n].needs, slice_text(name))) return true;
    return false;
}

bool states_mark(const kind_rule_t *kind, slice_t bytes, uint8_t *ret_mark)
{
    AUTO(arena_destroy) arena_t *arena = arena_new(2 * bytes.size);
    body_t *body;
    slice_t packed;
    if (body_unpack(kind, bytes, arena, &body, NULL) != 0) return false;
    for (size_t i = 0; i < kind->n_fields; i++) {
        const field_rule_t *f = &kind->fields[i];
        if (states_is_one(f) || (f->flags & F_DERIVED) != 0 || is_needed(kind, f->name))
            body_clear(kind, body, i);
    }
    if (body_pack(body, arena, &packed, NULL) != 0) return false;
    return crypto_generichash(ret_mark, STATES_MARK, packed.data, packed.size, NULL, 0) == 0;
}

unsigned states_awaits(const kind_rule_t *kind, slice_t body)
{
    unsigned levels = 0;
    slice_t code;
    for (size_t i = 0; i < kind->n_fields; i++) {
        if (!states_is_one(&kind->fields[i]) || !wire_find_bytes(body, kind_field_number(kind, i), &code))
            continue;
        const field_word_t *word = field_word(&kind->fields[i], code);
        levels |= word != NULL ? word->awaits : 0;
    }
    return levels;
}

bool states_are_reviewed(const kind_rule_t *kind)
{
    for (size_t i = 0; i < kind->n_fields; i++)
        for (size_t w = 0; w < kind->fields[i].n_words; w++)
            if (kind->fields[i].words[w].awaits != 0) return true;
    return false;
}

// --- words ---------------------------------------------------------------------------------------

static const struct {
    unsigned level, role; // one of them
    field_word_t word;
} WHO[] = {
    {W_SCHOOL, 0, {.code = "school", .label = {"school", "школа"}}},
    {W_MUNICIPALITY, 0, {.code = "municipality", .label = {"municipality", "муниципалитет"}}},
    {W_REGION, 0, {.code = "region", .label = {"region", "регион"}}},
    {W_FEDERATION, 0, {.code = "federation", .label = {"federation", "федерация"}}},
    {0, R_TEACHER, {.code = "teacher", .label = {"teacher", "педагог"}}},
    {0, R_COORDINATOR, {.code = "coordinator", .label = {"coordinator", "куратор"}}},
    {0, R_METHODIST, {.code = "methodist", .label = {"methodist", "методист"}}},
    {0, R_REGIONAL, {.code = "regional", .label = {"regional coordinator", "региональный координатор"}}},
    {0, R_ANALYST, {.code = "analyst", .label = {"analyst", "аналитик"}}},
    {0, R_OPERATOR, {.code = "operator", .label = {"operator", "оператор узла"}}},
    {0, R_PRIVACY, {.code = "privacy", .label = {"privacy officer", "ответственный за персональные данные"}}},
};

const char *states_who_codes(const state_change_t *change, char *buf, size_t size)
{
    buf[0] = '\0';
    for (size_t i = 0; i < ARRAY_SIZE(WHO); i++)
        if ((WHO[i].level & change->levels) != 0 || (WHO[i].role & change->roles) != 0)
            append_code(buf, size, WHO[i].word.code);
    return buf;
}

unsigned states_role(const char *code)
{
    for (size_t i = 0; i < ARRAY_SIZE(WHO); i++)
        if (strcmp(WHO[i].word.code, code) == 0) return WHO[i].role;
    return 0;
}

// Whole items only, so that no character is cut.
static bool append(char *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));
static bool append(char *buf, const char *format, ...)
{
    char item[STATES_TEXT];
    size_t used = strlen(buf);
    va_list args;
    va_start(args, format);
    int n = vsnprintf(item, sizeof item, format, args);
    va_end(args);
    if (n < 0 || (size_t)n >= sizeof item || used + (size_t)n + 3 > STATES_TEXT) return false;
    if (used > 0) used += (size_t)snprintf(buf + used, 3, ", ");
    memcpy(buf + used, item, (size_t)n + 1);
    return true;
}

// The code beside the label: it is what people write.
static bool append_word(char *buf, const field_word_t *word, lang_t lang)
{
    const char *label = bilingual_in(&word->label, lang);
    if (strcmp(label, word->code) == 0) return append(buf, "%s", label);
    return append(buf, i18n_in(lang, N_("`%s` (%s)")), label, word->code);
}

static const field_rule_t *field_of(const char *of)
{
    char name[FAULT_ARG];
    size_t n = strcspn(of, ".");
    if (of[n] == '\0' || n >= sizeof name) return NULL;
    memcpy(name, of, n);
    name[n] = '\0';
    const kind_rule_t *kind = kind_by_name(name);
    int i = kind != NULL ? kind_field(kind, of + n + 1) : -1;
    return i >= 0 ? &kind->fields[i] : NULL;
}

const char *states_words(const char *of, const char *codes, const char *none, lang_t lang, char *buf)
{
    const field_rule_t *f = field_of(of);
    slice_t rest = slice_text(codes), code;
    bool done = false;
    buf[0] = '\0';
    while (text_next_piece(&rest, ' ', &done, &code)) {
        const field_word_t *word = f != NULL ? field_word(f, code) : NULL;
        if (word != NULL)
            append_word(buf, word, lang);
        else if (code.size > 0)
            append(buf, "%.*s", (int)code.size, (const char *)code.data);
    }
    if (buf[0] == '\0') append(buf, "%s", none);
    return buf;
}

const char *states_all_words(const field_rule_t *field, lang_t lang, char *buf)
{
    buf[0] = '\0';
    for (size_t i = 0; i < field->n_words; i++) append_word(buf, &field->words[i], lang);
    return buf;
}

const char *states_labels(const field_rule_t *field, lang_t lang, char *buf)
{
    buf[0] = '\0';
    for (size_t i = 0; i < field->n_words; i++) append(buf, "%s", bilingual_in(&field->words[i].label, lang));
    return buf;
}

const char *states_level(int rank, lang_t lang)
{
    for (size_t i = 0; i < ARRAY_SIZE(WHO); i++)
        if (rank >= 0 && WHO[i].level == 1U << rank) return bilingual_in(&WHO[i].word.label, lang);
    return "?";
}

int states_level_named(const char *text)
{
    for (size_t i = 0; i < ARRAY_SIZE(WHO); i++) {
        const field_word_t *word = &WHO[i].word;
        if (WHO[i].level != 0 && (strcmp(word->code, text) == 0 || strcmp(word->label.ru, text) == 0))
            return level_rank(word->code);
    }
    return -1;
}

const char *states_who(const char *codes, lang_t lang, char *buf)
{
    buf[0] = '\0';
    for (size_t i = 0; i < ARRAY_SIZE(WHO); i++)
        if (word_in(codes, slice_text(WHO[i].word.code)))
            append(buf, "%s", bilingual_in(&WHO[i].word.label, lang));
    return buf;
}

// --- drawing -------------------------------------------------------------------------------------

static void draw_change(const kind_rule_t *kind, const field_rule_t *f, const state_change_t *next, FILE *out)
{
    char of[FAULT_ARG], text[STATES_TEXT], codes[FAULT_ARG];
    snprintf(of, sizeof of, "%s.%s", kind->name, f->name);
    fprintf(out, "      -> %s", states_words(of, next->to, "", i18n_now(), text));
    const char *who = states_who(states_who_codes(next, codes, sizeof codes), i18n_now(), text);
    if (who[0] != '\0') fprintf(out, "; %s: %s", _("made by"), who);
    slice_t rest = slice_text(next->needs), name;
    bool done = false, first = true;
    while (text_next_piece(&rest, ' ', &done, &name)) {
        if (name.size == 0) continue;
        fprintf(out, "%s%.*s", first ? _("; needs: ") : ", ", (int)name.size, (const char *)name.data);
        first = false;
    }
    fputc('\n', out);
}

static void draw_field(const kind_rule_t *kind, const field_rule_t *f, FILE *out)
{
    char text[STATES_TEXT], codes[FAULT_ARG];
    fprintf(out, _("states of %s, and what may follow (* a record begins here):\n"), f->name);
    for (size_t i = 0; i < f->n_words; i++) {
        const field_word_t *word = &f->words[i];
        text[0] = '\0';
        append_word(text, word, i18n_now());
        fprintf(out, "  %s %s%s", word->start ? "*" : " ", text, word->n_next == 0 ? _(": final") : "");
        if (word->unsaid) fputs(_("; where a record says none"), out);
        state_change_t waits = {.levels = word->awaits};
        if (word->awaits != 0)
            fprintf(out, _("; waits for a review: %s"),
                    states_who(states_who_codes(&waits, codes, sizeof codes), i18n_now(), text));
        fputc('\n', out);
        for (size_t n = 0; n < word->n_next; n++) draw_change(kind, f, &word->next[n], out);
    }
}

void states_draw(const kind_rule_t *kind, FILE *out)
{
    for (size_t i = 0; i < kind->n_fields; i++)
        if (states_is_one(&kind->fields[i])) draw_field(kind, &kind->fields[i], out);
}
