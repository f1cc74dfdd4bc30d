// SPDX-License-Identifier: Apache-2.0
#include "services/console/entering.h"
#include "common/base/clock.h"
#include "common/base/log.h"
#include "common/schema/access.h"
#include "proto/message.h"
#include <stdio.h>

#define COOKIE_GUEST "selenga-guest"
enum { LANG_KEPT_S = 365 * 24 * 3600 };

static bool read_account(const Selenga__AccountReply *reply, account_t *ret)
{
    *ret = (account_t){.role = reply->role != NULL ? role_by_name(reply->role) : 0};
    return ret->role != 0 && text_copy(ret->name, sizeof ret->name, reply->name != NULL ? reply->name : "") &&
           text_copy(ret->org, sizeof ret->org, reply->org != NULL ? reply->org : "") &&
           text_copy(ret->person, sizeof ret->person, reply->person != NULL ? reply->person : "");
}

static entered_t refused(page_t *page, const asked_t *asked, bool choosing, char *ret_why)
{
    const char *code = asked->why.cause == CLIENT_SAID ? asked->why.fault.code : "";
    bool choose = strcmp(code, "PASSWORD-ONE-TIME") == 0;
    client_why_text(&asked->why, ".", page->lang, ret_why, CLIENT_WHY_TEXT);
    if (asked->why.cause == CLIENT_NOT_RUNNING)
        snprintf(ret_why, CLIENT_WHY_TEXT, "%s", _("The node is starting. Try again in some seconds."));
    page->status = choose ? 200 : asked->status == CLIENT_LATER ? 503 : 403;
    return choose || choosing ? ENTERED_CHOOSE : ENTERED_NOT;
}

entered_t entering_ask(page_t *page, const entering_t *who, account_t *ret, char *ret_why)
{
    const asked_t *asked;
    Selenga__Login login = SELENGA__LOGIN__INIT;
    login.name = (char *)(uintptr_t)who->name;
    login.password = (char *)(uintptr_t)who->password;
    login.new_password = (char *)(uintptr_t)who->new_password;
    const client_request_t request = {.service = SERVICE_REGISTRY,
                                      .type = MSG_LOGIN,
                                      .body = &login,
                                      .reply = MSG_ACCOUNT_REPLY,
                                      .descriptor = &selenga__account_reply__descriptor,
                                      .timeout_ms = PAGE_ASK_MS};
    if (!page_try(page, &request, &asked)) return ENTERED_WAITING;
    if (asked->status != CLIENT_DONE) return refused(page, asked, who->new_password != NULL, ret_why);
    if (read_account(asked->body, ret)) return ENTERED;
    page->status = 403;
    snprintf(ret_why, CLIENT_WHY_TEXT, "%s", _("This console does not know the role of your account."));
    return ENTERED_NOT;
}

void entering_open(page_t *page, const account_t *account)
{
    page->session = session_open(page->sessions, account, mono_ms(), page->entered);
    log_at(L_INFO, "CONSOLE-LOGIN", _("%s logged in"), account->name);
    page_cookie(page, "selenga-lang", lang_name(page->lang), LANG_KEPT_S);
}

void entering_guest(page_t *page, const char *field)
{
    char id[SESSION_ID], token[SESSION_ID];
    if (!request_cookie(page->request, COOKIE_GUEST, id, sizeof id) || strlen(id) != SESSION_ID - 1) {
        session_guest(id);
        page_cookie(page, COOKIE_GUEST, id, 0);
    }
    session_guest_token(page->sessions, id, token);
    html_raw(&page->body, "<input type=\"hidden\"");
    html_attribute(&page->body, "name", field);
    html_attribute(&page->body, "value", token);
    html_raw(&page->body, ">");
}

bool entering_guest_fits(const page_t *page, const char *shown)
{
    char id[SESSION_ID], token[SESSION_ID];
    if (!request_cookie(page->request, COOKIE_GUEST, id, sizeof id)) return false;
    session_guest_token(page->sessions, id, token);
    return session_token_fits(token, shown);
}

void entering_input(page_t *page, const char *name, const char *label, const char *type, const char *value,
                    const char *complete)
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
