// SPDX-License-Identifier: Apache-2.0
// Slips for teachers: who is to log in is ticked on the staff list, gets an account with a one-time password,
// and a slip to cut off. Passwords are shown once; who has not used his yet may get another slip.
#include "common/forms/view.h"
#include "common/schema/body.h"
#include "common/store/record.h"
#include "proto/message.h"
#include "proto/registry.pb-c.h"
#include "services/console/entry.h"
#include "services/console/pages.h"
#include <stdio.h>

enum {
    AT_ONCE = 40, // accounts of one form: each costs the registry the hash of a password
    LISTED = 200,
    REF = REF_MAX + 1,
};

typedef struct person {
    char ref[REF]; // ORG:NUMBER
    char name[3 * FIELD_TEXT_MAX];
} person_t;

static void read_person(slice_t wire, person_t *ret)
{
    *ret = (person_t){0};
    AUTO(arena_destroy) arena_t *arena = arena_new(4 * wire.size + 4096);
    const Selenga__Record *record = selenga__record__unpack(arena_allocator(arena), wire.size, wire.data);
    if (record == NULL) return;
    const Selenga__Identity *one =
        selenga__identity__unpack(arena_allocator(arena), record->body.len, record->body.data);
    if (one == NULL || one->org == NULL || one->number == NULL) return;
    snprintf(ret->ref, sizeof ret->ref, "%s:%s", one->org, one->number);
    const char *parts[] = {one->last_name, one->first_name, one->middle_name};
    size_t n = 0;
    for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
        if (parts[i] != NULL)
            n += (size_t)snprintf(ret->name + n, sizeof ret->name - n, "%s%s", n > 0 ? " " : "", parts[i]);
}

static bool list_people(page_t *page, Selenga__List *list, const Selenga__Records **ret_reply)
{
    list->has_kind = list->has_limit = 1;
    list->kind = KIND_IDENTITY.number;
    list->limit = LISTED;
    return page_ask(page, SERVICE_REGISTRY, MSG_LIST, list, MSG_RECORDS, &selenga__records__descriptor,
                    ret_reply);
}

// --- choosing

static void write_find(page_t *page)
{
    html_t *html = &page->body;
    html_raw(html, "<form class=\"filter\" method=\"get\" action=\"/slips\"><label>");
    html_text(html, _("Find"));
    html_raw(html, "<input type=\"search\" name=\"find\"");
    html_attribute(html, "value", form_text(&page->request->query, "find"));
    html_raw(html, "></label><button>");
    html_text(html, _("Show"));
    html_raw(html, "</button></form>");
}

static void write_choice(page_t *page, const Selenga__Records *people)
{
    html_t *html = &page->body;
    person_t one;
    html_raw(html, "<form method=\"post\" action=\"/slips\">");
    page_token(page, html);
    html_raw(html, "<ul class=\"plain columns\">");
    for (size_t i = 0; i < people->n_records; i++) {
        read_person(slice(people->records[i].data, people->records[i].len), &one);
        if (one.ref[0] == '\0') continue;
        html_raw(html, "<li><label><input type=\"checkbox\" name=\"person\"");
        html_attribute(html, "value", one.ref);
        html_raw(html, "> ");
        html_text(html, one.name);
        html_raw(html, "</label> <span class=\"muted\">");
        html_text(html, one.ref);
        html_raw(html, "</span></li>");
    }
    html_raw(html, "</ul><p class=\"actions\"><button class=\"main\">");
    html_text(html, _("Make accounts and slips"));
    html_raw(html, "</button></p></form>");
}

static void show_people(page_t *page, const char *why)
{
    html_t *html = &page->body;
    const Selenga__Records *people;
    Selenga__List list = SELENGA__LIST__INIT;
    const char *find = form_text(&page->request->query, "find");
    list.org = page->session->account.org;
    list.find = *find != '\0' ? (char *)(uintptr_t)find : NULL;
    if (!list_people(page, &list, &people)) return;
    page_title(page, "%s", _("Slips for teachers"));
    html_raw(html, "<p>");
    html_textf(
        html,
        _("Tick whoever is to log in with a browser, at most %d at once. Each gets an account and a one-time "
          "password, which stand on a slip and are shown once."),
        AT_ONCE);
    html_raw(html, "</p>");
    if (why != NULL) {
        html_raw(html, "<p class=\"note bad\" role=\"alert\">");
        html_text(html, why);
        html_raw(html, "</p>");
    }
    write_find(page);
    if (people->n_records == 0)
        html_element(html, "p", _("Nobody is on the staff list here. Load the list first."));
    else
        write_choice(page, people);
    if (people->has_next) html_element(html, "p", _("There are more people. Find them by name."));
}

// --- making

typedef struct choice {
    const char *refs[AT_ONCE];
    size_t n;
    bool too_many;
} choice_t;

