// SPDX-License-Identifier: Apache-2.0
// Watchers of what the node's services answer: figures and who stands behind them, what makes little sense,
// what was refused.
#include "common/base/arena.h"
#include "common/base/i18n.h"
#include "common/base/vec.h"
#include "common/node/msg.h"
#include "common/schema/sense.h"
#include "common/watch/attention_private.h"
#include "proto/audit.pb-c.h"
#include <stdio.h>
#include <stdlib.h>

enum { NAMES_MOST = 20 };

#define YOUNG "I-5.3.2"

static char *fault_words(const Selenga__Fault *fault, const kind_rule_t *kind, char text[static FAULT_TEXT])
{
    fault_t plain;
    text[0] = '\0';
    if (fault == NULL) return text;
    fault_from_proto(fault, &plain);
    (void)fault_text_of(&plain, kind, i18n_now(), text, FAULT_TEXT);
    return text;
}

// --- figures -------------------------------------------------------------------------------------

static void explain(attention_t *a, const question_t *about, const char *org, const char *code)
{
    question_t q = *about;
    q.service = SERVICE_REPORTING;
    q.type = MSG_REPORT;
    q.reply = MSG_REPORT_REPLY;
    q.descriptor = &selenga__report_reply__descriptor;
    q.org = org;
    q.explain = code;
    question_add(a, &q);
}

static bool reports(const attention_t *a, const char *code)
{
    const Selenga__ReportUnit *unit = a->report.unit;
    for (size_t i = 0; i < unit->n_indicators; i++)
        if (strcmp(unit->indicators[i]->code, code) == 0) return true;
    return false;
}

void find_hanging(attention_t *a, const watcher_t *self)
{
    const Selenga__ReportReply *first = a->report.pages[0];
    for (size_t i = 0; i < first->n_unattached; i++) {
        const char *code = first->unattached[i];
        const place_of_t *org = attention_org(a, code);
        if (org != NULL && org->ours)
            attention_add(a, self->what, code, &KIND_ORGANISATION, code, _(self->text));
    }
}

static bool take_silent(attention_t *a, const question_t *q, const void *body)
{
    const Selenga__ReportReply *page = body;
    for (size_t i = 0; i < page->n_silent; i++)
        attention_add(a, q->watcher->what, page->silent[i], &KIND_ORGANISATION, page->silent[i],
                      _(q->watcher->text));
    return false;
}

// The explanation of any indicator names them.
void find_silent(attention_t *a, const watcher_t *self)
{
    if (a->report.unit->n_indicators == 0) return;
    explain(a, &(question_t){.watcher = self, .take = take_silent}, a->org,
            reports(a, YOUNG) ? YOUNG : a->report.unit->indicators[0]->code);
}

// --- young teachers ------------------------------------------------------------------------------

typedef struct young_unit { // an organisation some of whose young teachers have no support
    const char *org;        // of the report
    char *text;
    size_t size;
    FILE *out;
    size_t n, more;
} young_unit_t;

struct young {
    young_unit_t *units;
    size_t n, room;
};

void young_destroy(young_t **young_p)
{
    young_t *young = *young_p;
    if (young == NULL) return;
    for (size_t i = 0; i < young->n; i++) {
        fclose(young->units[i].out);
        free(young->units[i].text);
    }
    free(young->units);
    free(young);
    *young_p = NULL;
}

void young_see(attention_t *a, const watcher_t *self, const seen_record_t *seen)
{
    (void)self;
    if (a->names == NULL) a->names = roll_new();
    roll_add(a->names, seen->body);
}

static bool take_young(attention_t *a, const question_t *q, const void *body)
{
    const Selenga__ReportReply *page = body;
    young_unit_t *unit = &a->young->units[q->unit];
    for (size_t i = 0; i < page->n_people; i++) {
        const Selenga__Explained *one = page->people[i];
        const char *name = one->n_ways > 0 && one->denominator > 0 ? roll_of(a->names, one->person) : NULL;
        if (name == NULL) continue;
        if (unit->n < NAMES_MOST)
            fprintf(unit->out, "%s%s (%s)", unit->n > 0 ? ", " : " ", name, one->person);
        else
            unit->more++;
        unit->n++;
    }
    return true;
}

static void say_young(attention_t *a, const question_t *q)
{
    young_unit_t *unit = &a->young->units[q->unit];
    if (unit->more > 0) fprintf(unit->out, _(" and %zu more"), unit->more);
    fflush(unit->out);
    attention_add(a, q->watcher->what, unit->org, NULL, YOUNG, unit->text);
}

// Names of the unit's, where this node may see any.
static void look_at_unit(attention_t *a, const watcher_t *self, const Selenga__ReportUnit *unit)
{
    young_t *young = a->young;
    for (size_t i = 0; i < unit->n_indicators; i++) {
        const Selenga__IndicatorValue *v = unit->indicators[i];
        const place_of_t *org = attention_org(a, unit->org);
        if (strcmp(v->code, YOUNG) != 0 || !v->has_has_value || !v->has_value ||
            v->numerator >= v->denominator)
            continue;
        const question_t q = {.watcher = self, .unit = young->n, .take = take_young, .end = say_young};
        *vec_add(young->units, young->n, young->room) = (young_unit_t){.org = unit->org};
        young_unit_t *added = &young->units[young->n - 1];
        added->out = open_memstream(&added->text, &added->size);
        fprintf(added->out, _("Young teachers without any support: %lld of %lld."),
                (long long)(v->denominator - v->numerator), (long long)v->denominator);
        size_t before = a->n_questions;
        if (org != NULL && org->named) explain(a, &q, unit->org, YOUNG);
        if (a->n_questions == before) say_young(a, &q);
        return;
    }
}

