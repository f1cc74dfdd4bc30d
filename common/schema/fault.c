// SPDX-License-Identifier: Apache-2.0
// See fault.h. The sentences stand in fault_rows.c.
#include "common/schema/fault.h"
#include "common/base/date.h"
#include "common/base/i18n.h"
#include "common/base/text.h"
#include "common/schema/access.h"
#include "common/schema/fault_rows.h"
#include "common/schema/kinds.h"
#include "common/schema/states.h"
#include <stdio.h>
#include <stdlib.h>

bool fault_is_known(const char *code)
{
    return fault_row(code) != NULL;
}

typedef struct writer_to {
    char *at, *end; // end: where the NUL must still fit
} writer_to_t;

// Whole characters only: a text that does not fit ends at the last one that does.
static void append(writer_to_t *w, const char *text, size_t length)
{
    size_t room = (size_t)(w->end - w->at);
    if (length > room) {
        length = room;
        while (length > 0 && ((unsigned char)text[length] & 0xc0) == 0x80) length--;
        w->end = w->at + length;
    }
    memcpy(w->at, text, length);
    w->at += length;
}

// The argument that a digit of a mark names.
static const char *arg_of(const fault_t *fault, char digit)
{
    unsigned n = (unsigned)(digit - '1');
    return n < fault->n_args ? fault->args[n] : "?";
}

// A kind as people know it, with its name, which is what they type. Of no kind: a message, or as it is.
static const char *kind_words(const char *name, lang_t lang, char *buf)
{
    const kind_rule_t *kind = kind_by_name(name);
    if (kind == NULL) return i18n_in(lang, name);
    if (lang == LANG_EN) return kind->name;
    snprintf(buf, STATES_TEXT, i18n_in(lang, "`%s` (%s)"), bilingual_in(&kind->label, lang), kind->name);
    return buf;
}

// KIND:KEY with the kind's name as people know it.
static const char *record_words(const char *text, lang_t lang, char *buf)
{
    char name[FAULT_ARG];
    size_t n = strcspn(text, ":");
    snprintf(name, sizeof name, "%.*s", (int)n, text);
    const kind_rule_t *kind = kind_by_name(name);
    snprintf(buf, STATES_TEXT, "%s %s", kind != NULL ? bilingual_in(&kind->label, lang) : name,
             text[n] == ':' ? text + n + 1 : "");
    return buf;
}

// A kind or an action of the table of access.
static const char *access_words(const char *name, lang_t lang)
{
    const kind_rule_t *kind = kind_by_name(name);
    const access_row_t *row = access_row_by_name(name);
    if (kind != NULL) return bilingual_in(&kind->label, lang);
    return row != NULL ? bilingual_in(&row->label, lang) : name;
}

// KIND.FIELD WORD: the word as people know it.
static const char *value_words(const char *text, lang_t lang, char *buf)
{
    char field[FAULT_ARG];
    size_t n = strcspn(text, " ");
    snprintf(field, sizeof field, "%.*s", (int)n, text);
    return states_words(field, text[n] == ' ' ? text + n + 1 : "", "?", lang, buf);
}

// A day or a number as the reader writes it; other texts as they are.
static const char *value_shown(const char *text, lang_t lang, char *buf)
{
    int32_t day;
    if (date_parse(text, &day)) return i18n_day(lang, day, buf);
    const char *digits = text + (text[0] == '-');
    size_t whole = strspn(digits, "0123456789");
    const char *part = digits[whole] == '.' ? digits + whole + 1 : NULL;
    if (lang != LANG_RU || whole == 0 || part == NULL || *part == '\0' ||
        part[strspn(part, "0123456789")] != '\0')
        return text;
    snprintf(buf, STATES_TEXT, "%.*s,%s", (int)(part - 1 - text), text, part);
    return buf;
}

