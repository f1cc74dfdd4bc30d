// SPDX-License-Identifier: Apache-2.0
// Watchers of what the node's services answer: figures and who stands behind them, what makes little sense,
// what was refused.
#include <stdlib.h>
#include <string.h>

#include "common/base/arena.h"
#include "common/base/date.h"
#include "common/node/msg.h"
#include "common/node/pages.h"
#include "common/schema/sense.h"
#include "services/cli/attention_private.h"
#include "services/cli/report_explain.h"
#include "services/cli/roll.h"

enum { PAGE_MOST = 1000, NAMES_MOST = 20, YEAR_TEXT = 8 };

#define YOUNG "I-5.3.2"

// --- figures -------------------------------------------------------------------------------------

static Selenga__Report request_of(const attention_t *a, char year[static YEAR_TEXT])
{
    Selenga__Report request = SELENGA__REPORT__INIT;
    snprintf(year, YEAR_TEXT, "%d", date_civil(a->today).year);
    request.period = year;
    request.org = (char *)(uintptr_t)a->org;
    return request;
}

// Asked for once, whoever looks at it.
static int read_report(attention_t *a)
{
    char year[YEAR_TEXT];
    client_why_t why;
    if (a->reported) return CLI_DONE;
    Selenga__Report request = request_of(a, year);
    client_status_t status = report_read(ask_client(a->ask), &request, &a->report, &why);
    a->reported = status == CLIENT_DONE;
    return a->reported ? CLI_DONE : ask_said(a->ask, status, &why);
}

static bool reports(const attention_t *a, const char *code)
{
    const Selenga__ReportUnit *unit = a->report.unit;
    for (size_t i = 0; unit != NULL && i < unit->n_indicators; i++)
        if (strcmp(unit->indicators[i]->code, code) == 0) return true;
    return false;
}

int find_hanging(attention_t *a, const watcher_t *self)
{
    int r = read_report(a);
    if (r != CLI_DONE) return r;
    const Selenga__ReportReply *first = a->report.pages[0];
    for (size_t i = 0; i < first->n_unattached; i++) {
        const char *code = first->unattached[i];
        const place_of_t *org = attention_org(a, code);
        if (org != NULL && org->ours) attention_add(a, self->what, code, code, NULL, _(self->text));
    }
    return CLI_DONE;
}

typedef struct silence {
    attention_t *a;
    const watcher_t *watcher;
} silence_t;

static bool take_silent(void *context, const Selenga__ReportReply *page)
{
    const silence_t *silence = context;
    for (size_t i = 0; i < page->n_silent; i++)
        attention_add(silence->a, silence->watcher->what, page->silent[i], page->silent[i], NULL,
                      _(silence->watcher->text));
    return false;
}

// The explanation of any indicator names them.
int find_silent(attention_t *a, const watcher_t *self)
{
    char year[YEAR_TEXT];
    silence_t silence = {a, self};
    int r = read_report(a);
    if (r != CLI_DONE || a->report.unit == NULL || a->report.unit->n_indicators == 0) return r;
    Selenga__Report request = request_of(a, year);
    request.explain = reports(a, YOUNG) ? YOUNG : a->report.unit->indicators[0]->code;
    return explain_each(a->ask, &request, take_silent, &silence);
}

// --- young teachers ------------------------------------------------------------------------------

typedef struct young {
    attention_t *a;
    const watcher_t *watcher;
    roll_t *names;
    FILE *out;
    size_t n, more;
} young_t;

static bool take_young(void *context, const Selenga__ReportReply *page)
{
    young_t *young = context;
    for (size_t i = 0; i < page->n_people; i++) {
        const Selenga__Explained *one = page->people[i];
        const char *name =
            one->n_ways > 0 && one->denominator > 0 ? roll_of(young->names, one->person) : NULL;
        if (name == NULL) continue;
        if (young->n < NAMES_MOST)
            fprintf(young->out, "%s%s (%s)", young->n > 0 ? ", " : " ", name, one->person);
        else
            young->more++;
        young->n++;
    }
    return true;
}

// Names of the unit's, where this node may see any.
static int name_them(young_t *young, const char *unit)
{
    char year[YEAR_TEXT];
    const place_of_t *org = attention_org(young->a, unit);
    if (org == NULL || !org->named) return CLI_DONE;
    Selenga__Report request = request_of(young->a, year);
    request.org = (char *)(uintptr_t)unit;
    request.explain = YOUNG;
    young->n = young->more = 0;
    int r = explain_each(young->a->ask, &request, take_young, young);
    if (young->more > 0) fprintf(young->out, _(" and %zu more"), young->more);
    return r;
}

static int look_at_unit(young_t *young, const Selenga__ReportUnit *unit)
{
    for (size_t i = 0; i < unit->n_indicators; i++) {
        const Selenga__IndicatorValue *v = unit->indicators[i];
        char *text = NULL;
        size_t size = 0;
        if (strcmp(v->code, YOUNG) != 0 || !v->has_has_value || !v->has_value ||
            v->numerator >= v->denominator)
            continue;
        young->out = open_memstream(&text, &size);
        fprintf(young->out, _("Young teachers without any support: %lld of %lld."),
                (long long)(v->denominator - v->numerator), (long long)v->denominator);
        int r = name_them(young, unit->org);
        fclose(young->out);
        if (r == CLI_DONE) attention_add(young->a, young->watcher->what, unit->org, v->code, NULL, text);
        free(text);
        if (r != CLI_DONE) return r;
    }
    return CLI_DONE;
}