static choice_t chosen(const form_t *form)
{
    choice_t choice = {0};
    for (size_t i = 0; i < form->n; i++) {
        if (strcmp(form->pairs[i].name, "person") != 0) continue;
        choice.too_many = choice.n == AT_ONCE;
        if (choice.too_many) break;
        choice.refs[choice.n++] = form->pairs[i].value;
    }
    return choice;
}

// Their names, in the order of the choice; "" where there is none. False: return at once.
static bool ask_names(page_t *page, const choice_t *choice, const Selenga__Records **ret_people)
{
    rid_t ids[AT_ONCE];
    ProtobufCBinaryData wanted[AT_ONCE];
    Selenga__List list = SELENGA__LIST__INIT;
    for (size_t i = 0; i < choice->n; i++) {
        if (!ref_id(&KIND_IDENTITY, slice_text(choice->refs[i]), &ids[i])) {
            page_refuse(page, 400, _("No address"), _("There is no such address here."));
            return false;
        }
        wanted[i] = (ProtobufCBinaryData){sizeof ids[i].b, ids[i].b};
    }
    list.ids = wanted;
    list.n_ids = choice->n;
    return list_people(page, &list, ret_people);
}

// One after the other, so that the registry serves others between them.
static bool ask_account(page_t *page, const char *ref, const asked_t **ret_asked)
{
    Selenga__TeacherAccount wish = SELENGA__TEACHER_ACCOUNT__INIT;
    wish.person = (char *)(uintptr_t)ref;
    const client_request_t request = {.service = SERVICE_REGISTRY,
                                      .type = MSG_TEACHER_ACCOUNT,
                                      .body = &wish,
                                      .reply = MSG_ACCOUNT_REPLY,
                                      .descriptor = &selenga__account_reply__descriptor,
                                      .timeout_ms = PAGE_ASK_MS,
                                      .account = page->session->account.name};
    return page_try(page, &request, ret_asked);
}

static const char *name_of(const Selenga__Records *people, const char *ref, person_t *buf)
{
    for (size_t i = 0; i < people->n_records; i++) {
        read_person(slice(people->records[i].data, people->records[i].len), buf);
        if (strcmp(buf->ref, ref) == 0) return buf->name;
    }
    return ref;
}

static void write_slip(page_t *page, const char *name, const Selenga__AccountReply *reply)
{
    html_t *html = &page->body;
    html_raw(html, "<section class=\"slip\"><h2>");
    html_text(html, name);
    html_raw(html, "</h2><p>");
    html_textf(html,
               page->request->secure ? _("Open in a browser: %s%s")
                                     : _("Open in a browser of this computer: %s%s"),
               page->request->secure ? "https://" : "http://", page->request->host);
    html_raw(html, "</p><p>");
    html_text(html, _("Name"));
    html_raw(html, ": <span class=\"code\">");
    html_text(html, reply->name);
    html_raw(html, "</span></p><p>");
    html_text(html, _("One-time password"));
    html_raw(html, ": <span class=\"code\">");
    html_text(html, reply->password);
    html_raw(html, "</span></p><p class=\"help\">");
    html_text(html, _("At the first log-in you choose your own password. Then throw this slip away."));
    html_raw(html, "</p></section>");
}

static void write_failure(page_t *page, const char *name, const asked_t *asked)
{
    html_t *html = &page->body;
    char text[CLIENT_WHY_TEXT];
    client_why_text(&asked->why, ".", page->lang, text, sizeof text);
    html_raw(html, "<p class=\"note bad\">");
    html_textf(html, "%s: %s", name, text);
    html_raw(html, "</p>");
}

static void make(page_t *page, const choice_t *choice)
{
    const asked_t *asked[AT_ONCE] = {NULL};
    const Selenga__Records *people;
    person_t buf;
    if (!ask_names(page, choice, &people)) return;
    for (size_t i = 0; i < choice->n; i++)
        if (!ask_account(page, choice->refs[i], &asked[i])) return;
    page_title(page, "%s", _("Slips for teachers"));
    html_raw(&page->body, "<p class=\"note ok\" role=\"status\">");
    html_text(&page->body, _("Print this page now (Ctrl+P) and cut it: the passwords are shown once."));
    html_raw(&page->body, "</p>");
    for (size_t i = 0; i < choice->n; i++)
        if (asked[i]->status != CLIENT_DONE)
            write_failure(page, name_of(people, choice->refs[i], &buf), asked[i]);
    html_raw(&page->body, "<div class=\"slips\">");
    for (size_t i = 0; i < choice->n; i++)
        if (asked[i]->status == CLIENT_DONE)
            write_slip(page, name_of(people, choice->refs[i], &buf), asked[i]->body);
    html_raw(&page->body, "</div>");
}

void page_slips(page_t *page)
{
    const choice_t choice = chosen(&page->request->form);
    if (!page->request->post) {
        show_people(page, NULL);
    } else if (choice.n == 0 || choice.too_many) {
        show_people(page, choice.too_many ? _("These are too many at once.") : _("Nobody is ticked."));
        if (page->status == 200) page->status = 422;
    } else {
        make(page, &choice);
    }
}
