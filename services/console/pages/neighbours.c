// SPDX-License-Identifier: Apache-2.0
// Who may connect to this node, by which key, and how it stands; inviting, cutting off, a new key of
// pseudonyms. The requests are those of `selenga node invite`, `revoke`, `list` and `key rotate-pseudonyms`.
#include "common/base/vec.h"
#include "common/forms/words.h"
#include "common/node/msg.h"
#include "proto/message.h"
#include "services/console/forms.h"
#include "services/console/inviting.h"
#include "services/console/pages.h"
#include "services/console/parts.h"
#include <stdlib.h>

enum { ROWS = 60 };

// --- who may connect

static int by_org(const void *a, const void *b)
{
    const Selenga__LinkRow *x = *(Selenga__LinkRow *const *)a, *y = *(Selenga__LinkRow *const *)b;
    bool parent = x->role != NULL && strcmp(x->role, "parent") == 0;
    bool other = y->role != NULL && strcmp(y->role, "parent") == 0;
    if (parent != other) return parent ? -1 : 1;
    int order = strcmp(x->org != NULL ? x->org : "", y->org != NULL ? y->org : "");
    return order != 0 ? order : (x->label > y->label) - (x->label < y->label);
}

static bool is_child(const Selenga__LinkRow *link)
{
    return link->role != NULL && strcmp(link->role, "child") == 0 && link->org != NULL && *link->org != '\0';
}

static void write_reason(page_t *page, const Selenga__LinkRow *link)
{
    char text[FAULT_TEXT];
    fault_t fault;
    if (link->reason == NULL || *link->reason == '\0') return;
    fault_set(&fault, link->reason, NULL, link->words != NULL ? link->words : "");
    html_element(&page->body, "p", fault_text(&fault, text, sizeof text));
}

static void write_link(page_t *page, const Selenga__LinkRow *link)
{
    html_t *html = &page->body;
    bool revoked = link->state != NULL && strcmp(link->state, "revoked") == 0;
    html_raw(html, "<tr><td>");
    html_text(html, link->org != NULL && *link->org != '\0' ? link->org : link->peer);
    html_raw(html, "</td><td>");
    html_text(html, words_role(link->role, page->lang));
    html_raw(html, "</td>");
    forms_link(page, link);
    html_raw(html, "<td>");
    html_text(html, link->key_expires != NULL && *link->key_expires != '\0' ? link->key_expires : "—");
    html_raw(html, "</td><td>");
    write_reason(page, link);
    if (is_child(link) && !revoked) {
        forms_begin(page, "/op/neighbours");
        part_hidden(html, "name", link->org);
        forms_button(page, "act", "revoke", _("Cut off"), true);
        forms_end(page);
    }
    html_raw(html, "</td></tr>");
}

static void write_links(page_t *page, const Selenga__Links *links)
{
    const char *const titles[] = {_("neighbour"),   _("role"),      _("line"),
                                  _("RTT, ms"),     _("version"),   _("key fingerprint"),
                                  _("key expires"), _("what to do")};
    size_t n = links->n_links, from = (part_page(page) - 1) * ROWS;
    if (n == 0) {
        html_element(&page->body, "p", _("no parent and no children"));
        return;
    }
    AUTO(xfree) Selenga__LinkRow **rows = xcalloc(n, sizeof(Selenga__LinkRow *));
    memcpy((void *)rows, (const void *)links->links, n * sizeof(Selenga__LinkRow *));
    qsort((void *)rows, n, sizeof(Selenga__LinkRow *), by_org);
    part_table(&page->body, ARRAY_SIZE(titles), titles);
    for (size_t i = from; i < n && i < from + ROWS; i++) write_link(page, rows[i]);
    part_table_end(&page->body);
    part_pages(page, part_page(page), ROWS, n);
}

// --- cutting off

