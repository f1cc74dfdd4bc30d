// SPDX-License-Identifier: Apache-2.0
// See report_explain.h. The rule that keeps somebody out is told as what would let him in: the service names
// flags, their words are messages.
#include "services/cli/report_explain.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/base/i18n.h"
#include "common/base/util.h"
#include "common/node/msg.h"
#include "common/watch/roll.h"
#include "services/cli/output.h"

enum { FLAG_BITS = 32, REPORT_MS = 60000 };

typedef struct explanation {
    char *words[FLAG_BITS]; // of each flag, in the reader's language
    json_t *counted, *denominator, *not_counted, *silent;
    json_t *named; // names of those of them whose names this node may see
    bool of_people;
} explanation_t;

static void take_words(explanation_t *all, const Selenga__ReportReply *reply)
{
    for (size_t i = 0; i < reply->n_flags; i++)
        if (reply->flags[i]->flag != 0 && reply->flags[i]->text != NULL) {
            char **word = &all->words[__builtin_ctz(reply->flags[i]->flag)];
            free(*word);
            *word = xstrdup(_(reply->flags[i]->text));
        }
}

static void put_flags(const explanation_t *all, FILE *out, uint32_t flags, bool without, bool *first)
{
    for (; flags != 0; flags &= flags - 1) {
        const char *word = all->words[__builtin_ctz(flags)];
        if (!*first) fprintf(out, " %s ", _("and"));
        fprintf(out, "%s«%s»", without ? _("not ") : "", word != NULL ? word : "?");
        *first = false;
    }
}

// The caller frees it.
static char *rule_text(const explanation_t *all, const Selenga__Explained *person)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    fputs(person->denominator > 0 ? _("is counted if: ") : _("belongs here if: "), out);
    for (size_t i = 0; i < person->n_ways; i++) {
        bool first = true;
        if (i > 0) fprintf(out, "; %s ", _("or"));
        put_flags(all, out, person->ways[i]->lacks, false, &first);
        put_flags(all, out, person->ways[i]->excess, true, &first);
    }
    fclose(out);
    return text;
}

static void take_person(explanation_t *all, const Selenga__Explained *person)
{
    if (person->denominator > 0) json_array_append_new(all->denominator, output_text(person->person));
    if (person->n_ways == 0) {
        json_array_append_new(all->counted, output_text(person->person));
        return;
    }
    AUTO(xfree) char *rule = rule_text(all, person);
    json_array_append_new(all->not_counted,
                          json_pack("{s:o, s:o, s:o, s:b}", "person", output_text(person->person), "org",
                                    output_text(person->org), "rule", output_text(rule), "in_denominator",
                                    person->denominator > 0));
}

static bool take_page(void *context, const Selenga__ReportReply *page)
{
    explanation_t *all = context;
    if (page->n_flags > 0) take_words(all, page);
    all->of_people = page->of_people;
    for (size_t i = 0; i < page->n_silent; i++)
        json_array_append_new(all->silent, output_text(page->silent[i]));
    for (size_t i = 0; i < page->n_people; i++) take_person(all, page->people[i]);
    return true;
}

int explain_each(ask_t *ask, const Selenga__Report *request, explain_take_t *take, void *context)
{
    Selenga__Report page = *request;
    uint64_t state = 0;
    for (bool first = true;; first = false) {
        AUTO(msg_body_free) Selenga__ReportReply *reply = NULL;
        int r = ask_call(ask, SERVICE_REPORTING, MSG_REPORT, &page, MSG_REPORT_REPLY,
                         &selenga__report_reply__descriptor, &reply, REPORT_MS);
        if (r != CLI_DONE) return r;
        if (first) state = reply->state;
        if (reply->state != state) {
            cli_say(_("what is counted has changed meanwhile; try again"));
            return CLI_LATER;
        }
        if (!take(context, reply) || !reply->has_next) return CLI_DONE;
        page.has_from = 1;
        page.from = reply->next;
    }
}

// Of whom a list tells: it has texts, or objects with a `person`.
static const char *person_of(const json_t *one)
{
    return json_is_object(one) ? json_string_value(json_object_get(one, "person")) : json_string_value(one);
}

static void name_all(explanation_t *all, const roll_t *names, const json_t *list)
{
    size_t i;
    json_t *one;
    json_array_foreach(list, i, one)
    {
        const char *name = roll_of(names, person_of(one));
        if (name != NULL) json_object_set_new(all->named, person_of(one), output_text(name));
    }
}

static int read_names(explanation_t *all, ask_t *ask)
{
    AUTO(roll_destroy) roll_t *names = roll_new();
    client_why_t why;
    client_status_t status = all->of_people ? roll_read(names, ask_client(ask), &why) : CLIENT_DONE;
    if (status != CLIENT_DONE) return ask_said(ask, status, &why);
    name_all(all, names, all->counted);
    name_all(all, names, all->not_counted);
    return CLI_DONE;
}

static void print_list(const explanation_t *all, const char *title, const json_t *list)
{
    size_t i;
    json_t *one;
    printf("%s: %zu\n", title, json_array_size(list));
    json_array_foreach(list, i, one)
    {
        const char *rule = json_string_value(json_object_get(one, "rule"));
        const char *name = json_string_value(json_object_get(all->named, person_of(one)));
        printf("  %s%s%s%s%s\n", person_of(one), name != NULL ? "  " : "", name != NULL ? name : "",
               rule != NULL ? "  " : "", rule != NULL ? rule : "");
    }
}

static void print_text(const explanation_t *all)
{
    if (!all->of_people) printf("%s\n", _("This indicator does not count people: there is nobody to show."));
    if (all->of_people) print_list(all, _("Counted"), all->counted);
    if (all->of_people) print_list(all, _("Not counted"), all->not_counted);
    print_list(all, _("Organisations without data"), all->silent);
}

static void clear(explanation_t *all)
{
    json_decref(all->counted);
    json_decref(all->denominator);
    json_decref(all->not_counted);
    json_decref(all->silent);
    json_decref(all->named);
    for (size_t i = 0; i < FLAG_BITS; i++) free(all->words[i]);
}

int report_explain(ask_t *ask, const Selenga__Report *request, bool json)
{
    explanation_t all = {.counted = json_array(),
                         .denominator = json_array(),
                         .not_counted = json_array(),
                         .silent = json_array(),
                         .named = json_object()};
    int r = explain_each(ask, request, take_page, &all);
    if (r == CLI_DONE) r = read_names(&all, ask);
    if (r == CLI_DONE && json) {
        json_t *out = json_pack("{s:s, s:o, s:b, s:O, s:O, s:O, s:O, s:O}", "code", request->explain,
                                "period", output_text(request->period), "of_people", all.of_people, "counted",
                                all.counted, "denominator", all.denominator, "not_counted", all.not_counted,
                                "silent", all.silent, "names", all.named);
        output_json(&out);
    } else if (r == CLI_DONE) {
        print_text(&all);
    }
    clear(&all);
    return r;
}
