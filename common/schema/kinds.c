// SPDX-License-Identifier: Apache-2.0
// See kinds.h.
#include "common/schema/kinds.h"
#include "common/base/i18n.h"
#include <stdio.h>

const kind_rule_t *kind_by_number(uint32_t number)
{
    size_t low = 0, high = N_KINDS;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (KINDS[middle]->number == number) return KINDS[middle];
        if (KINDS[middle]->number < number)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

const kind_rule_t *kind_by_name(const char *name)
{
    for (size_t i = 0; i < N_KINDS; i++)
        if (strcmp(KINDS[i]->name, name) == 0) return KINDS[i];
    return NULL;
}

int kind_field(const kind_rule_t *kind, const char *name)
{
    for (size_t i = 0; i < kind->n_fields; i++)
        if (strcmp(kind->fields[i].name, name) == 0) return (int)i;
    return -1;
}

int kind_field_by_number(const kind_rule_t *kind, uint32_t number)
{
    const ProtobufCFieldDescriptor *fields = kind->message->fields;
    if (number - 1 < kind->n_fields && fields[number - 1].id == number) return (int)number - 1;
    for (size_t i = 0; i < kind->n_fields; i++)
        if (fields[i].id == number) return (int)i;
    return -1;
}

uint32_t kind_field_number(const kind_rule_t *kind, size_t index)
{
    return kind->message->fields[index].id;
}

static bool any_flag(const kind_rule_t *kind, unsigned flag)
{
    for (size_t i = 0; i < kind->n_fields; i++)
        if ((kind->fields[i].flags & flag) != 0) return true;
    return false;
}

bool kind_has_key(const kind_rule_t *kind)
{
    return any_flag(kind, F_KEY);
}

bool kind_has_index(const kind_rule_t *kind)
{
    return any_flag(kind, F_INDEX);
}

bool kind_key_names_org(const kind_rule_t *kind)
{
    int i = kind->org_field != NULL ? kind_field(kind, kind->org_field) : -1;
    return i >= 0 && (kind->fields[i].flags & F_KEY) != 0;
}

bool kind_key_is_org(const kind_rule_t *kind)
{
    size_t n = 0;
    for (size_t i = 0; i < kind->n_fields; i++) n += (kind->fields[i].flags & F_KEY) != 0;
    return n == 1 && kind_key_names_org(kind);
}

size_t kind_ref_parts(const kind_rule_t *kind)
{
    size_t parts = 0;
    for (size_t i = 0; i < kind->n_fields; i++) {
        const field_rule_t *f = &kind->fields[i];
        if ((f->flags & F_KEY) == 0) continue;
        if (f->type == FIELD_ANY_REF) parts++; // with the kind's name, one more at least
        const kind_rule_t *target = f->type == FIELD_REF ? kind_by_number(f->ref) : NULL;
        parts += target != NULL && target != kind ? kind_ref_parts(target) : 1;
    }
    return parts;
}

void levels_codes(unsigned writers, char *buf, size_t size)
{
    buf[0] = '\0';
    for (int rank = 0; level_name(rank) != NULL; rank++)
        if ((writers & 1U << rank) != 0) {
            size_t used = strlen(buf);
            snprintf(buf + used, size - used, "%s%s", used > 0 ? " " : "", level_name(rank));
        }
}

int kind_may_write(const kind_rule_t *kind, const writer_t *writer, fault_t *ret_fault)
{
    unsigned levels = kind->writers & W_ANY;
    if ((kind->writers & W_PROGRAM) != 0) {
        if (writer->program) return 0;
        fault_set(ret_fault, "PROGRAM-ONLY", NULL, kind->name);
        return KIND_E_FAULT;
    }
    // What is written above its organisation has nobody but the root, whatever its level, when there is one
    // node.
    bool level = writer->rank >= 0 && (levels & 1U << writer->rank) != 0;
    if (levels != 0 && !level && !((kind->writers & W_ABOVE) != 0 && writer->root)) {
        char names[FAULT_ARG];
        levels_codes(levels, names, sizeof names);
        fault_set(ret_fault, "NOT-WRITER", NULL, kind->name, names);
        return KIND_E_FAULT;
    }
    bool ok = ((kind->writers & W_SERVING) == 0 || writer->serving) &&
              ((kind->writers & W_ABOVE) == 0 || writer->above || writer->serving);
    if (ok) return 0;
    fault_set(ret_fault, "NOT-SERVING", NULL);
    return KIND_E_FAULT;
}

// --- names ---------------------------------------------------------------------------------------

// A new level gets a line here and a bit of W_.
static const char *const levels[] = {"school", "municipality", "region", "federation"};

int level_rank(const char *name)
{
    for (size_t i = 0; i < ARRAY_SIZE(levels); i++)
        if (strcmp(levels[i], name) == 0) return (int)i;
    return -1;
}

const char *level_name(int rank)
{
    return rank >= 0 && rank < (int)ARRAY_SIZE(levels) ? levels[rank] : NULL;
}

const char *bilingual_in(const bilingual_t *text, lang_t lang)
{
    return lang == LANG_RU ? text->ru : text->en;
}

const char *bilingual_text(const bilingual_t *text)
{
    return bilingual_in(text, i18n_now());
}

const field_word_t *field_word(const field_rule_t *field, slice_t code)
{
    for (size_t i = 0; i < field->n_words; i++)
        if (slice_equal(slice_text(field->words[i].code), code)) return &field->words[i];
    return NULL;
}

// What programs read is the English name.
static const bilingual_t PD_CLASSES[] = {
    [PD_IDENTITY] = {"identity", "личность"},      [PD_SERVICE] = {"service", "служебные"},
    [PD_EVALUATIVE] = {"evaluative", "оценочные"}, [PD_SPECIAL] = {"special", "особые"},
    [PD_PUBLIC] = {"public", "открытые"},
};

static const bilingual_t FIELD_TYPES[] = {
    [FIELD_TEXT] = {"text", "текст"},         [FIELD_DATE] = {"date", "дата"},
    [FIELD_BOOL] = {"yes/no", "да/нет"},      [FIELD_INT] = {"integer", "целое"},
    [FIELD_DECIMAL] = {"decimal", "дробное"}, [FIELD_ENUM] = {"one of", "одно из"},
    [FIELD_SET] = {"list", "список"},         [FIELD_REF] = {"reference", "ссылка"},
    [FIELD_REFS] = {"references", "ссылки"},  [FIELD_BYTES] = {"hex", "байты"},
    [FIELD_DIGITS] = {"digits", "цифры"},     [FIELD_ANY_REF] = {"reference", "ссылка"},
};

const char *pd_class_in(pd_class_t pd, lang_t lang)
{
    return pd >= PD_IDENTITY && pd <= PD_PUBLIC ? bilingual_in(&PD_CLASSES[pd], lang) : "?";
}

const char *pd_class_name(pd_class_t pd)
{
    return pd_class_in(pd, LANG_EN);
}

const char *field_type_in(field_type_t type, lang_t lang)
{
    return type >= FIELD_TEXT && type <= FIELD_ANY_REF ? bilingual_in(&FIELD_TYPES[type], lang) : "?";
}

const char *field_type_name(field_type_t type)
{
    return field_type_in(type, LANG_EN);
}

const char *reach_up_in(uint8_t up, lang_t lang)
{
    switch (up) {
    case UP_HOME:
        return i18n_in(lang, "stays at its home");
    case UP_SCHOOL:
        return i18n_in(lang, "up to a school");
    case UP_MUNICIPALITY:
        return i18n_in(lang, "up to the municipality");
    case UP_REGION:
        return i18n_in(lang, "up to the region");
    case UP_ALL:
        return i18n_in(lang, "all the way up");
    default:
        return "?";
    }
}

const char *reach_up_text(uint8_t up)
{
    return reach_up_in(up, i18n_now());
}

const char *reach_down_in(uint8_t down, lang_t lang)
{
    switch (down) {
    case DOWN_NONE:
        return i18n_in(lang, "not down");
    case DOWN_SERVING:
        return i18n_in(lang, "down to the node that serves its organisation");
    case DOWN_ALL:
        return i18n_in(lang, "down to everyone");
    case DOWN_TO:
        return i18n_in(lang, "down to the node addressed");
    default:
        return "?";
    }
}

const char *reach_down_text(uint8_t down)
{
    return reach_down_in(down, i18n_now());
}
