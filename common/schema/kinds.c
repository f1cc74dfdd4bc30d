// SPDX-License-Identifier: Apache-2.0
// See kinds.h.
#include "common/schema/kinds.h"
#include "common/base/i18n.h"

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
        const kind_rule_t *target = f->type == FIELD_REF ? kind_by_number(f->ref) : NULL;
        parts += target != NULL && target != kind ? kind_ref_parts(target) : 1;
    }
    return parts;
}

// "school, municipality"
static void levels_text(unsigned writers, char *buf, size_t size)
{
    buf[0] = '\0';
    for (int rank = 0; level_name(rank) != NULL; rank++)
        if ((writers & 1U << rank) != 0) {
            size_t used = strlen(buf);
            snprintf(buf + used, size - used, "%s%s", used > 0 ? ", " : "", level_name(rank));
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
        levels_text(levels, names, sizeof names);
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

const char *pd_class_name(pd_class_t pd)
{
    switch (pd) {
    case PD_IDENTITY:
        return "identity";
    case PD_SERVICE:
        return "service";
    case PD_EVALUATIVE:
        return "evaluative";
    case PD_SPECIAL:
        return "special";
    case PD_PUBLIC:
        return "public";
    }
    return "?";
}

const char *field_type_name(field_type_t type)
{
    switch (type) {
    case FIELD_TEXT:
        return "text";
    case FIELD_DATE:
        return "date";
    case FIELD_BOOL:
        return "yes/no";
    case FIELD_INT:
        return "integer";
    case FIELD_DECIMAL:
        return "decimal";
    case FIELD_ENUM:
        return "one of";
    case FIELD_SET:
        return "list";
    case FIELD_REF:
        return "reference";
    case FIELD_REFS:
        return "references";
    case FIELD_BYTES:
        return "hex";
    case FIELD_DIGITS:
        return "digits";
    }
    return "?";
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

// --- help ----------------------------------------------------------------------------------------

void kind_describe_writers(const kind_rule_t *kind, FILE *out)
{
    unsigned writers = kind->writers;
    char names[FAULT_ARG];
    if ((writers & W_PROGRAM) != 0) {
        fputs(_("the program itself"), out);
        return;
    }
    levels_text(writers & W_ANY, names, sizeof names);
    if ((writers & W_ANY) == W_ANY)
        fputs(_("any level"), out);
    else if (names[0] != '\0')
        fputs(names, out);
    if ((writers & W_SERVING) != 0) fputs(_("the node that serves the organisation"), out);
    if ((writers & W_ABOVE) != 0) fputs(_("a node above the organisation, or serving it"), out);
}

static void describe_field(const field_rule_t *f, FILE *out)
{
    const kind_rule_t *target = f->ref != 0 ? kind_by_number(f->ref) : NULL;
    bool required = (f->flags & F_REQUIRED) != 0, key = (f->flags & F_KEY) != 0;
    fprintf(out, "  %-22s%s%s %-11s %-11s %s", f->name, required ? "*" : " ", key ? "#" : " ",
            field_type_name(f->type), pd_class_name(f->pd), bilingual_text(&f->help));
    if (target != NULL) fprintf(out, " -> %s", target->name);
    if (f->values != NULL) fprintf(out, " (%s)", f->values);
    if ((f->flags & F_DERIVED) != 0) fprintf(out, " (%s)", _("computed"));
    fputc('\n', out);
}

static void describe_one(const kind_rule_t *kind, FILE *out)
{
    fprintf(out, "%s (%u, %s): %s\n", kind->name, kind->number, service_name(kind->number / 100),
            bilingual_text(&kind->help));
    fprintf(out, "%s: %s; %s\n", _("travels"), reach_up_text(kind->up), reach_down_text(kind->down));
    fprintf(out, "%s: ", _("written by"));
    kind_describe_writers(kind, out);
    fputc('\n', out);
    fprintf(out, "%s\n", _("fields (* required, # part of the key), type, personal-data class, meaning:"));
    for (size_t i = 0; i < kind->n_fields; i++) describe_field(&kind->fields[i], out);
}

void kinds_describe(const kind_rule_t *kind, FILE *out)
{
    if (kind != NULL) {
        describe_one(kind, out);
        return;
    }
    for (size_t i = 0; i < N_KINDS; i++)
        fprintf(out, "%-20s %-12s %s\n", KINDS[i]->name, service_name(KINDS[i]->number / 100),
                bilingual_text(&KINDS[i]->help));
}