static bool try_revoke(page_t *page, const char *why, const asked_t **ret_asked)
{
    Selenga__Revoke wish = SELENGA__REVOKE__INIT;
    wish.name = (char *)(uintptr_t)form_text(&page->request->form, "name");
    wish.why = (char *)(uintptr_t)why;
    wish.has_dry_run = true;
    wish.dry_run = *why == '\0';
    const client_request_t request = {.service = SERVICE_REGISTRY,
                                      .type = MSG_REVOKE,
                                      .body = &wish,
                                      .reply = MSG_REVOKE_REPLY,
                                      .descriptor = &selenga__revoke_reply__descriptor,
                                      .timeout_ms = PAGE_ASK_MS,
                                      .account = page->session->account.name};
    return page_try(page, &request, ret_asked);
}

// What this node has for it and it has not taken, of all services. False: return at once.
static bool count_waiting(page_t *page, const Selenga__Links *links, const char *org, uint64_t *ret_waiting)
{
    bool all = true;
    *ret_waiting = 0;
    for (uint32_t n = SERVICES_FIRST; n < SERVICES_END; n++) {
        const Selenga__Queues *queues = NULL;
        bool there =
            page_ask(page, n, MSG_QUEUES, NULL, MSG_QUEUES_REPLY, &selenga__queues__descriptor, &queues);
        if (!there && !page->waiting) return false;
        all &= there;
        for (size_t i = 0; there && links != NULL && i < links->n_links; i++)
            for (size_t k = 0;
                 is_child(links->links[i]) && strcmp(links->links[i]->org, org) == 0 && k < queues->n_queues;
                 k++)
                if (queues->queues[k]->peer == links->links[i]->label)
                    *ret_waiting += queues->queues[k]->waiting;
    }
    return all;
}

static void write_count(page_t *page, const char *text, uint64_t n)
{
    html_t *html = &page->body;
    html_raw(html, "<li>");
    html_text(html, text);
    html_raw(html, ": ");
    html_number(html, (int64_t)n);
    html_raw(html, "</li>");
}

static void write_question(page_t *page, const Selenga__RevokeReply *reply, uint64_t waiting)
{
    html_t *html = &page->body;
    char fingerprint[NODE_FINGERPRINT_TEXT] = "";
    const char *why = form_value(&page->request->form, "why");
    if (reply->key.len == NODE_KEY_SIZE) node_fingerprint(reply->key.data, fingerprint);
    page_title(page, _("Cut off: %s"), reply->org);
    html_raw(html, "<p>");
    html_textf(html,
               _("Node %s, key %s. Its connection ends at once, and only a new invitation brings it back. "
                 "What it has handed over stays."),
               reply->name, fingerprint);
    html_raw(html, "</p><p>");
    html_text(html, _("With it are cut off, counted now and not done yet:"));
    html_raw(html, "</p><ul>");
    write_count(page, _("nodes below it"), reply->below);
    write_count(page, _("unused invitations of its organisation"), reply->invites);
    write_count(page, _("records that it has not taken yet"), waiting);
    html_raw(html, "</ul>");
    if (why != NULL) part_note(html, PART_BAD, _("Say why: it is kept with the node and shown there."));
    html_raw(html, "<div class=\"narrow\">");
    forms_begin(page, "/op/neighbours");
    part_hidden(html, "name", form_text(&page->request->form, "name"));
    forms_input(page, "why", _("Why"), "");
    forms_button(page, "act", "revoke", _("Cut off"), true);
    forms_end(page);
    html_raw(html, "</div><p>");
    part_link(html, "/op/neighbours", _("Back, nothing is done"));
    html_raw(html, "</p>");
}

// --- acts

typedef struct outcome {
    const char *act;
    const asked_t *asked; // NULL: the form itself is wrong, see why
    why_t why;
} outcome_t;

static bool try_rotate(page_t *page, const asked_t **ret_asked)
{
    const client_request_t request = {.service = SERVICE_REGISTRY,
                                      .type = MSG_ROTATE_PSEUDONYMS,
                                      .reply = MSG_DONE,
                                      .timeout_ms = PAGE_ASK_MS,
                                      .account = page->session->account.name};
    return page_try(page, &request, ret_asked);
}

