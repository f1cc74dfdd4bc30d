// SPDX-License-Identifier: Apache-2.0
// Logging in and out, and the choice of the language.
#include "services/console/assets.h"
#include "services/console/entering.h"
#include "services/console/pages.h"
#include "services/console/router.h"

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
    entering_guest(page, "token");
    html_raw(html, "<input type=\"hidden\" name=\"lang\"");
    html_attribute(html, "value", lang_name(page->lang));
    html_raw(html, "><input type=\"hidden\" name=\"then\"");
    const char *then = form_value(request->post ? &request->form : &request->query, "then");
    html_attribute(html, "value", request_safe_path(then));
    html_raw(html, ">");
    entering_input(page, "name", _("Name"), "text", form_text(&request->form, "name"), "username");
    entering_input(page, "password", choose ? _("One-time password") : _("Password"), "password", "",
                   "current-password");
    if (choose) {
        entering_input(page, "new_password", _("New password"), "password", "", "new-password");
        entering_input(page, "repeated", _("New password once more"), "password", "", "new-password");
    }
    html_raw(html, "<button class=\"main\">");
    html_text(html, _("Log in"));
    html_raw(html, "</button></form><p class=\"help\">");
    html_sentence(html,
                  _("The operator of this computer gives names and first passwords: `selenga account add`."));
    html_raw(html, "</p>");
}

static void ask_login(page_t *page)
{
    const form_t *form = &page->request->form;
    const entering_t who = {form_text(form, "name"), form_text(form, "password"),
                            form_value(form, "new_password")};
    account_t account;
    char why[CLIENT_WHY_TEXT];
    switch (entering_ask(page, &who, &account, why)) {
    case ENTERED:
        entering_open(page, &account);
        page_go(page, "%s", request_safe_path(form_value(form, "then")));
        return;
    case ENTERED_NOT:
        write_form(page, why, false);
        return;
    case ENTERED_CHOOSE:
        write_form(page, why, true);
        return;
    case ENTERED_WAITING:
        return;
    }
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
