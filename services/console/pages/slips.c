// SPDX-License-Identifier: Apache-2.0
// Slips for teachers: who is to log in is ticked on the staff list, gets an account with a one-time password,
// and a slip to cut off. Passwords are shown once; who has not used his yet may get another slip.
#include "common/forms/slips.h"
#include "proto/message.h"
#include "services/console/entry.h"
#include "services/console/pages.h"
#include <stdio.h>

enum { LISTED = 200 };

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
    slip_person_t one;
    html_raw(html, "<form method=\"post\" action=\"/slips\">");
    page_token(page, html);
    html_raw(html, "<ul class=\"plain columns\">");
    for (size_t i = 0; i < people->n_records; i++) {
        slip_person(slice(people->records[i].data, people->records[i].len), &one);
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
        SLIPS_AT_ONCE);
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

// False: somebody is none; *ret_chosen says what is wrong with the last one.
static bool chosen(const form_t *form, slip_choice_t *choice, slip_chosen_t *ret_chosen)
{
    *choice = (slip_choice_t){0};
    for (size_t i = 0; i < form->n; i++) {
        if (strcmp(form->pairs[i].name, "person") != 0) continue;
        *ret_chosen = slip_choose(choice, form->pairs[i].value);
        if (*ret_chosen != SLIP_CHOSEN) return false;
    }
    return true;
}

// Their names, in the order of the choice. False: return at once.
static bool ask_names(page_t *page, slip_choice_t *choice, const Selenga__Records **ret_people)
{
    Selenga__List list;
    slip_names_wish(choice, &list);
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

static void write_slip(page_t *page, const char *name, const Selenga__AccountReply *reply)
{
    html_t *html = &page->body;
    char where[SLIP_WHERE];
    html_raw(html, "<section class=\"slip\"><h2>");
    html_text(html, name);
    html_raw(html, "</h2><p>");
    html_text(html, slip_where(page->request->secure, page->request->host, where));
    html_raw(html, "</p><p>");
    html_text(html, _("Name"));
    html_raw(html, ": <span class=\"code\">");
    html_text(html, reply->name);
    html_raw(html, "</span></p><p>");
    html_text(html, _("One-time password"));
    html_raw(html, ": <span class=\"code\">");
    html_text(html, reply->password);
    html_raw(html, "</span></p><p class=\"help\">");
    html_text(html, slip_foot());
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

static void make(page_t *page, slip_choice_t *choice)
{
    const asked_t *asked[SLIPS_AT_ONCE] = {NULL};
    const Selenga__Records *people;
    slip_person_t buf;
    if (!ask_names(page, choice, &people)) return;
    for (size_t i = 0; i < choice->n; i++)
        if (!ask_account(page, choice->refs[i], &asked[i])) return;
    page_title(page, "%s", _("Slips for teachers"));
    html_raw(&page->body, "<p class=\"note ok\" role=\"status\">");
    html_text(&page->body, _("Print this page now (Ctrl+P) and cut it: the passwords are shown once."));
    html_raw(&page->body, "</p>");
    for (size_t i = 0; i < choice->n; i++)
        if (asked[i]->status != CLIENT_DONE)
            write_failure(page, slip_name(people, choice->refs[i], &buf), asked[i]);
    html_raw(&page->body, "<div class=\"slips\">");
    for (size_t i = 0; i < choice->n; i++)
        if (asked[i]->status == CLIENT_DONE)
            write_slip(page, slip_name(people, choice->refs[i], &buf), asked[i]->body);
    html_raw(&page->body, "</div>");
}

void page_slips(page_t *page)
{
    slip_choice_t choice;
    slip_chosen_t what = SLIP_CHOSEN;
    bool all = chosen(&page->request->form, &choice, &what);
    if (!page->request->post) {
        show_people(page, NULL);
    } else if (!all && what == SLIP_NO_PERSON) {
        page_refuse(page, 400, _("No address"), _("There is no such address here."));
    } else if (!all || choice.n == 0) {
        show_people(page, all ? _("Nobody is ticked.") : _("These are too many at once."));
        if (page->status == 200) page->status = 422;
    } else {
        make(page, &choice);
    }
}
