// SPDX-License-Identifier: Apache-2.0
// Writes the row of each kind and of its fields.
#include "proto/generate/write.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

typedef struct flag_name {
    unsigned bits;
    const char *name;
} flag_name_t;

static const flag_name_t FIELD_FLAGS[] = {{F_REQUIRED, "F_REQUIRED"}, {F_KEY, "F_KEY"},
                                          {F_INDEX, "F_INDEX"},       {F_DERIVED, "F_DERIVED"},
                                          {F_LIST, "F_LIST"},         {F_FACT, "F_FACT"},
                                          {F_CODE, "F_CODE"},         {F_REASON, "F_REASON"},
                                          {F_ACCOUNT, "F_ACCOUNT"},   {F_TITLE, "F_TITLE"},
                                          {F_EXPIRES, "F_EXPIRES"},   {F_MOMENT, "F_MOMENT"},
                                          {F_OPEN, "F_OPEN"},         {0, NULL}};
static const flag_name_t LEVELS[] = {{W_SCHOOL, "W_SCHOOL"},   {W_MUNICIPALITY, "W_MUNICIPALITY"},
                                     {W_REGION, "W_REGION"},   {W_FEDERATION, "W_FEDERATION"},
                                     {W_SERVING, "W_SERVING"}, {W_ABOVE, "W_ABOVE"},
                                     {W_PROGRAM, "W_PROGRAM"}, {0, NULL}};
static const flag_name_t ROLES[] = {{R_TEACHER, "R_TEACHER"},     {R_COORDINATOR, "R_COORDINATOR"},
                                    {R_METHODIST, "R_METHODIST"}, {R_REGIONAL, "R_REGIONAL"},
                                    {R_ANALYST, "R_ANALYST"},     {R_OPERATOR, "R_OPERATOR"},
                                    {R_PRIVACY, "R_PRIVACY"},     {0, NULL}};
static const flag_name_t PD_CLASSES[] = {{PD_IDENTITY, "PD_IDENTITY"},     {PD_SERVICE, "PD_SERVICE"},
                                         {PD_EVALUATIVE, "PD_EVALUATIVE"}, {PD_SPECIAL, "PD_SPECIAL"},
                                         {PD_PUBLIC, "PD_PUBLIC"},         {0, NULL}};
static const flag_name_t TYPES[] = {{FIELD_TEXT, "FIELD_TEXT"},
                                    {FIELD_DATE, "FIELD_DATE"},
                                    {FIELD_BOOL, "FIELD_BOOL"},
                                    {FIELD_INT, "FIELD_INT"},
                                    {FIELD_DECIMAL, "FIELD_DECIMAL"},
                                    {FIELD_ENUM, "FIELD_ENUM"},
                                    {FIELD_SET, "FIELD_SET"},
                                    {FIELD_REF, "FIELD_REF"},
                                    {FIELD_REFS, "FIELD_REFS"},
                                    {FIELD_BYTES, "FIELD_BYTES"},
                                    {FIELD_DIGITS, "FIELD_DIGITS"},
                                    {FIELD_ANY_REF, "FIELD_ANY_REF"},
                                    {0, NULL}};

static void write_flags(unsigned bits, const flag_name_t *names, FILE *out)
{
    bool any = false;
    for (; names->name != NULL; names++)
        if ((bits & names->bits) != 0) {
            fprintf(out, "%s%s", any ? " | " : "", names->name);
            any = true;
        }
    if (!any) fputs("0", out);
}

static void write_one(unsigned value, const flag_name_t *names, FILE *out)
{
    while (names->name != NULL && names->bits != value) names++;
    fputs(names->name, out);
}

// --- words ---------------------------------------------------------------------------------------

static void write_changes(const kind_t *kind, const field_t *field, size_t w, FILE *out)
{
    const Selenga__Word *word = field->says->word[w];
    if (word->n_next == 0) return;
    fprintf(out, "static const state_change_t %s_%s_%zu[] = {\n", kind->c_name, field->name, w);
    for (size_t i = 0; i < word->n_next; i++) {
        const Selenga__Change *next = word->next[i];
        unsigned levels = 0;
        for (size_t l = 0; l < next->n_by_level; l++) levels |= (unsigned)next->by_level[l];
        fputs("    {.to = ", out);
        write_text(next->to, out);
        fputs(", .levels = ", out);
        write_flags(levels, LEVELS, out);
        fputs(", .roles = ", out);
        write_flags(roles_of(next->by_role, next->n_by_role), ROLES, out);
        fputs(", .needs = \"", out);
        for (size_t n = 0; n < next->n_needs; n++) fprintf(out, "%s%s", n > 0 ? " " : "", next->needs[n]);
        fputs("\"},\n", out);
    }
    fputs("};\n", out);
}