static void mark_named(attention_t *a, const roll_t *names)
{
    for (size_t i = 0; i < roll_count(names); i++) {
        char code[CODE_MAX + 1];
        const char *ref = roll_ref(names, i);
        snprintf(code, sizeof code, "%.*s", (int)strcspn(ref, ":"), ref);
        for (place_of_t *org = attention_org(a, code); org != NULL && !org->named;
             org = attention_org(a, org->parent))
            org->named = true;
    }
}

int find_young(attention_t *a, const watcher_t *self)
{
    AUTO(roll_destroy) roll_t *names = roll_new();
    young_t young = {.a = a, .watcher = self, .names = names};
    int r = read_report(a);
    if (r == CLI_DONE && reports(a, YOUNG)) r = roll_read(names, a->ask);
    mark_named(a, names);
    const report_t *report = &a->report;
    if (r == CLI_DONE && report->n_children == 0 && report->unit != NULL)
        r = look_at_unit(&young, report->unit);
    for (size_t i = 0; i < report->n_children && r == CLI_DONE; i++)
        r = look_at_unit(&young, report->children[i]);
    return r;
}

// --- what makes little sense ---------------------------------------------------------------------

static void add_doubts(attention_t *a, const watcher_t *self, const kind_rule_t *kind, slice_t wire,
                       const Selenga__Doubts *doubts)
{
    char key[KEY_TEXT_MAX];
    body_t *body = NULL;
    AUTO(msg_body_free) Selenga__Record *record = msg_body_unpack(&selenga__record__descriptor, wire);
    if (record == NULL || !attention_is_ours(a, record)) return; // who is above sees it too
    AUTO(arena_destroy) arena_t *arena = arena_new(record->body.len);
    if (body_unpack(kind, slice(record->body.data, record->body.len), arena, &body, NULL) != 0) return;
    for (size_t i = 0; i < doubts->n_faults; i++) {
        AUTO(xfree) char *said = ask_fault_text(doubts->faults[i]);
        char *text = NULL;
        size_t size = 0;
        FILE *out = open_memstream(&text, &size);
        fprintf(out, "%s: %s", bilingual_text(&kind->label), said);
        fclose(out);
        attention_add(a, self->what, record->org, body_key_shown(kind, body, key), NULL, text);
        free(text);
    }
}

static int find_doubts(attention_t *a, const watcher_t *self, const kind_rule_t *kind)
{
    Selenga__List request = SELENGA__LIST__INIT;
    page_mark_t mark = {0};
    client_why_t why;
    request.has_kind = request.has_doubtful = request.doubtful = true;
    request.kind = kind->number;
    for (;;) {
        request.has_after = mark.size > 0;
        request.after = (ProtobufCBinaryData){mark.size, mark.bytes};
        AUTO(msg_body_free) Selenga__Records *page = NULL;
        int r = ask_call(a->ask, kind->number / 100, MSG_LIST, &request, MSG_RECORDS,
                         &selenga__records__descriptor, &page, PAGE_TIMEOUT_MS);
        if (r != CLI_DONE) return r;
        for (size_t i = 0; i < page->n_records && i < page->n_doubts; i++)
            add_doubts(a, self, kind, slice(page->records[i].data, page->records[i].len), page->doubts[i]);
        client_status_t status = page_mark_keep(&mark, page->has_next, &page->next, &why);
        if (status != CLIENT_DONE) return ask_said(a->ask, status, &why);
        if (mark.size == 0) return CLI_DONE;
    }
}

int find_senseless(attention_t *a, const watcher_t *self)
{
    const kind_rule_t *before = NULL;
    for (size_t i = 0; i < N_SENSE_RULES; i++) { // rules of one kind stand together
        if (SENSE_RULES[i].kind == before) continue;
        before = SENSE_RULES[i].kind;
        int r = find_doubts(a, self, before);
        if (r != CLI_DONE) return r;
    }
    return CLI_DONE;
}

// --- refusals ------------------------------------------------------------------------------------

static void add_refused(attention_t *a, const watcher_t *self, const Selenga__Quarantined *item)
{
    char id[2 * sizeof(rid_t) + 1] = "", since[OUTPUT_TIME_TEXT];
    if (item->id.len == sizeof(rid_t)) hex_text(slice(item->id.data, item->id.len), id);
    AUTO(xfree) char *text = ask_fault_text(item->fault);
    attention_add(a, self->what, item->org, id, output_time_text(item->came_s, since), text);
}

static int find_refused_by(attention_t *a, const watcher_t *self, uint32_t service)
{
    page_mark_t mark = {0};
    client_why_t why;
    for (;;) {
        AUTO(msg_body_free) Selenga__QuarantineList *reply = NULL;
        Selenga__QuarantineQuery query = SELENGA__QUARANTINE_QUERY__INIT;
        query.has_limit = true;
        query.limit = PAGE_MOST;
        query.has_after = mark.size > 0;
        query.after = (ProtobufCBinaryData){mark.size, mark.bytes};
        int r = ask_call(a->ask, service, MSG_QUARANTINE_LIST, &query, MSG_QUARANTINE_REPLY,
                         &selenga__quarantine_list__descriptor, &reply, ASK_TIMEOUT_MS);
        if (r != CLI_DONE) return r;
        for (size_t i = 0; i < reply->n_items; i++) add_refused(a, self, reply->items[i]);
        client_status_t status = page_mark_keep(&mark, reply->has_next, &reply->next, &why);
        if (status != CLIENT_DONE) return ask_said(a->ask, status, &why);
        if (mark.size == 0) return CLI_DONE;
    }
}

int find_refused(attention_t *a, const watcher_t *self)
{
    int r = CLI_DONE;
    for (uint32_t service = SERVICES_FIRST; service < SERVICES_END && r == CLI_DONE; service++)
        r = find_refused_by(a, self, service);
    return r;
}