// How a record that is not deleted ends: KIND.FIELD is its last day; "": it has none.
static const char *end_words(const char *text, lang_t lang, char *buf)
{
    char name[FAULT_ARG];
    size_t n = strcspn(text, ".");
    snprintf(name, sizeof name, "%.*s", (int)n, text);
    const kind_rule_t *kind = kind_by_name(name);
    int field = kind != NULL && text[n] == '.' ? kind_field(kind, text + n + 1) : -1;
    if (field < 0) return i18n_in(lang, N_("Delete those first."));
    char words[STATES_TEXT], both[STATES_TEXT];
    const char *label = bilingual_in(&kind->fields[field].label, lang);
    const char *of = kind_words(name, lang, words), *where = label;
    if (lang == LANG_EN) { // people type the field's name
        snprintf(both, sizeof both, "%s (%s)", of, label);
        of = both;
        where = text + n + 1;
    }
    snprintf(buf, STATES_TEXT, i18n_in(lang, N_("End it instead: give its last day in `%s` of %s.")), where,
             of);
    return buf;
}

// Names of levels and roles; as they are, if they are none.
static const char *who_words(const char *codes, lang_t lang, char *buf)
{
    return *states_who(codes, lang, buf) != '\0' ? buf : codes;
}

// {w2}: states in words; {n4}: names; {m1}: a message; {k2}, {e3}, {r1}, {o2}, {d1}: as above. NULL when it
// is no such mark.
static const char *words_of(const fault_t *fault, const fault_about_t *about, lang_t lang, const char *mark,
                            char *buf)
{
    if (mark[2] < '1' || mark[2] > '4' || mark[3] != '}') return NULL;
    const char *codes = arg_of(fault, mark[2]);
    if (mark[1] == 'o') return about->list != NULL ? about->list : codes;
    if (mark[1] == 'd') return value_shown(codes, lang, buf);
    if (mark[1] == 'r') return kind_words(codes, lang, buf);
    if (mark[1] == 'm') return i18n_in(lang, codes);
    if (mark[1] == 'a') return access_words(codes, lang);
    if (mark[1] == 'n') return who_words(codes, lang, buf);
    if (mark[1] == 'v') return value_words(codes, lang, buf);
    if (mark[1] == 'k') return record_words(codes, lang, buf);
    if (mark[1] == 'e') return end_words(codes, lang, buf);
    if (mark[1] != 'w') return NULL;
    const char *none = mark[2] == '2' ? N_("a new record") : N_("nothing, it is final");
    return states_words(arg_of(fault, '1'), codes, i18n_in(lang, none), lang, buf);
}

// The text that a mark at the beginning of `mark` stands for, perhaps in buf of STATES_TEXT bytes, and the
// mark's length; NULL when it is no mark.
static const char *value_of(const fault_t *fault, const fault_about_t *about, lang_t lang, const char *mark,
                            size_t *ret_length, char *buf)
{
    if (strncmp(mark, "{field}", 7) == 0) {
        *ret_length = 7;
        if (about->name != NULL) return about->name;
        if (fault->field[0] == '\0' && fault->n_args > 0)
            return fault->args[0]; // what is meant stands there then
        return fault->field[0] != '\0' ? fault->field : "?";
    }
    if (mark[0] != '{' || mark[1] == '\0' || mark[2] == '\0') return NULL;
    *ret_length = 4;
    if (strchr("wnkevmroad", mark[1]) != NULL) return words_of(fault, about, lang, mark, buf);
    if (mark[1] < '1' || mark[1] > '4' || mark[2] != '}') return NULL;
    *ret_length = 3;
    return arg_of(fault, mark[1]);
}

static void render(const fault_t *fault, const fault_about_t *about, lang_t lang, const char *text,
                   writer_to_t *w)
{
    char words[STATES_TEXT];
    while (*text != '\0') {
        size_t length = 1;
        const char *value = value_of(fault, about, lang, text, &length, words);
        if (value == NULL) {
            length = strcspn(text + 1, "{") + 1;
            append(w, text, length);
        } else {
            append(w, value, strlen(value));
        }
        text += length;
    }
}