static void write_texts(char *const *texts, size_t n, FILE *out)
{
    fputs("[] = {", out);
    for (size_t i = 0; i < n; i++) {
        write_text(texts[i], out);
        fputs(", ", out);
    }
    fputs("NULL};\n", out);
}

static void write_word_aliases(const kind_t *kind, const field_t *field, size_t w, FILE *out)
{
    const Selenga__Word *word = field->says->word[w];
    if (word->n_alias == 0) return;
    fprintf(out, "static const char *const %s_%s_%zu_aliases", kind->c_name, field->name, w);
    write_texts(word->alias, word->n_alias, out);
}

static void write_words(const kind_t *kind, const field_t *field, FILE *out)
{
    const Selenga__FieldOptions *says = field->says;
    if (says->n_word == 0) return;
    for (size_t i = 0; i < says->n_word; i++) {
        write_changes(kind, field, i, out);
        write_word_aliases(kind, field, i, out);
    }
    fprintf(out, "static const field_word_t %s_%s_words[] = {\n", kind->c_name, field->name);
    for (size_t i = 0; i < says->n_word; i++) {
        const Selenga__Word *word = says->word[i];
        unsigned awaits = 0;
        fputs("    {.code = ", out);
        write_text(word->is, out);
        fputs(", .label = ", out);
        write_bilingual(word->en, word->ru, out);
        if (word->has_start && word->start) fputs(", .start = true", out);
        if (word->has_unsaid && word->unsaid) fputs(", .unsaid = true", out);
        if (word->n_next > 0)
            fprintf(out, ", .next = %s_%s_%zu, .n_next = %zu", kind->c_name, field->name, i, word->n_next);
        for (size_t n = 0; n < word->n_awaits; n++) awaits |= (unsigned)word->awaits[n];
        if (awaits != 0) fputs(", .awaits = ", out);
        if (awaits != 0) write_flags(awaits, LEVELS, out);
        if (word->n_alias > 0) fprintf(out, ", .aliases = %s_%s_%zu_aliases", kind->c_name, field->name, i);
        if (word->has_level) fputs(", .level = ", out);
        if (word->has_level) write_flags((unsigned)word->level, LEVELS, out);
        fputs("},\n", out);
    }
    fputs("};\n", out);
}

static void write_aliases(const kind_t *kind, const field_t *field, FILE *out)
{
    const Selenga__FieldOptions *says = field->says;
    if (says->n_alias == 0) return;
    fprintf(out, "static const char *const %s_%s_aliases", kind->c_name, field->name);
    write_texts(says->alias, says->n_alias, out);
}

// --- what records are called ---------------------------------------------------------------------

// "Family name Given name Patronymic"; of a reference the titles of what it leads to.
static void write_titles(const model_t *model, const kind_t *titled, bool russian, FILE *out)
{
    bool any = false;
    for (size_t i = 0; i < titled->n_fields; i++) {
        const field_t *field = &titled->fields[i];
        if (!has_flag(field, F_TITLE)) continue;
        if (any) fputc(' ', out);
        any = true;
        if (field->ref != NULL)
            write_titles(model, titled_kind(model, field->ref), russian, out);
        else
            fputs(russian ? field->says->ru : field->says->en, out);
    }
}

static void write_named_label(const model_t *model, const field_t *field, bool russian, FILE *out)
{
    char *text = NULL;
    size_t size = 0;
    FILE *label = must(open_memstream(&text, &size));
    fprintf(label, "%s: ", russian ? field->says->ru : field->says->en);
    if (field->ref != NULL)
        write_titles(model, titled_kind(model, field->ref), russian, label);
    else
        fputs(russian ? "название" : "name", label);
    fclose(label);
    write_text(text, out);
    free(text);
}

