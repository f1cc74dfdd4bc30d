// SPDX-License-Identifier: Apache-2.0
#include "common/base/date.h"
#include "common/base/i18n.h"
#include "common/forms/view.h"
#include "common/print/document.h"
#include "common/print/iom_private.h"
#include <stdio.h>

enum { TEXT = 3 * VIEW_TEXT };

static const char *value(const kind_rule_t *kind, const body_t *body, const char *field, char *buf)
{
    int i = kind_field(kind, field);
    if (body == NULL || i < 0 || !body_has(kind, body, (size_t)i)) return "";
    return view_value(kind, body, (size_t)i, (view_t){VIEW_WORDS, i18n_now()}, buf);
}

// "Доржиева Туяна Баировна"; who is not named here stands by his number.
static const char *name_of(const iom_t *iom, const char *ref, char buf[static VIEW_TEXT])
{
    const Selenga__Identity *who = (const Selenga__Identity *)iom_find(iom, &KIND_IDENTITY, ref);
    if (who == NULL) return ref != NULL ? ref : "";
    snprintf(buf, VIEW_TEXT, "%s %s%s%s", who->last_name, who->first_name,
             who->middle_name != NULL ? " " : "", who->middle_name != NULL ? who->middle_name : "");
    return buf;
}

static const char *org_name(const iom_t *iom, const char *code)
{
    const Selenga__Organisation *org = (const Selenga__Organisation *)iom_find(iom, &KIND_ORGANISATION, code);
    return org != NULL && org->name != NULL ? org->name : code != NULL ? code : "";
}

static void code_of(const char *person, char org[static CODE_MAX + 1])
{
    snprintf(org, CODE_MAX + 1, "%.*s", (int)strcspn(person, ":"), person);
}

// --- 1

static void add_pair(document_t *document, const char *label, const char *text)
{
    document_row(document, (const char *const[]){label, text});
}

static const char *experience(const iom_t *iom, int32_t today, char *buf)
{
    const Selenga__Identity *who =
        (const Selenga__Identity *)iom_find(iom, &KIND_IDENTITY, iom->route->person);
    if (who == NULL || !who->has_experience_from) return "";
    int64_t from = who->experience_from + (who->has_experience_break_days ? who->experience_break_days : 0);
    int years = from <= today ? date_full_years((int32_t)from, today) : 0;
    snprintf(buf, VIEW_TEXT, _("full years: %d"), years);
    return buf;
}

static void add_general(document_t *document, const iom_t *iom, int32_t today)
{
    static const document_column_t columns[] = {{NULL, 0.36, false}, {NULL, 0.64, false}};
    char buf[VIEW_TEXT], org[CODE_MAX + 1];
    const Selenga__Route *route = iom->route;
    const body_t *work = iom_find(iom, &KIND_EMPLOYMENT, route->person);
    code_of(route->person, org);
    const Selenga__Organisation *school =
        (const Selenga__Organisation *)iom_find(iom, &KIND_ORGANISATION, org);
    document_heading(document, 1, _("1. General data"));
    document_table(document, columns, ARRAY_SIZE(columns));
    add_pair(document, _("Full name"), name_of(iom, route->person, buf));
    add_pair(document, _("Place of work"), org_name(iom, org));
    add_pair(document, _("District"), school != NULL ? org_name(iom, school->parent) : "");
    add_pair(document, _("Post"), value(&KIND_EMPLOYMENT, work, "post", buf));
    add_pair(document, _("Education"), "");
    add_pair(document, _("Category"), value(&KIND_EMPLOYMENT, work, "category", buf));
    add_pair(document, _("Subject"), value(&KIND_EMPLOYMENT, work, "subject", buf));
    add_pair(document, _("Pedagogical experience"), experience(iom, today, buf));
    add_pair(document, _("Tutor or mentor"), name_of(iom, route->tutor, buf));
}

// --- 2, 3

static const char *competency(const iom_t *iom, const char *ref, char buf[static VIEW_TEXT])
{
    const Selenga__Competency *c = (const Selenga__Competency *)iom_find(iom, &KIND_COMPETENCY, ref);
    if (c == NULL) return ref != NULL ? ref : "";
    snprintf(buf, VIEW_TEXT, "%s %s", c->code, c->title);
    return buf;
}

static void add_results(document_t *document, const iom_t *iom)
{
    const document_column_t columns[] = {{_("Competency"), 0.46, false},
                                         {_("Campaign"), 0.18, false},
                                         {_("Done, %"), 0.12, true},
                                         {_("Need"), 0.12, false},
                                         {_("State"), 0.14, false}};
    char title[VIEW_TEXT], band[VIEW_TEXT], state[VIEW_TEXT], percent[24];
    document_heading(document, 1, _("2. Results of the diagnostic"));
    if (iom->n_needs == 0) {
        document_paragraph(
            document,
            _("No needs are kept here; results of a diagnostic stay at the teacher's organisation."));
        return;
    }
    document_table(document, columns, ARRAY_SIZE(columns));
    for (size_t i = 0; i < iom->n_needs; i++) {
        const Selenga__Deficit *d = iom->needs[i];
        snprintf(percent, sizeof percent, "%lld", d->max > 0 ? (long long)(d->score * 100 / d->max) : 0);
        document_row(document, (const char *const[]){competency(iom, d->competency, title), d->campaign,
                                                     percent, value(&KIND_DEFICIT, &d->base, "band", band),
                                                     value(&KIND_DEFICIT, &d->base, "state", state)});
    }
}

