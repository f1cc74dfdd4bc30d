// SPDX-License-Identifier: Apache-2.0
// Logging in and out, and the choice of the language.
#include "common/base/clock.h"
#include "common/base/log.h"
#include "common/node/msg.h"
#include "common/schema/access.h"
#include "proto/message.h"
#include "services/console/assets.h"
#include "services/console/pages.h"
#include "services/console/router.h"
#include <sodium.h>
#include <stdio.h>

enum { LANG_KEPT_S = 365 * 24 * 3600 };

void page_asset(page_t *page)
{
    const asset_t *asset = asset_find(page->request->segments[1]);
    if (asset == NULL) {
        page_refuse(page, 404, _("No such page"), _("There is no such address here."));
        return;
    }
    page->type = asset->type;
    html_literal(&page->body, (const char *)asset->bytes.data, asset->bytes.size);
}

static void write_input(page_t *page, const char *name, const char *label, const char *type,
                        const char *value, const char *complete)
{
    html_t *html = &page->body;
    html_raw(html, "<div class=\"field\"><label");
    html_attribute(html, "for", name);
    html_raw(html, ">");
    html_text(html, label);
    html_raw(html, "</label><input required");
    html_attribute(html, "id", name);
    html_attribute(html, "name", name);
    html_attribute(html, "type", type);
    html_attribute(html, "value", value);
    html_attribute(html, "autocomplete", complete);
    html_raw(html, "></div>");
}

// Nothing of a guest is kept here: the cookie is random, and the token follows from it.
static void write_guest(page_t *page)
{
    char id[SESSION_ID], token[SESSION_ID];
    if (!request_cookie(page->request, "selenga-guest", id, sizeof id) || strlen(id) != SESSION_ID - 1) {
        session_guest(id);
        page_cookie(page, "selenga-guest", id, 0);
    }
    session_guest_token(page->sessions, id, token);
    html_raw(&page->body, "<input type=\"hidden\" name=\"token\"");
    html_attribute(&page->body, "value", token);
    html_raw(&page->body, ">");
}

// choose: a new password is asked for as well.
static void write_form(page_t *page, const char *why, bool choose)
{
    const request_t *request = page->request;
    html_t *html = &page->body;
    page->session = NULL; // whoever comes here logs in anew, and his frame is that of nobody
    page_title(page, "%s", choose ? _("Choose your password") : _("Log in"));
    if (why != NULL) {
        html_raw(html, "<p class=\"note bad\" role=\"alert\">");
        html_text(html, why);
        html_raw(html, "</p>");
    }
    html_raw(html, "<form class=\"narrow\" method=\"post\" action=\"/login\">");
    write_guest(page);
    html_raw(html, "<input type=\"hidden\" name=\"lang\"");
    html_attribute(html, "value", lang_name(page->lang));
    html_raw(html, "><input type=\"hidden\" name=\"then\"");
    const char *then = form_value(request->post ? &request->form : &request->query, "then");
    html_attribute(html, "value", request_safe_path(then));
    html_raw(html, ">");
    write_input(page, "name", _("Name"), "text", form_text(&request->form, "name"), "username");
    write_input(page, "password", choose ? _("One-time password") : _("Password"), "password", "",
                "current-password");
    if (choose) {
        write_input(page, "new_password", _("New password"), "password", "", "new-password");
        write_input(page, "repeated", _("New password once more"), "password", "", "new-password");
    }
    html_raw(html, "<button class=\"main\">");
    html_text(html, _("Log in"));
    html_raw(html, "</button></form><p class=\"help\">");
    html_sentence(html,
                  _("The operator of this computer gives names and first passwords: `selenga account add`."));
    html_raw(html, "</p>");
}

static void enter(page_t *page, const Selenga__AccountReply *reply)
{
    account_t account = {.role = reply->role != NULL ? role_by_name(reply->role) : 0};
    char id[SESSION_ID];
    if (account.role == 0 ||
        !text_copy(account.name, sizeof account.name, reply->name != NULL ? reply->name : "") ||
        !text_copy(account.org, sizeof account.org, reply->org != NULL ? reply->org : "") ||
        !text_copy(account.person, sizeof account.person, reply->person != NULL ? reply->person : "")) {
        page_refuse(page, 403, _("Not for you"), _("This console does not know the role of your account."));
        return;
    }
    session_open(page->sessions, &account, mono_ms(), id);
    log_at(L_INFO, "CONSOLE-LOGIN", _("%s logged in"), account.name);
    page_cookie(page, "selenga", id, 0);
    page_cookie(page, "selenga-lang", lang_name(page->lang), LANG_KEPT_S);
    sodium_memzero(id, sizeof id);
    page_go(page, "%s", request_safe_path(form_value(&page->request->form, "then")));
}

static void ask_login(page_t *page)
{
    const form_t *form = &page->request->form;
    const char *chosen = form_value(form, "new_password");
    const asked_t *asked;
    char text[CLIENT_WHY_TEXT];
    Selenga__Login login = SELENGA__LOGIN__INIT;
    login.name = (char *)(uintptr_t)form_text(form, "name");
    login.password = (char *)(uintptr_t)form_text(form, "password");
    login.new_password = (char *)(uintptr_t)chosen;
    const client_request_t request = {.service = SERVICE_REGISTRY,
                                      .type = MSG_LOGIN,
                                      .body = &login,
                                      .reply = MSG_ACCOUNT_REPLY,
                                      .descriptor = &selenga__account_reply__descriptor,
                                      .timeout_ms = PAGE_ASK_MS};
    if (!page_try(page, &request, &asked)) return;
    if (asked->status == CLIENT_DONE) {
        enter(page, asked->body);
        return;
    }
    const char *code = asked->why.cause == CLIENT_SAID ? asked->why.fault.code : "";
    client_why_text(&asked->why, ".", page->lang, text, sizeof text);
    bool choose = chosen != NULL || strcmp(code, "PASSWORD-ONE-TIME") == 0;
    write_form(page,
               asked->why.cause == CLIENT_NOT_RUNNING ? _("The node is starting. Try again in some seconds.")
                                                      : text,
               choose);
    page->status = strcmp(code, "PASSWORD-ONE-TIME") == 0 ? 200 : asked->status == CLIENT_LATER ? 503 : 403;
}

void page_login(page_t *page)
{
    const form_t *form = &page->request->form;
    const char *lang = form_value(form, "lang"), *chosen = form_value(form, "new_password");
    if (!page->request->post) {
        write_form(page, NULL, false);
        return;
    }
    if (lang != NULL) (void)lang_by_name(lang, &page->lang);
    i18n_use(page->lang);
    if (chosen != NULL && strcmp(chosen, form_text(form, "repeated")) != 0) {
        write_form(page, _("The new password was typed differently the second time."), true);
        page->status = 422;
        return;
    }
    ask_login(page);
}

void page_logout(page_t *page)
{
    session_close(page->session);
    page->session = NULL;
    page_cookie(page, "selenga", "", -1);
    page_go(page, "/login");
}

void page_language(page_t *page)
{
    lang_t lang;
    if (lang_by_name(form_text(&page->request->form, "lang"), &lang))
        page_cookie(page, "selenga-lang", lang_name(lang), LANG_KEPT_S);
    page_go(page, "%s", request_safe_path(form_value(&page->request->form, "back")));
}