// In the form that the language has for what it counts. NULL: the code is not known.
static const char *sentence_of(const fault_t *fault, lang_t lang)
{
    const fault_count_t *count = fault_count(fault->code);
    const char *row = fault_row(fault->code);
    if (count == NULL) return row != NULL ? i18n_in(lang, row) : NULL;
    unsigned long long n = strtoull(arg_of(fault, (char)('0' + count->arg)), NULL, 10);
    return i18n_n_in(lang, count->one, count->many, n);
}

const char *fault_text_about(const fault_t *fault, const fault_about_t *about, lang_t lang, char *buf,
                             size_t size)
{
    writer_to_t w = {.at = buf, .end = buf + size - 1};
    const char *sentence = sentence_of(fault, lang);
    if (sentence != NULL) {
        render(fault, about, lang, sentence, &w);
    } else {
        append(&w, fault->code, strlen(fault->code));
        append(&w, fault->field[0] != '\0' ? " " : "", fault->field[0] != '\0');
        append(&w, fault->field, strlen(fault->field));
        for (unsigned k = 0; k < fault->n_args; k++) {
            append(&w, k == 0 ? ": " : ", ", 2);
            append(&w, fault->args[k], strlen(fault->args[k]));
        }
    }
    *w.at = '\0';
    return buf;
}

// What kinds that have a field of this name call it; NULL: none has it, or they do not agree.
static const bilingual_t *label_anywhere(const char *name)
{
    const bilingual_t *found = NULL;
    for (size_t k = 0; *name != '\0' && k < N_KINDS; k++) {
        int field = kind_field(KINDS[k], name);
        const bilingual_t *label = field >= 0 ? &KINDS[k]->fields[field].label : NULL;
        if (label != NULL && found != NULL && strcmp(label->ru, found->ru) != 0) return NULL;
        if (label != NULL) found = label;
    }
    return found;
}

const char *fault_text_in(const fault_t *fault, lang_t lang, char *buf, size_t size)
{
    char name[STATES_TEXT];
    const bilingual_t *label = lang != LANG_EN ? label_anywhere(fault->field) : NULL;
    fault_about_t about = {0};
    if (label != NULL) {
        snprintf(name, sizeof name, i18n_in(lang, "`%s`"), bilingual_in(label, lang));
        about.name = name;
    }
    return fault_text_about(fault, &about, lang, buf, size);
}

static const char *text_of(const fault_t *fault, const kind_rule_t *kind, bool typed, lang_t lang, char *buf,
                           size_t size)
{
    char name[STATES_TEXT], words[STATES_TEXT];
    int field = kind != NULL ? kind_field(kind, fault->field) : -1;
    if (field < 0) return fault_text_in(fault, lang, buf, size);
    const field_rule_t *rule = &kind->fields[field];
    const char *label = bilingual_in(&rule->label, lang);
    if (typed)
        snprintf(name, sizeof name, i18n_in(lang, "`%s` (%s)"), label, rule->name);
    else
        snprintf(name, sizeof name, i18n_in(lang, "`%s`"), label);
    fault_about_t about = {.name = lang == LANG_EN ? rule->name : name,
                           .list = rule->n_words > 0 ? states_all_words(rule, lang, words) : NULL};
    return fault_text_about(fault, &about, lang, buf, size);
}

const char *fault_text_of(const fault_t *fault, const kind_rule_t *kind, lang_t lang, char *buf, size_t size)
{
    return text_of(fault, kind, false, lang, buf, size);
}

const char *fault_text_typed(const fault_t *fault, const kind_rule_t *kind, lang_t lang, char *buf,
                             size_t size)
{
    return text_of(fault, kind, true, lang, buf, size);
}

const char *fault_text(const fault_t *fault, char *buf, size_t size)
{
    return fault_text_in(fault, i18n_now(), buf, size);
}
