// SPDX-License-Identifier: Apache-2.0
#include "services/console/again.h"
#include "common/base/clock.h"
#include "services/console/entering.h"
#include "services/console/keeping.h"

#define OWN "again."

const char *again_whose(const page_t *page)
{
    const form_t *form = &page->request->form;
    const char *who = form_value(form, "who");
    bool made = who != NULL && session_token_of(page->sessions, who, form_value(form, "token"), wall_s());
    return made ? who : NULL;
}

static void carry(page_t *page)
{
    const form_t *form = &page->request->form;
    html_t *html = &page->body;
    for (size_t i = 0; i < form->n; i++) {
        if (strncmp(form->pairs[i].name, OWN, sizeof OWN - 1) == 0) continue;
        html_raw(html, "<input type=\"hidden\"");
        html_attribute(html, "name", form->pairs[i].name);
        html_attribute(html, "value", form->pairs[i].value);
        html_raw(html, ">");
    }
}

static void write_question(page_t *page, const char *why)
{
    html_t *html = &page->body;
    page_title(page, "%s", _("Log in to go on"));
    html_raw(html, "<p class=\"note\">");
    html_text(html, _("You were away for long, or the node was started anew. What you typed is still here: "
                      "with your password "
                      "it is taken as if nothing had happened."));
    html_raw(html, "</p>");
    if (why != NULL) {
        html_raw(html, "<p class=\"note bad\" role=\"alert\">");
        html_text(html, why);
        html_raw(html, "</p>");
    }
    html_raw(html, "<form class=\"narrow\" method=\"post\"");
    html_attribute(html, "action", page->request->uri);
    html_raw(html, ">");
    entering_guest(page, OWN "token");
    carry(page);
    entering_input(page, OWN "name", _("Name"), "text", form_text(&page->request->form, "who"), "username");
    entering_input(page, OWN "password", _("Password"), "password", "", "current-password");
    html_raw(html, "<button class=\"main\">");
    html_text(html, _("Log in and go on"));
    html_raw(html, "</button></form>");
}

again_t again_ask(page_t *page)
{
    const form_t *form = &page->request->form;
    const entering_t who = {form_text(form, OWN "name"), form_text(form, OWN "password"), NULL};
    account_t account;
    char why[CLIENT_WHY_TEXT];
    if (form_value(form, OWN "password") == NULL ||
        !entering_guest_fits(page, form_value(form, OWN "token"))) {
        page->status = 403;
        write_question(page, NULL);
        return AGAIN_ASKS;
    }
    switch (entering_ask(page, &who, &account, why)) {
    case ENTERED_WAITING:
        return AGAIN_ASKS;
    case ENTERED_NOT:
    case ENTERED_CHOOSE:
        page->status = page->status == 200 ? 403 : page->status;
        write_question(page, why);
        return AGAIN_ASKS;
    case ENTERED:
        break;
    }
    entering_open(page, &account);
    return strcmp(account.name, again_whose(page)) == 0 ? AGAIN_GOES : AGAIN_OTHER;
}