// The teacher's own words are kept nowhere on purpose (proto/kinds/routing/routes.proto): he writes them
// here.
static void add_request(document_t *document, const iom_t *iom)
{
    document_heading(document, 1, _("3. Individual request"));
    if (iom->route->goal != NULL) {
        char text[VIEW_TEXT];
        snprintf(text, sizeof text, _("Goal: %s"), iom->route->goal);
        document_paragraph(document, text);
    }
    document_lines(document, 3);
}

// --- 4, 5

static const char *term(const Selenga__Activity *step, char buf[static VIEW_TEXT])
{
    char from[VIEW_TEXT], to[VIEW_TEXT];
    lang_t lang = i18n_now();
    if (step->has_planned_from) view_day(step->planned_from, lang, from);
    if (step->has_planned_to) view_day(step->planned_to, lang, to);
    if (step->has_planned_from && step->has_planned_to)
        snprintf(buf, VIEW_TEXT, "%.64s – %.64s", from, to);
    else
        snprintf(buf, VIEW_TEXT, "%s", step->has_planned_to ? to : step->has_planned_from ? from : "");
    return buf;
}

static void add_map(document_t *document, const iom_t *iom)
{
    const document_column_t columns[] = {{_("Level"), 0.16, false},
                                         {_("Accompanied by"), 0.18, false},
                                         {_("Activities to meet the needs found"), 0.31, false},
                                         {_("Form"), 0.19, false},
                                         {_("Term"), 0.16, false}};
    char what[TEXT], title[VIEW_TEXT], why[VIEW_TEXT], level[VIEW_TEXT], form[VIEW_TEXT], when[VIEW_TEXT],
        tutor[VIEW_TEXT];
    document_heading(document, 1, _("4. Map of the route"));
    if (iom->n_steps == 0) document_paragraph(document, _("no activities"));
    if (iom->n_steps > 0) document_table(document, columns, ARRAY_SIZE(columns));
    for (size_t i = 0; i < iom->n_steps; i++) {
        const Selenga__Activity *step = iom->steps[i];
        snprintf(what, sizeof what, "%s\n%s%s", value(&KIND_ACTIVITY, &step->base, "title", title),
                 _("Why: "), value(&KIND_ACTIVITY, &step->base, "reason", why));
        document_row(document, (const char *const[]){value(&KIND_ACTIVITY, &step->base, "level", level),
                                                     name_of(iom, iom->route->tutor, tutor), what,
                                                     value(&KIND_ACTIVITY, &step->base, "form", form),
                                                     term(step, when)});
    }
}

static void add_report(document_t *document, const iom_t *iom)
{
    const document_column_t columns[] = {{_("No."), 0.07, true},
                                         {_("Activity"), 0.34, false},
                                         {_("What came of it"), 0.37, false},
                                         {_("Link, document"), 0.22, false}};
    char number[24], title[VIEW_TEXT];
    document_heading(document, 1, _("5. Report"));
    if (iom->n_steps == 0) return;
    document_table(document, columns, ARRAY_SIZE(columns));
    for (size_t i = 0; i < iom->n_steps; i++) {
        const Selenga__Activity *step = iom->steps[i];
        snprintf(number, sizeof number, "%zu", i + 1);
        document_row(document,
                     (const char *const[]){number, value(&KIND_ACTIVITY, &step->base, "title", title),
                                           step->result, step->document});
    }
}

static void add_signatures(document_t *document, const iom_t *iom)
{
    char name[VIEW_TEXT];
    document_signature(document, _("Teacher"), name_of(iom, iom->route->person, name));
    document_signature(document, _("Tutor or mentor"), name_of(iom, iom->route->tutor, name));
    document_signature(document, _("Agreed by"),
                       iom->route->confirmed_by != NULL ? iom->route->confirmed_by : "");
}

uint8_t *iom_pdf(const iom_t *iom, int32_t today, size_t *ret_size)
{
    char text[4 * VIEW_TEXT], from[VIEW_TEXT], to[VIEW_TEXT], state[VIEW_TEXT];
    const Selenga__Route *route = iom->route;
    lang_t lang = i18n_now();
    snprintf(text, sizeof text, _("Individual educational route %s"), route->code);
    document_t *document = document_new(text, text);
    document_heading(document, 0, _("Individual educational route"));
    snprintf(text, sizeof text, _("Code: %s. State: %s. Term: %s to %s."), route->code,
             value(&KIND_ROUTE, &route->base, "state", state), view_day(route->from, lang, from),
             route->has_to ? view_day(route->to, lang, to) : _("open-ended"));
    document_paragraph(document, text);
    add_general(document, iom, today);
    add_results(document, iom);
    add_request(document, iom);
    add_map(document, iom);
    add_report(document, iom);
    add_signatures(document, iom);
    uint8_t *bytes = document_pdf(document, ret_size);
    document_destroy(&document);
    return bytes;
}
