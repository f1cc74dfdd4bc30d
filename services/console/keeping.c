// SPDX-License-Identifier: Apache-2.0
#include "services/console/keeping.h"
#include "common/base/clock.h"
#include "common/schema/kinds.h"
#include "services/console/pages.h"
#include "services/console/router.h"
#include <stdio.h>

enum { OFFERED = 8 };

// The path of the page. "": it is too long to keep anything of it.
static const char *address_of(const request_t *request, char ret[static DRAFT_ADDRESS_MAX + 1])
{
    size_t n = strcspn(request->uri, "?");
    if (n > DRAFT_ADDRESS_MAX) n = 0;
    memcpy(ret, request->uri, n);
    ret[n] = '\0';
    return ret;
}

static draft_key_t key_of(const char *account, const char *address, const char *form)
{
    draft_key_t key = {.account = account, .address = address};
    if (draft_form_is(form)) memcpy(key.form, form, DRAFT_FORM);
    return key;
}

// --- in a page

const form_t *keeping_draft(page_t *page)
{
    char address[DRAFT_ADDRESS_MAX + 1];
    const char *form = form_value(&page->request->query, "draft");
    if (page->request->post || form == NULL) return NULL;
    form_free(&page->draft);
    const draft_key_t key = key_of(page->session->account.name, address_of(page->request, address), form);
    return drafts_get(page->drafts, &key, &page->draft) ? &page->draft : NULL;
}

const form_t *keeping_typed(const page_t *page)
{
    if (page->request->post) return &page->request->form;
    return page->draft.n > 0 ? &page->draft : NULL;
}

// The one that is in the form before the reader is not offered.
static bool is_shown(const page_t *page, const draft_t *draft)
{
    const char *shown = form_value(page->request->post ? &page->request->form : &page->request->query,
                                   page->request->post ? "form" : "draft");
    return shown != NULL && strcmp(shown, draft->form) == 0;
}

static void write_link(html_t *html, const draft_t *draft, const char *text)
{
    html_raw(html, "<a");
    html_raw(html, " href=\"");
    html_text(html, draft->address);
    html_raw(html, "?draft=");
    html_segment(html, draft->form);
    html_raw(html, "\">");
    html_text(html, text);
    html_raw(html, "</a>");
}

static void write_drop(page_t *page, const draft_t *draft)
{
    html_t *html = &page->body;
    html_raw(html, "<form class=\"inline\" method=\"post\" action=\"/draft/drop\">");
    page_token(page, html);
    html_raw(html, "<input type=\"hidden\" name=\"for\"");
    html_attribute(html, "value", draft->address);
    html_raw(html, "><input type=\"hidden\" name=\"form\"");
    html_attribute(html, "value", draft->form);
    html_raw(html, "><input type=\"hidden\" name=\"back\"");
    html_attribute(html, "value", request_safe_path(page->request->uri));
    html_raw(html, "><button>");
    html_text(html, _("throw away"));
    html_raw(html, "</button></form>");
}

static void write_draft(page_t *page, const draft_t *draft, const char *what)
{
    html_t *html = &page->body, moment = {0};
    size_t size;
    html_moment(&moment, draft->saved_s);
    AUTO(xfree) char *text = html_take(&moment, &size);
    html_raw(html, "<li>");
    if (what != NULL) {
        html_text(html, what);
        html_raw(html, ": ");
    }
    html_textf(html, _("draft of %.*s"), (int)size, text);
    html_raw(html, " · ");
    write_link(html, draft, _("take it back"));
    html_raw(html, " · ");
    write_drop(page, draft);
    html_raw(html, "</li>");
}

void keeping_offer(page_t *page)
{
    draft_t drafts[OFFERED];
    char address[DRAFT_ADDRESS_MAX + 1];
    html_t *html = &page->body;
    size_t n = drafts_list(page->drafts, page->session->account.name, address_of(page->request, address),
                           drafts, OFFERED),
           shown = 0;
    for (size_t i = 0; i < n; i++) {
        if (is_shown(page, &drafts[i])) continue;
        if (shown++ == 0) html_raw(html, "<div class=\"note drafts\"><ul class=\"plain\">");
        write_draft(page, &drafts[i], NULL);
    }
    if (shown > 0) html_raw(html, "</ul></div>");
    if (page->draft.n == 0) return;
    html_raw(html, "<p class=\"note\">");
    html_text(html, _("This is what you typed before. It is not saved yet."));
    html_raw(html, "</p>");
}

// A form keeps its name through failures, log-ins and drafts.
static const char *name_of_form(const page_t *page, char ret[static DRAFT_FORM])
{
    const char *form = page->request->post ? form_value(&page->request->form, "form")
                       : page->draft.n > 0 ? form_value(&page->request->query, "draft")
                                           : NULL;
    if (draft_form_is(form)) return form;
    draft_form_new(ret);
    return ret;
}

void keeping_open(page_t *page)
{
    html_t *html = &page->body;
    char address[DRAFT_ADDRESS_MAX + 1], form[DRAFT_FORM];
    page->typing = true;
    html_raw(html, "<form class=\"record\" method=\"post\" data-draft=\"/draft?for=");
    html_segment(html, address_of(page->request, address));
    html_raw(html, "\"");
    html_attribute(html, "data-unkept",
                   _("What you type is not being kept now: nobody is logged in, or the node does not answer. "
                     "It stands here; save it."));
    html_raw(html, ">");
    page_token(page, html);
    html_raw(html, "<input type=\"hidden\" name=\"form\"");
    html_attribute(html, "value", name_of_form(page, form));
    html_raw(html, ">");
}

