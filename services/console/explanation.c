// SPDX-License-Identifier: Apache-2.0
#include "services/console/explanation.h"
#include "common/forms/refs.h"
#include "common/forms/rule.h"
#include "common/node/msg.h"
#include "common/watch/roll.h"
#include "proto/message.h"
#include "services/console/entry.h"
#include "services/console/figures.h"
#include <stdlib.h>

enum { PEOPLE = 100, SILENT = 100 };

// --- asking

static uint32_t number_of(const page_t *page, const char *name)
{
    int64_t number = 0;
    (void)int_parse(form_text(&page->request->query, name), 0, UINT32_MAX - 1, &number);
    return (uint32_t)number;
}

static bool ask_page(page_t *page, const char *period, const char *code, uint32_t from,
                     const Selenga__ReportReply **ret_reply)
{
    Selenga__Report request = SELENGA__REPORT__INIT;
    request.period = (char *)(uintptr_t)period;
    request.org = (char *)(uintptr_t)figures_org(page);
    request.explain = (char *)(uintptr_t)code;
    request.has_from = from > 0;
    request.from = from;
    return page_ask(page, SERVICE_REPORTING, MSG_REPORT, &request, MSG_REPORT_REPLY,
                    &selenga__report_reply__descriptor, ret_reply);
}

// Names of those who are shown, where the reader may see any.
static bool ask_names(page_t *page, explanation_t *why)
{
    ProtobufCBinaryData ids[PEOPLE];
    rid_t rids[PEOPLE];
    why_t unknown;
    Selenga__List list = SELENGA__LIST__INIT;
    if (!entry_may(page, &KIND_IDENTITY, ACCESS_READ)) return true;
    list.has_kind = list.has_limit = true;
    list.kind = KIND_IDENTITY.number;
    list.limit = PEOPLE;
    list.ids = ids;
    for (size_t i = 0; i < why->n; i++) {
        rid_t *id = &rids[list.n_ids];
        if (refs_record(&KIND_IDENTITY, why->here->people[why->skip + i]->person, page->lang, id, &unknown) !=
            0)
            continue; // a pseudonym
        ids[list.n_ids++] = (ProtobufCBinaryData){sizeof id->b, id->b};
    }
    return list.n_ids == 0 || page_ask(page, SERVICE_REGISTRY, MSG_LIST, &list, MSG_RECORDS,
                                       &selenga__records__descriptor, &why->names);
}

bool explanation_ask(page_t *page, const char *period, const char *code, explanation_t *ret_why)
{
    uint32_t from = number_of(page, "from");
    *ret_why = (explanation_t){.skip = number_of(page, "skip")};
    if (!ask_page(page, period, code, 0, &ret_why->first)) return false;
    ret_why->here = ret_why->first;
    if (from > 0 && !ask_page(page, period, code, from, &ret_why->here)) return false;
    size_t all = ret_why->here->n_people;
    if (ret_why->skip > all) ret_why->skip = all;
    ret_why->n = all - ret_why->skip < PEOPLE ? all - ret_why->skip : PEOPLE;
    return ask_names(page, ret_why);
}

// --- writing

static roll_t *names_of(const explanation_t *why)
{
    roll_t *roll = roll_new();
    for (size_t i = 0; why->names != NULL && i < why->names->n_records; i++) {
        body_t *body = NULL;
        const ProtobufCBinaryData *wire = &why->names->records[i];
        AUTO(msg_body_free)
        Selenga__Record *record = msg_body_unpack(&selenga__record__descriptor, slice(wire->data, wire->len));
        if (record == NULL) continue;
        AUTO(arena_destroy) arena_t *arena = arena_new(record->body.len);
        if (body_unpack(&KIND_IDENTITY, slice(record->body.data, record->body.len), arena, &body, NULL) == 0)
            roll_add(roll, body);
    }
    return roll;
}

static void write_person(page_t *page, const Selenga__Explained *person, const roll_t *names,
                         const rule_words_t *words)
{
    html_t *html = &page->body;
    const char *name = roll_of(names, person->person);
    AUTO(xfree) char *rule = person->n_ways > 0 ? rule_text(words, person) : NULL;
    html_raw(html, "<tr><td>");
    if (strchr(person->person, ':') != NULL && entry_may(page, &KIND_PERSON, ACCESS_READ))
        entry_link(html, &KIND_PERSON, person->person, name != NULL ? name : person->person);
    else
        html_text(html, person->person);
    html_raw(html, "</td><td>");
    html_text(html, person->org);
    html_raw(html, "</td><td>");
    if (rule == NULL) {
        html_raw(html, "<span class=\"pill ok\">");
        html_text(html, _("counted"));
        html_raw(html, "</span>");
    } else {
        html_text(html, rule);
    }
    html_raw(html, "</td></tr>");
}

static void write_people(page_t *page, const explanation_t *why)
{
    html_t *html = &page->body;
    const char *const titles[] = {N_("person"), N_("organisation"), N_("why")};
    AUTO(roll_destroy) roll_t *names = names_of(why);
    AUTO(rule_words_free) rule_words_t words = {{0}};
    rule_words_take(&words, why->first);
    html_raw(html, "<div class=\"scroll\"><table><thead><tr>");
    for (size_t i = 0; i < ARRAY_SIZE(titles); i++) html_element(html, "th", _(titles[i]));
    html_raw(html, "</tr></thead><tbody>");
    for (size_t i = 0; i < why->n; i++) write_person(page, why->here->people[why->skip + i], names, &words);
    html_raw(html, "</tbody></table></div>");
}

static void write_next(page_t *page, const char *period, const char *code, const explanation_t *why)
{
    html_t *html = &page->body;
    const char *org = figures_org(page);
    bool inside = why->skip + why->n < why->here->n_people;
    if (!inside && !why->here->has_next) return;
    html_raw(html, "<p class=\"actions\"><a href=\"");
    figures_address(html, period, code, org);
    html_textf(html, "%sfrom=%u&skip=%zu", org != NULL ? "&" : "?",
               inside ? number_of(page, "from") : why->here->next, inside ? why->skip + why->n : 0);
    html_raw(html, "#why\">");
    html_text(html, _("Next people"));
    html_raw(html, "</a></p>");
}

static void write_silent(page_t *page, const explanation_t *why)
{
    html_t *html = &page->body;
    size_t n = why->first->n_silent;
    if (n == 0) return;
    html_element(html, "h2", _("Organisations without data"));
    html_raw(html, "<ul class=\"plain columns\">");
    for (size_t i = 0; i < n && i < SILENT; i++) html_element(html, "li", why->first->silent[i]);
    html_raw(html, "</ul>");
    if (n <= SILENT) return;
    html_raw(html, "<p>");
    html_textf(html, _("and %zu more"), n - SILENT);
    html_raw(html, "</p>");
}

void explanation_write(page_t *page, const char *period, const char *code, const explanation_t *why)
{
    html_t *html = &page->body;
    html_raw(html, "<h2 id=\"why\">");
    html_text(html, _("Why"));
    html_raw(html, "</h2>");
    if (!why->first->of_people)
        html_element(html, "p", _("This indicator does not count people: there is nobody to show."));
    else if (why->n == 0)
        html_element(html, "p", _("Nobody is known of whom it could count."));
    else
        write_people(page, why);
    if (why->first->of_people) write_next(page, period, code, why);
    write_silent(page, why);
}
