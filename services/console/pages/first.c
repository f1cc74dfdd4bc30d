// SPDX-License-Identifier: Apache-2.0
// The first start: who sits at a node that nobody can log in to yet makes the account of its operator, and
// gets a sheet for the day on which he has forgotten the password; and that day.
#include "common/node/first.h"
#include "common/base/clock.h"
#include "proto/message.h"
#include "services/console/entering.h"
#include "services/console/pages.h"
#include "services/console/router.h"
#include "services/console/steps.h"
#include <stdio.h>
#include <unistd.h>

bool first_is_open(void)
{
    return access(FIRST_CODE_FILE, F_OK) == 0;
}

static void write_why(page_t *page, const char *why)
{
    if (why == NULL) return;
    html_raw(&page->body, "<p class=\"note bad\" role=\"alert\">");
    html_text(&page->body, why);
    html_raw(&page->body, "</p>");
}

static void write_new_password(page_t *page)
{
    entering_input(page, "new_password", _("New password"), "password", "", "new-password");
    entering_input(page, "repeated", _("New password once more"), "password", "", "new-password");
}

// Nothing is kept of who has no session, his language neither: it goes along in addresses and forms.
static void write_language(page_t *page)
{
    html_raw(&page->body, "<input type=\"hidden\" name=\"lang\"");
    html_attribute(&page->body, "value", lang_name(page->lang));
    html_raw(&page->body, ">");
}

static void take_language(page_t *page)
{
    const char *lang = form_value(&page->request->form, "lang");
    if (lang != NULL) (void)lang_by_name(lang, &page->lang);
    i18n_use(page->lang);
}

// Was the new password typed twice alike? Else *why.
static bool typed_alike(const page_t *page, const char **why)
{
    const form_t *form = &page->request->form;
    if (strcmp(form_text(form, "new_password"), form_text(form, "repeated")) == 0) return true;
    *why = _("The new password was typed differently the second time.");
    return false;
}

// --- the sheet

static void write_row(html_t *html, const char *label, const char *text)
{
    html_raw(html, "<dt>");
    html_text(html, label);
    html_raw(html, "</dt><dd>");
    html_text(html, text);
    html_raw(html, "</dd>");
}

static void write_sheet(page_t *page, const Selenga__AccountReply *reply)
{
    html_t *html = &page->body;
    page_title(page, "%s", _("Recovery sheet"));
    html_raw(html, "<p class=\"note ok\" role=\"status\">");
    html_sentence(
        html,
        _("The account is ready. Print this sheet now (Ctrl+P) or copy it by hand: the code is shown once."));
    html_raw(html, "</p><section class=\"sheet\"><dl class=\"card\">");
    write_row(html, _("Node"), *page->node->name != '\0' ? page->node->name : page->node->org);
    write_row(html, _("Organisation"), page->node->org);
    write_row(html, _("Name"), reply->name);
    html_raw(html, "<dt>");
    html_text(html, _("Recovery code"));
    html_raw(html, "</dt><dd class=\"code\">");
    html_text(html, reply->recovery);
    html_raw(html, "</dd>");
    html_raw(html, "<dt>");
    html_text(html, _("Printed"));
    html_raw(html, "</dt><dd>");
    html_moment(html, wall_s());
    html_raw(html, "</dd></dl>");
    html_element(html, "p",
                 _("With this code and the name a new password is chosen on the page of the log-in, once; "
                   "then a new sheet "
                   "is printed. Keep it where only the head of the organisation can take it. The recovery "
                   "phrase of the "
                   "node is another paper."));
    html_raw(html, "</section>");
}

static void write_next(page_t *page, const char *href, const char *text)
{
    AUTO(request_free) request_t request = {0};
    const route_t *route;
    html_t *html = &page->body;
    if (!request_uri(&request, href) || route_find(&request, &route) != ROUTE_FOUND) return;
    html_raw(html, "<li><a");
    html_attribute(html, "href", href);
    html_raw(html, ">");
    html_sentence(html, text);
    html_raw(html, "</a></li>");
}

// first: with the account that the sheet is of.
static void show_made(page_t *page, const Selenga__AccountReply *reply, bool first)
{
    if (reply->recovery == NULL || reply->name == NULL) {
        page_refuse(page, 500, _("The node refuses this"), _("Its answer cannot be read."));
        return;
    }
    if (first) steps_write(page, STEP_OPERATOR);
    write_sheet(page, reply);
    html_raw(&page->body, "<div class=\"next\">");
    html_element(&page->body, "h2", _("What comes next"));
    html_raw(&page->body, "<ul>");
    write_next(page, "/login", _("Log in. Others get their accounts by the command selenga account add"));
    write_next(page, "/import?first", _("Load the staff: that is a coordinator's work"));
    write_next(page, "/reach?first", _("What goes where: what leaves this node, and how far"));
    html_raw(&page->body, "</ul></div>");
}

// --- asking

typedef struct wish {
    uint32_t type;
    const void *body;
} wish_t;