// The page is the question before an act, and no more.
static void ask_before_revoke(page_t *page)
{
    const Selenga__Links *links = NULL;
    const asked_t *asked;
    uint64_t waiting;
    bool all =
        page_ask(page, SERVICE_GATE, MSG_LINKS, NULL, MSG_LINKS_REPLY, &selenga__links__descriptor, &links);
    if (!all && !page->waiting) return;
    if (!count_waiting(page, links, form_text(&page->request->form, "name"), &waiting) && !page->waiting)
        return;
    if (!try_revoke(page, "", &asked) || page->waiting) return;
    if (asked->status != CLIENT_DONE) {
        page_fail(page, asked);
        return;
    }
    if (form_value(&page->request->form, "why") != NULL) page->status = 422;
    write_question(page, asked->body, waiting);
}

static void write_outcome(page_t *page, const outcome_t *outcome)
{
    char text[CLIENT_WHY_TEXT];
    html_t *html = &page->body;
    const asked_t *asked = outcome->asked;
    if (asked == NULL || asked->status != CLIENT_DONE) {
        page->status = 422;
        if (asked != NULL) client_why_text(&asked->why, ".", page->lang, text, sizeof text);
        part_note(html, PART_BAD, asked != NULL ? text : outcome->why.text);
    } else if (strcmp(outcome->act, "revoke") == 0) {
        const Selenga__RevokeReply *reply = asked->body;
        html_raw(html, "<p class=\"note ok\" role=\"status\">");
        html_textf(html, _("Cut off: %s. It comes back only by a new invitation that takes its place."),
                   reply->org);
        html_raw(html, "</p>");
    } else {
        part_note(
            html, PART_GOOD,
            _("There is a new key of pseudonyms. Nodes ask for theirs anew, and figures are preliminary "
              "until all have them."));
    }
}

static void write_rotate(page_t *page)
{
    html_t *html = &page->body;
    if (page->node->parent.known) return;
    html_element(html, "h2", _("Key of pseudonyms"));
    html_element(
        html, "p",
        _("A new key is for when the present one may have been seen: every node asks for the pseudonyms "
          "of its people anew, and figures are preliminary until all have them."));
    forms_begin(page, "/op/neighbours");
    html_raw(html, "<p><label><input type=\"checkbox\" name=\"sure\" required> ");
    html_text(html, _("The key may have been seen"));
    html_raw(html, "</label></p>");
    forms_button(page, "act", "rotate", _("Make a new key"), true);
    forms_end(page);
}

// Does what was sent. False: return at once.
static bool do_act(page_t *page, outcome_t *outcome)
{
    const form_t *form = &page->request->form;
    outcome->act = form_text(form, "act");
    if (strcmp(outcome->act, "invite") == 0) return inviting_act(page, &outcome->asked, &outcome->why);
    if (strcmp(outcome->act, "revoke") == 0 && *form_text(form, "name") != '\0')
        return try_revoke(page, form_text(form, "why"), &outcome->asked);
    if (strcmp(outcome->act, "rotate") == 0 && form_value(form, "sure") != NULL)
        return try_rotate(page, &outcome->asked);
    page_refuse(page, 400, _("Not so"), _("What was sent is not a form."));
    return false;
}

void page_neighbours(page_t *page)
{
    const form_t *form = &page->request->form;
    const Selenga__Links *links;
    const Selenga__Records *open, *orgs;
    outcome_t outcome = {.act = ""};
    bool posted = page->request->post;
    if (posted && strcmp(form_text(form, "act"), "revoke") == 0 && *form_text(form, "why") == '\0' &&
        *form_text(form, "name") != '\0') {
        ask_before_revoke(page);
        return;
    }
    if (posted && !do_act(page, &outcome)) return;
    if (outcome.asked != NULL && outcome.asked->status == CLIENT_DONE && strcmp(outcome.act, "invite") == 0) {
        inviting_write_token(page);
        return;
    }
    if (!page_ask(page, SERVICE_GATE, MSG_LINKS, NULL, MSG_LINKS_REPLY, &selenga__links__descriptor, &links))
        return;
    if (!inviting_ask(page, &open, &orgs)) return;
    page_title(page, "%s", _("Neighbours and keys"));
    if (posted) write_outcome(page, &outcome);
    write_links(page, links);
    inviting_write(page, open, orgs);
    write_rotate(page);
}