// The column beside a reference. It may name a person: nobody sees it who may not see that.
static void write_named(const model_t *model, const kind_t *kind, const field_t *field, FILE *out)
{
    if (!is_named(model, field)) return;
    fprintf(out, "static const field_rule_t %s_%s_named = {.name = \"%s.name\", .pd = ", kind->c_name,
            field->name, field->name);
    write_one(title_class(model, field->ref), PD_CLASSES, out);
    fputs(", .type = FIELD_TEXT,\n    .label = {", out);
    write_named_label(model, field, false, out);
    fputs(", ", out);
    write_named_label(model, field, true, out);
    fputs("},\n    .help = {\"what that one is called, where this node knows it\", "
          "\"как это называется, если узел это знает\"}};\n",
          out);
}

// --- fields --------------------------------------------------------------------------------------

static int64_t most_of(const field_t *field)
{
    const Selenga__FieldOptions *says = field->says;
    if (field->type == FIELD_INT || field->type == FIELD_DECIMAL) return says->max;
    if (field->type == FIELD_DIGITS) return says->digits;
    if (field->type == FIELD_REF || field->type == FIELD_REFS || field->type == FIELD_ANY_REF) return REF_MAX;
    if ((field->flags & F_CODE) != 0) return CODE_MAX;
    return says->has_bytes ? says->bytes : 0;
}

static void write_number_of(const char *member, const kind_t *kind, const char *field, FILE *out)
{
    if (field != NULL) fprintf(out, ", .%s = %d", member, find_field(kind, field)->proto->number);
}

static void write_field(const model_t *model, const kind_t *kind, const field_t *field, FILE *out)
{
    const Selenga__FieldOptions *says = field->says;
    fprintf(out, "    {.name = \"%s\", .pd = ", field->name);
    write_one((unsigned)says->pd, PD_CLASSES, out);
    fputs(", .type = ", out);
    write_one(field->type, TYPES, out);
    fputs(", .flags = ", out);
    write_flags(field->flags, FIELD_FLAGS, out);
    if (says->has_min) fprintf(out, ", .min = %" PRId64, says->min);
    fprintf(out, ", .max = %" PRId64, most_of(field));
    if (says->n_word > 0 && !has_flag(field, F_OPEN)) {
        fputs(",\n     .values = \"", out);
        for (size_t i = 0; i < says->n_word; i++) fprintf(out, "%s%s", i > 0 ? " " : "", says->word[i]->is);
        fputs("\"", out);
    }
    if (says->n_word > 0)
        fprintf(out, ", .words = %s_%s_words, .n_words = %zu", kind->c_name, field->name, says->n_word);
    if (field->ref != NULL) fprintf(out, ", .ref = %u", field->ref->says->number);
    write_number_of("not_before", kind, says->not_before, out);
    write_number_of("differs_from", kind, says->differs_from, out);
    fputs(",\n     .label = ", out);
    write_bilingual(says->en, says->ru, out);
    fputs(",\n     .help = ", out);
    write_bilingual(says->help, says->help_ru, out);
    if (says->n_alias > 0) fprintf(out, ", .aliases = %s_%s_aliases", kind->c_name, field->name);
    if (is_named(model, field)) fprintf(out, ", .named = &%s_%s_named", kind->c_name, field->name);
    fputs("},\n", out);
}

// --- kinds ---------------------------------------------------------------------------------------

static void write_readers(const char *member, const Selenga__Service__Is *services, size_t n, FILE *out)
{
    if (n == 0) return;
    fprintf(out, "    .%s = ", member);
    for (size_t i = 0; i < n; i++) fprintf(out, "%s1U << %d", i > 0 ? " | " : "", (int)services[i]);
    fputs(",\n", out);
}

static void write_roles(const char *member, const Selenga__Role__Is *is, size_t n, FILE *out)
{
    fprintf(out, ".%s = ", member);
    write_flags(roles_of(is, n), ROLES, out);
    fputs(", ", out);
}

static void write_access(const Selenga__Access *access, FILE *out)
{
    fputs("    .access = {", out);
    write_roles("read", access->read, access->n_read, out);
    write_roles("write", access->write, access->n_write, out);
    write_roles("remove", access->delete_, access->n_delete_, out);
    fputs(".own = \"", out);
    for (size_t i = 0; i < access->n_own; i++) fprintf(out, "%s%s", i > 0 ? " " : "", access->own[i]);
    fputs("\"},\n", out);
}

static void write_name_of(const char *member, const char *name, FILE *out)
{
    if (name != NULL) fprintf(out, ".%s = \"%s\", ", member, name);
}

