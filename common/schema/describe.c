// SPDX-License-Identifier: Apache-2.0
// See describe.h.
#include "common/schema/describe.h"
#include "common/base/i18n.h"
#include "common/schema/sense.h"
#include "common/schema/states.h"

void kind_describe_writers(const kind_rule_t *kind, FILE *out)
{
    unsigned writers = kind->writers;
    char levels[FAULT_ARG], names[STATES_TEXT];
    if ((writers & W_PROGRAM) != 0) {
        fputs(_("the program itself"), out);
        return;
    }
    levels_codes(writers & W_ANY, levels, sizeof levels);
    if ((writers & W_ANY) == W_ANY)
        fputs(_("any level"), out);
    else
        fputs(states_who(levels, i18n_now(), names), out);
    if ((writers & W_SERVING) != 0) fputs(_("the node that serves the organisation"), out);
    if ((writers & W_ABOVE) != 0) fputs(_("a node above the organisation, or serving it"), out);
}

// printf counts bytes, the reader characters.
static void put_padded(const char *text, FILE *out)
{
    enum { CELLS = 11 };
    int width = 0;
    for (const char *c = text; *c != '\0'; c++) width += ((unsigned char)*c & 0xc0) != 0x80;
    fprintf(out, " %s%*s", text, width < CELLS ? CELLS - width : 0, "");
}

static void describe_field(const field_rule_t *f, FILE *out)
{
    const kind_rule_t *target = f->ref != 0 ? kind_by_number(f->ref) : NULL;
    char words[STATES_TEXT];
    bool required = (f->flags & F_REQUIRED) != 0, key = (f->flags & F_KEY) != 0;
    fprintf(out, "  %-22s%s%s", f->name, required ? "*" : " ", key ? "#" : " ");
    put_padded(field_type_in(f->type, i18n_now()), out);
    put_padded(pd_class_in(f->pd, i18n_now()), out);
    fprintf(out, " %s", bilingual_text(&f->help));
    if (target != NULL) fprintf(out, " -> %s", target->name);
    if (f->type == FIELD_ANY_REF) fprintf(out, " -> %s", _("KIND:KEY"));
    if (f->n_words > 0) fprintf(out, " (%s)", states_all_words(f, i18n_now(), words));
    if ((f->flags & F_OPEN) != 0) fprintf(out, " (%s)", _("or other codes"));
    if ((f->flags & F_DERIVED) != 0) fprintf(out, " (%s)", _("computed"));
    fputc('\n', out);
}

// What indicators may ask of it.
static void describe_facts(const kind_rule_t *kind, FILE *out)
{
    bool any = false;
    for (size_t i = 0; i < kind->n_fields; i++) {
        if ((kind->fields[i].flags & F_FACT) == 0) continue;
        if (!any) {
            fprintf(out, "%s: count(", _("formulas of indicators"));
            for (const char *c = kind->name; *c != '\0'; c++) fputc(*c == '-' ? '_' : *c, out);
            fprintf(out, " where ...); %s:", _("columns"));
        }
        fprintf(out, " %s", kind->fields[i].name);
        any = true;
    }
    if (any) fputc('\n', out);
}

// What one is warned of. Values of a rule are not known here: their places are left open.
static void describe_sense(const kind_rule_t *kind, FILE *out)
{
    bool any = false;
    for (size_t i = 0; i < N_SENSE_RULES; i++) {
        const sense_rule_t *rule = &SENSE_RULES[i];
        if (rule->kind != kind) continue;
        if (!any) fprintf(out, "%s:\n", _("warnings, which --strict makes refusals"));
        any = true;
        fprintf(out, "  %-17s %-22s ", rule->code, rule->field);
        if (rule->when != NULL) fprintf(out, "%s %s: ", _("where"), rule->when);
        if (rule->among == NULL)
            fprintf(out, "%s\n", rule->must);
        else
            fprintf(out, "%s %s: %s\n", rule->none ? _("none of") : _("one of"), rule->among->name,
                    rule->such);
    }
}

static void describe_one(const kind_rule_t *kind, FILE *out)
{
    fprintf(out, "%s (%u, %s): %s\n", kind->name, kind->number, service_name(kind->number / 100),
            bilingual_text(&kind->help));
    fprintf(out, "%s: %s; %s\n", _("travels"), reach_up_text(kind->up), reach_down_text(kind->down));
    if (kind->about_field != NULL)
        fprintf(out, _("is about what %s names, and goes no further up than that\n"), kind->about_field);
    if (kind->speaker_field != NULL)
        fprintf(out, _("%s is an organisation that its home serves\n"), kind->speaker_field);
    fprintf(out, "%s: ", _("written by"));
    kind_describe_writers(kind, out);
    fputc('\n', out);
    fprintf(out, "%s\n", _("fields (* required, # part of the key), type, personal-data class, meaning:"));
    for (size_t i = 0; i < kind->n_fields; i++) describe_field(&kind->fields[i], out);
    states_draw(kind, out);
    describe_sense(kind, out);
    describe_facts(kind, out);
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
