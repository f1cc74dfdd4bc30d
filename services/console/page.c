// SPDX-License-Identifier: Apache-2.0
#include "services/console/page.h"
#include "common/node/msg.h"
#include <stdio.h>
#include <stdlib.h>

// --- asking

static void take_answer(void *context, client_reply_t *reply)
{
    asked_t *asked = context;
    page_t *page = asked->page;
    asked->number = 0;
    asked->over = true;
    asked->status = reply->status;
    asked->why = reply->why;
    asked->body = reply->body;
    reply->body = NULL;
    if (--page->pending == 0) page->answered(page->context);
}

static client_t *client_of(page_t *page, asked_t *asked)
{
    if (*page->client == NULL) asked->status = client_open(".", page->client, &asked->why);
    return *page->client;
}

static void start(page_t *page, asked_t *asked, const client_request_t *request)
{
    client_t *client = client_of(page, asked);
    *asked = (asked_t){.page = page, .status = asked->status, .why = asked->why};
    if (client != NULL) asked->number = client_start(client, request, take_answer, asked, &asked->why);
    asked->over = asked->number == 0;
    if (asked->over && client != NULL)
        asked->status = asked->why.cause == CLIENT_FULL ? CLIENT_LATER : CLIENT_REFUSED;
    page->pending += !asked->over;
}

bool page_try(page_t *page, const client_request_t *request, const asked_t **ret_asked)
{
    *ret_asked = NULL;
    if (page->at == PAGE_ASKS) return false;
    asked_t *asked = &page->asks[page->at++];
    if (page->at > page->n_asks) {
        page->n_asks = page->at;
        start(page, asked, request);
    }
    *ret_asked = asked;
    page->waiting |= !asked->over;
    return asked->over;
}

// The gate knows no accounts.
static const char *account_of(const page_t *page, uint32_t service)
{
    return page->session != NULL && service_keeps(service) ? page->session->account.name : NULL;
}

bool page_ask(page_t *page, uint32_t service, uint32_t type, const void *body, uint32_t reply,
              const ProtobufCMessageDescriptor *descriptor, void *ret_body)
{
    const asked_t *asked;
    const client_request_t request = {.service = service,
                                      .type = type,
                                      .body = body,
                                      .reply = reply,
                                      .descriptor = descriptor,
                                      .timeout_ms = PAGE_ASK_MS,
                                      .account = account_of(page, service)};
    memset(ret_body, 0, sizeof(void *));
    if (!page_try(page, &request, &asked)) {
        if (asked == NULL) page_refuse(page, 503, _("Too much for one page"), _("Choose fewer records."));
        return false;
    }
    if (asked->status != CLIENT_DONE) {
        page_fail(page, asked);
        return false;
    }
    memcpy(ret_body, &asked->body, sizeof(void *));
    return true;
}

void *page_keep(page_t *page, size_t size, void (*free_kept)(void *kept))
{
    if (page->kept == NULL) page->kept = xcalloc(1, size);
    page->kept_free = free_kept;
    return page->kept;
}

void page_again(page_t *page)
{
    html_free(&page->body);
    page->at = 0;
    page->waiting = false;
    page->status = 200;
    page->title[0] = page->location[0] = page->attachment[0] = '\0';
    page->refresh_s = 0;
    page->n_cookies = 0;
    page->typing = false;
}

void page_clear(page_t *page)
{
    for (size_t i = 0; i < page->n_asks; i++) {
        asked_t *asked = &page->asks[i];
        if (asked->number != 0 && *page->client != NULL) client_abandon(*page->client, asked->number);
        msg_body_free(&asked->body);
    }
    page->n_asks = page->pending = 0;
    if (page->kept != NULL) page->kept_free(page->kept);
    free(page->kept);
    page->kept = NULL;
    html_free(&page->body);
    form_free(&page->draft);
}

// --- what comes of it

void page_title(page_t *page, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(page->title, sizeof page->title, format, args);
    va_end(args);
}

void page_refuse(page_t *page, unsigned status, const char *title, const char *text)
{
    page->status = status;
    page_title(page, "%s", title);
    html_free(&page->body);
    html_raw(&page->body, "<p class=\"note bad\">");
    html_text(&page->body, text);
    html_raw(&page->body, "</p>");
}

void page_fail(page_t *page, const asked_t *asked)
{
    char text[CLIENT_WHY_TEXT];
    bool said = asked->why.cause == CLIENT_SAID;
    bool absent = said && strcmp(asked->why.fault.code, "NOT-FOUND") == 0;
    // A gate that was started anew does not know the console for a moment.
    bool unknown = said && strcmp(asked->why.fault.code, "NOT-ALLOWED") == 0;
    bool later = asked->status == CLIENT_LATER || unknown;
    bool denied =
        said && !later && strncmp(asked->why.fault.code, "ACC", 3) == 0; // ACCESS-..., ACCOUNT-CLOSED
    client_why_text(&asked->why, ".", page->lang, text, sizeof text);
    page_refuse(page,
                absent   ? 404
                : later  ? 503
                : denied ? 403
                : said   ? 422
                         : 500,
                absent   ? _("There is no such record")
                : later  ? _("Not now")
                : denied ? _("Not for you")
                         : _("The node refuses this"),
                asked->why.cause == CLIENT_NOT_RUNNING || unknown
                    ? _("The node is starting. Try again in some seconds.")
                    : text);
}

void page_go(page_t *page, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(page->location, sizeof page->location, format, args);
    va_end(args);
    page->status = 303;
}

void page_cookie(page_t *page, const char *name, const char *value, int max_age_s)
{
    if (page->n_cookies == PAGE_COOKIES) return;
    char *to = page->cookies[page->n_cookies++];
    int n = snprintf(to, PAGE_COOKIE, "%s%s=%s; Path=/; HttpOnly; SameSite=Strict%s",
                     page->request->secure ? REQUEST_SECURE_COOKIE : "", name, value,
                     page->request->secure ? "; Secure" : "");
    if (max_age_s != 0 && n > 0 && n < PAGE_COOKIE)
        snprintf(to + n, PAGE_COOKIE - (size_t)n, "; Max-Age=%d", max_age_s > 0 ? max_age_s : 0);
}

void page_token(const page_t *page, html_t *html)
{
    html_raw(html, "<input type=\"hidden\" name=\"token\"");
    html_attribute(html, "value", page->session != NULL ? page->session->token : "");
    html_raw(html, "><input type=\"hidden\" name=\"who\"");
    html_attribute(html, "value", page->session != NULL ? page->session->account.name : "");
    html_raw(html, ">");
}