// --- for who has come back

// What people call an address: the kind, and which record of it.
static void name_address(const char *address, char *ret, size_t size)
{
    AUTO(request_free) request_t request = {0};
    snprintf(ret, size, "%s", address);
    if (!request_uri(&request, address)) return;
    if (request.n_segments == 1 && strcmp(request.segments[0], "mentoring") == 0)
        snprintf(ret, size, "%s", _("Mentoring"));
    if (request.n_segments == 2 && strcmp(request.segments[0], "p") == 0)
        snprintf(ret, size, "%s, %s", bilingual_text(&KIND_IDENTITY.label), request.segments[1]);
    if (request.n_segments == 3 && strcmp(request.segments[2], "review") == 0)
        snprintf(ret, size, "%s, %s", bilingual_text(&KIND_REVIEW.label), request.segments[1]);
    if (request.n_segments < 3 || strcmp(request.segments[0], "k") != 0) return;
    const kind_rule_t *kind = kind_by_name(request.segments[1]);
    if (kind == NULL) return;
    const char *ref = request.n_segments > 3 ? request.segments[2] : _("a new record");
    snprintf(ret, size, "%s, %s", bilingual_text(&kind->label), ref);
}

void keeping_list(page_t *page)
{
    draft_t drafts[OFFERED];
    char name[DRAFT_ADDRESS_MAX + 1];
    html_t *html = &page->body;
    size_t n = drafts_list(page->drafts, page->session->account.name, NULL, drafts, OFFERED);
    if (n == 0) return;
    html_element(html, "h2", _("Typed and not saved"));
    html_raw(html, "<ul class=\"plain drafts\">");
    for (size_t i = 0; i < n; i++) {
        name_address(drafts[i].address, name, sizeof name);
        write_draft(page, &drafts[i], name);
    }
    html_raw(html, "</ul>");
}

// --- what becomes of a page

static void write_kept(page_t *page, const draft_key_t *key)
{
    draft_t draft = {.saved_s = wall_s()};
    html_t *html = &page->body;
    (void)text_copy(draft.address, sizeof draft.address, key->address);
    memcpy(draft.form, key->form, sizeof draft.form);
    html_raw(html, "<p>");
    html_text(html, _("What you typed is kept on this computer:"));
    html_raw(html, " ");
    write_link(html, &draft, _("back to the form"));
    html_raw(html, "</p>");
}

bool keeping_keep(page_t *page, const char *account)
{
    char address[DRAFT_ADDRESS_MAX + 1];
    const draft_key_t key =
        key_of(account, address_of(page->request, address), form_value(&page->request->form, "form"));
    return *address != '\0' && drafts_keep(page->drafts, &key, &page->request->form, wall_s());
}

void keeping_end(page_t *page)
{
    char address[DRAFT_ADDRESS_MAX + 1];
    const char *form = form_value(&page->request->form, "form");
    if (!page->request->post || page->bare || page->session == NULL || !draft_form_is(form)) return;
    const draft_key_t key = key_of(page->session->account.name, address_of(page->request, address), form);
    if (page->status == 303 || (page->status == 200 && !page->typing))
        drafts_drop(page->drafts, &key);
    else if (drafts_keep(page->drafts, &key, &page->request->form, wall_s()) && !page->typing)
        write_kept(page, &key);
}

// --- what the script sends

// An address to which this account may send a form.
static bool may_send(const page_t *page, const char *address)
{
    AUTO(request_free) request_t request = {.post = true};
    const route_t *route;
    return address != NULL && strlen(address) <= DRAFT_ADDRESS_MAX && strchr(address, '?') == NULL &&
           request_uri(&request, address) && route_find(&request, &route) == ROUTE_FOUND &&
           route->roles != 0 && route_may(route, &page->session->account, page->node->org) == ROUTE_MAY;
}

void page_draft(page_t *page)
{
    const char *address = form_value(&page->request->query, "for");
    const form_t *form = &page->request->form;
    if (!may_send(page, address)) {
        page_refuse(page, 404, _("No such page"), _("There is no such address here."));
        return;
    }
    const draft_key_t key = key_of(page->session->account.name, address, form_value(form, "form"));
    if (!drafts_keep(page->drafts, &key, form, wall_s())) {
        page_refuse(page, 507, _("Not kept"),
                    _("There is no room for what was typed, or it is too much. Save it."));
        return;
    }
    page->type = "text/plain; charset=utf-8";
    html_textf(&page->body, _("Kept as a draft."));
}

void page_draft_drop(page_t *page)
{
    const form_t *form = &page->request->form;
    const char *address = form_text(form, "for");
    const draft_key_t key = key_of(page->session->account.name, address, form_value(form, "form"));
    if (strlen(address) <= DRAFT_ADDRESS_MAX) drafts_drop(page->drafts, &key);
    page_go(page, "%s", request_safe_path(form_value(form, "back")));
}