// True: *ret_reply. False: it is on its way, or *why says why not.
static bool ask(page_t *page, wish_t wish, const Selenga__AccountReply **ret_reply, char *ret_why)
{
    const asked_t *asked;
    const client_request_t request = {.service = SERVICE_REGISTRY,
                                      .type = wish.type,
                                      .body = wish.body,
                                      .reply = MSG_ACCOUNT_REPLY,
                                      .descriptor = &selenga__account_reply__descriptor,
                                      .timeout_ms = PAGE_ASK_MS};
    if (!page_try(page, &request, &asked)) return false;
    *ret_reply = asked->body;
    if (asked->status == CLIENT_DONE) return true;
    client_why_text(&asked->why, ".", page->lang, ret_why, CLIENT_WHY_TEXT);
    page->status = asked->status == CLIENT_LATER ? 503 : 403;
    return false;
}

// --- the first account

static void write_where(page_t *page)
{
    html_t *html = &page->body;
    html_raw(html, "<dl class=\"card\">");
    write_row(html, _("Node"), *page->node->name != '\0' ? page->node->name : page->node->org);
    write_row(html, _("Organisation"), page->node->org);
    write_row(html, _("Node above"),
              page->node->parent.known ? page->node->parent.endpoint
                                       : _("none: this is the top of its tree"));
    html_raw(html, "</dl>");
}

static void write_first(page_t *page, const char *why)
{
    html_t *html = &page->body;
    const form_t *form = &page->request->form;
    page->session = NULL;
    page_title(page, "%s", _("First start"));
    steps_write(page, STEP_OPERATOR);
    html_element(html, "p",
                 _("Nobody can log in to this node yet. Make the account of its operator: he gives accounts "
                   "to all others "
                   "and looks after the node, and sees nobody's personal data."));
    write_where(page);
    write_why(page, why);
    html_raw(html, "<form class=\"narrow\" method=\"post\" action=\"/first\">");
    entering_guest(page, "token");
    write_language(page);
    entering_input(page, "code", _("Code of the first start"), "text", form_text(form, "code"), "off");
    html_raw(html, "<p class=\"help\">");
    html_text(
        html,
        _("It stands on the terminal where the node was started, and in run/first-code of its directory."));
    html_raw(html, "</p>");
    entering_input(page, "name", _("Name"), "text", form_text(form, "name"), "username");
    write_new_password(page);
    html_raw(html, "<button class=\"main\">");
    html_text(html, _("Make the account"));
    html_raw(html, "</button></form>");
}

void page_first(page_t *page)
{
    const form_t *form = &page->request->form;
    const Selenga__AccountReply *reply;
    const char *why = NULL;
    char text[CLIENT_WHY_TEXT] = "";
    Selenga__FirstAccount wish = SELENGA__FIRST_ACCOUNT__INIT;
    if (!page->request->post) {
        if (first_is_open())
            write_first(page, NULL);
        else
            page_go(page, "/login");
        return;
    }
    take_language(page);
    if (!typed_alike(page, &why)) {
        write_first(page, why);
        page->status = 422;
        return;
    }
    wish.code = (char *)(uintptr_t)form_text(form, "code");
    wish.name = (char *)(uintptr_t)form_text(form, "name");
    wish.password = (char *)(uintptr_t)form_text(form, "new_password");
    if (ask(page, (wish_t){MSG_FIRST_ACCOUNT, &wish}, &reply, text))
        show_made(page, reply, true);
    else if (!page->waiting)
        write_first(page, text);
}

// --- a password was forgotten

static void write_recover(page_t *page, const char *why)
{
    html_t *html = &page->body;
    page->session = NULL;
    page_title(page, "%s", _("By the recovery sheet"));
    html_element(html, "p",
                 _("Only the operator of the node has one. Everybody else asks him for a new password."));
    write_why(page, why);
    html_raw(html, "<form class=\"narrow\" method=\"post\" action=\"/recover\">");
    entering_guest(page, "token");
    write_language(page);
    entering_input(page, "name", _("Name"), "text", form_text(&page->request->form, "name"), "username");
    entering_input(page, "code", _("Recovery code"), "text", "", "off");
    write_new_password(page);
    html_raw(html, "<button class=\"main\">");
    html_text(html, _("Choose the password"));
    html_raw(html, "</button></form>");
}

void page_recover(page_t *page)
{
    const form_t *form = &page->request->form;
    const Selenga__AccountReply *reply;
    const char *why = NULL;
    char text[CLIENT_WHY_TEXT] = "", empty[] = "";
    Selenga__Login wish = SELENGA__LOGIN__INIT;
    if (!page->request->post) {
        write_recover(page, NULL);
        return;
    }
    take_language(page);
    if (!typed_alike(page, &why)) {
        write_recover(page, why);
        page->status = 422;
        return;
    }
    wish.name = (char *)(uintptr_t)form_text(form, "name");
    wish.password = empty;
    wish.recovery = (char *)(uintptr_t)form_text(form, "code");
    wish.new_password = (char *)(uintptr_t)form_text(form, "new_password");
    if (ask(page, (wish_t){MSG_LOGIN, &wish}, &reply, text))
        show_made(page, reply, false);
    else if (!page->waiting)
        write_recover(page, text);
}