static void write_calendar(const kind_t *kind, FILE *out)
{
    const Selenga__Calendar *calendar = kind->says->calendar;
    if (calendar == NULL) return;
    fprintf(out, "static const calendar_rule_t %s_calendar = {", kind->c_name);
    write_name_of("from", calendar->from, out);
    write_name_of("to", calendar->to, out);
    write_name_of("place", calendar->place, out);
    write_name_of("also", calendar->also, out);
    write_name_of("with", calendar->with, out);
    write_name_of("of", calendar->of, out);
    write_name_of("who", calendar->who, out);
    fprintf(out, ".clashes = %d, .off = \"", (int)calendar->clashes);
    for (size_t i = 0; i < calendar->n_off; i++) fprintf(out, "%s%s", i > 0 ? " " : "", calendar->off[i]);
    fputs("\"};\n", out);
}

static void write_kind(const model_t *model, const kind_t *kind, FILE *out)
{
    const Selenga__KindOptions *says = kind->says;
    const kind_t *titled = titled_kind(model, kind);
    unsigned writers = 0;
    for (size_t i = 0; i < says->n_writers; i++) writers |= (unsigned)says->writers[i];
    fputs("const kind_rule_t KIND_", out);
    write_upper(kind->c_name, out);
    fprintf(out, " = {\n    .number = %u,\n    .name = \"%s\",\n", says->number, kind->name);
    fprintf(out, "    .message = &selenga__%s__descriptor,\n", kind->message);
    fprintf(out, "    .fields = %s,\n    .n_fields = %zu,\n", kind->c_name, kind->n_fields);
    fprintf(out, "    .up = %d,\n    .down = %d,\n", (int)says->up, (int)says->down);
    if (says->has_leads && says->leads) fputs("    .leads = true,\n", out);
    if (says->has_derived && says->derived) fputs("    .derived = true,\n", out);
    fputs("    .writers = ", out);
    write_flags(writers, LEVELS, out);
    fputs(",\n", out);
    if (says->org != NULL) fprintf(out, "    .org_field = \"%s\",\n", says->org);
    if (says->about != NULL) fprintf(out, "    .about_field = \"%s\",\n", says->about);
    if (says->speaker != NULL) fprintf(out, "    .speaker_field = \"%s\",\n", says->speaker);
    if (says->speaker_level != NULL) fprintf(out, "    .speaker_level = \"%s\",\n", says->speaker_level);
    if (says->ends_by != NULL) fprintf(out, "    .ends_by = \"%s\",\n", says->ends_by);
    if (says->above != NULL) fprintf(out, "    .above_field = \"%s\",\n", says->above);
    if (says->has_one_tree && says->one_tree) fputs("    .one_tree = true,\n", out);
    if (says->check != NULL) fprintf(out, "    .check = %s,\n", says->check);
    write_readers("read_by", says->read_by, says->n_read_by, out);
    write_readers("read_near_by", says->read_near_by, says->n_read_near_by, out);
    if (titled != NULL) fprintf(out, "    .titled = %u,\n", titled->says->number);
    write_access(says->access, out);
    if (says->calendar != NULL) fprintf(out, "    .calendar = &%s_calendar,\n", kind->c_name);
    fputs("    .label = ", out);
    write_bilingual(says->en, says->ru, out);
    fputs(",\n    .help = ", out);
    write_bilingual(says->help, says->help_ru, out);
    fputs(",\n};\n\n", out);
}

void write_rows(const model_t *model, FILE *out)
{
    for (size_t k = 0; k < model->n_kinds; k++) {
        const kind_t *kind = &model->kinds[k];
        for (size_t i = 0; i < kind->n_fields; i++) {
            write_words(kind, &kind->fields[i], out);
            write_aliases(kind, &kind->fields[i], out);
            write_named(model, kind, &kind->fields[i], out);
        }
        fprintf(out, "static const field_rule_t %s[] = {\n", kind->c_name);
        for (size_t i = 0; i < kind->n_fields; i++) write_field(model, kind, &kind->fields[i], out);
        fputs("};\n", out);
        write_calendar(kind, out);
        write_kind(model, kind, out);
    }
    fputs("const kind_rule_t *const KINDS[] = {\n", out);
    for (size_t k = 0; k < model->n_kinds; k++) {
        fputs("    &KIND_", out);
        write_upper(model->kinds[k].c_name, out);
        fputs(",\n", out);
    }
    fprintf(out, "};\nconst size_t N_KINDS = %zu;\n", model->n_kinds);
}