static void mark_named(attention_t *a)
{
    for (size_t i = 0; a->names != NULL && i < roll_count(a->names); i++) {
        char code[CODE_MAX + 1];
        const char *ref = roll_ref(a->names, i);
        snprintf(code, sizeof code, "%.*s", (int)strcspn(ref, ":"), ref);
        for (place_of_t *org = attention_org(a, code); org != NULL && !org->named;
             org = attention_org(a, org->parent))
            org->named = true;
    }
}

// A stream writes to where its unit stands: none of them moves.
void find_young(attention_t *a, const watcher_t *self)
{
    const report_t *report = &a->report;
    mark_named(a);
    a->young = xcalloc(1, sizeof *a->young);
    vec_reserve(a->young->units, a->young->room, report->n_children + 1);
    if (report->n_children == 0) look_at_unit(a, self, report->unit);
    for (size_t i = 0; i < report->n_children; i++) look_at_unit(a, self, report->children[i]);
}

// --- what makes little sense ---------------------------------------------------------------------

static void add_doubts(attention_t *a, const question_t *q, slice_t wire, const Selenga__Doubts *doubts)
{
    char key[KEY_TEXT_MAX], said[FAULT_TEXT];
    AUTO(msg_body_free) Selenga__Record *record = msg_body_unpack(&selenga__record__descriptor, wire);
    if (record == NULL || !attention_is_ours(a, record)) return; // who is above sees it too
    AUTO(arena_destroy) arena_t *arena = arena_new(record->body.len);
    const body_t *body = records_body(q->kind, record, arena);
    for (size_t i = 0; body != NULL && i < doubts->n_faults; i++) {
        char *text = NULL;
        if (asprintf(&text, "%s: %s", bilingual_text(&q->kind->label),
                     fault_words(doubts->faults[i], q->kind, said)) < 0)
            out_of_memory();
        attention_add(a, q->watcher->what, record->org, q->kind, body_key_shown(q->kind, body, key), text);
        free(text);
    }
}

static bool take_doubts(attention_t *a, const question_t *q, const void *body)
{
    const Selenga__Records *page = body;
    for (size_t i = 0; i < page->n_records && i < page->n_doubts; i++)
        add_doubts(a, q, slice(page->records[i].data, page->records[i].len), page->doubts[i]);
    return true;
}

void find_senseless(attention_t *a, const watcher_t *self)
{
    const kind_rule_t *before = NULL;
    for (size_t i = 0; i < N_SENSE_RULES; i++) { // rules of one kind stand together
        if (SENSE_RULES[i].kind == before) continue;
        before = SENSE_RULES[i].kind;
        question_list(a, &(question_t){.watcher = self, .doubtful = true, .take = take_doubts}, before);
    }
}

// --- refusals ------------------------------------------------------------------------------------

static bool take_refused(attention_t *a, const question_t *q, const void *body)
{
    const Selenga__QuarantineList *page = body;
    for (size_t i = 0; i < page->n_items; i++) {
        const Selenga__Quarantined *item = page->items[i];
        char id[2 * sizeof(rid_t) + 1] = "", text[FAULT_TEXT];
        if (item->id.len == sizeof(rid_t)) hex_text(slice(item->id.data, item->id.len), id);
        const kind_rule_t *kind = kind_by_number(item->kind);
        finding_t *found =
            attention_add(a, q->watcher->what, item->org, kind, id, fault_words(item->fault, kind, text));
        if (found != NULL) found->since_s = item->came_s;
    }
    return true;
}

void find_refused(attention_t *a, const watcher_t *self)
{
    for (uint32_t service = SERVICES_FIRST; service < SERVICES_END; service++)
        question_add(a, &(question_t){.service = service,
                                      .type = MSG_QUARANTINE_LIST,
                                      .reply = MSG_QUARANTINE_REPLY,
                                      .descriptor = &selenga__quarantine_list__descriptor,
                                      .watcher = self,
                                      .take = take_refused});
}

// --- audit logs of children

static bool take_chains(attention_t *a, const question_t *q, const void *body)
{
    const Selenga__AuditHead *head = body;
    for (size_t i = 0; i < head->n_children; i++) {
        const Selenga__AuditChild *child = head->children[i];
        finding_t *found = attention_add(a, q->watcher->what, child->org, &KIND_ORGANISATION, child->org,
                                         _(q->watcher->text));
        if (found != NULL) found->since_s = child->marked_s;
    }
    return false;
}

void find_chains(attention_t *a, const watcher_t *self)
{
    for (uint32_t service = SERVICES_FIRST; service < SERVICES_END; service++)
        question_add(a, &(question_t){.service = service,
                                      .type = MSG_AUDIT,
                                      .reply = MSG_AUDIT_HEAD,
                                      .descriptor = &selenga__audit_head__descriptor,
                                      .watcher = self,
                                      .take = take_chains});
}
