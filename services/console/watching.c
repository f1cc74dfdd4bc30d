// SPDX-License-Identifier: Apache-2.0
#include "services/console/watching.h"
#include "common/base/date.h"
#include "services/console/entry.h"

enum { ROWS_MOST = 200 };

typedef struct watching {
    page_t *page;         // NULL: it has not begun
    attention_t *reading; // NULL: it is over
    asked_t asked;        // how it ended
    findings_t found;
} watching_t;

static void take(void *context, client_status_t status, const client_why_t *why, findings_t *found)
{
    watching_t *self = context;
    self->reading = NULL;
    self->asked.status = status;
    if (why != NULL) self->asked.why = *why;
    self->found = *found;
    *found = (findings_t){0};
    if (--self->page->pending == 0) self->page->answered(self->page->context);
}

static void free_kept(void *kept)
{
    watching_t *self = kept;
    attention_abandon(&self->reading);
    findings_clear(&self->found);
}

static void start(watching_t *self, page_t *page)
{
    const account_t *who = &page->session->account;
    const bool own = strcmp(who->org, page->node->org) == 0;
    const attention_ask_t ask = {.roles = who->role & attention_roles(),
                                 .org = own ? NULL : who->org,
                                 .own = page->node->path,
                                 .account = who->name,
                                 .reader = who->role};
    self->page = page;
    if (ask.roles == 0) return;
    if (*page->client == NULL) self->asked.status = client_open(".", page->client, &self->asked.why);
    if (*page->client == NULL) return;
    self->reading = attention_start(*page->client, &ask, take, self, &self->asked.why);
    page->pending += self->reading != NULL;
    if (self->reading == NULL) self->asked.status = CLIENT_LATER;
}

bool watching_ask(page_t *page, const findings_t **ret_found)
{
    watching_t *self = page_keep(page, sizeof *self, free_kept);
    if (self->page == NULL) start(self, page);
    page->waiting |= self->reading != NULL;
    if (self->reading == NULL && self->asked.status != CLIENT_DONE) page_fail(page, &self->asked);
    *ret_found = &self->found;
    return self->reading == NULL && self->asked.status == CLIENT_DONE;
}

// --- what was found

static void write_since(page_t *page, const finding_t *found)
{
    char text[VIEW_TEXT];
    int32_t day;
    if (found->since_s != 0)
        html_moment(&page->body, found->since_s);
    else if (found->since != NULL && date_parse(found->since, &day))
        html_text(&page->body, view_day(day, page->lang, text));
}

static void write_found(page_t *page, const finding_t *found)
{
    html_t *html = &page->body;
    html_raw(html, "<tr><td>");
    html_text(html, attention_words(found->what));
    html_raw(html, "</td><td>");
    html_text(html, found->org);
    html_raw(html, "</td><td>");
    if (found->ref != NULL && found->kind != NULL && entry_may(page, found->kind, ACCESS_READ))
        entry_link(html, found->kind, found->ref, found->ref);
    else
        html_text(html, found->ref);
    html_raw(html, "</td><td>");
    write_since(page, found);
    html_raw(html, "</td><td>");
    html_text(html, found->text);
    html_raw(html, "</td></tr>");
}

void watching_write(page_t *page, const findings_t *found)
{
    html_t *html = &page->body;
    const char *const titles[] = {N_("what"), N_("organisation"), N_("record"), N_("since when"),
                                  N_("what to do")};
    if (found->n == 0) return;
    html_raw(html, "<div class=\"scroll\"><table><thead><tr>");
    for (size_t i = 0; i < ARRAY_SIZE(titles); i++) html_element(html, "th", _(titles[i]));
    html_raw(html, "</tr></thead><tbody>");
    for (size_t i = 0; i < found->n && i < ROWS_MOST; i++) write_found(page, &found->items[i]);
    html_raw(html, "</tbody></table></div>");
    if (found->n <= ROWS_MOST) return;
    html_raw(html, "<p>");
    html_textf(html, _("%zu more are not shown; they follow when these are done."), found->n - ROWS_MOST);
    html_raw(html, "</p>");
}
