// SPDX-License-Identifier: Apache-2.0
#include "services/console/inviting.h"
#include "common/base/clock.h"
#include "common/forms/words.h"
#include "common/node/invitation.h"
#include "common/node/msg.h"
#include "common/schema/kinds.h"
#include "common/schema/states.h"
#include "proto/message.h"
#include "proto/registry.pb-c.h"
#include "services/console/entry.h"
#include "services/console/forms.h"
#include "services/console/parts.h"
#include <sodium.h>

enum { ORGS = 40, OPEN = 200, LEVELS = 64 };

static const char *const LIVES[] = {"24h", "72h", "14d"}; // the middle one where nobody chooses

// --- what is done

typedef struct inviting {
    invitation_t invitation;
    bool made;
} inviting_t;

static void forget(void *kept)
{
    sodium_memzero(kept, sizeof(inviting_t));
}

// Once for all runs of the page: its one-time key is what the registry is asked about.
static bool make(page_t *page, inviting_t *inviting, why_t *why)
{
    const form_t *form = &page->request->form;
    const char *org = form_text(form, "org"), *endpoint = form_text(form, "endpoint");
    int64_t life_s = INVITATION_LIFE_S;
    char own[TOKEN_ENDPOINT_MAX + 1] = "";
    invitation_endpoint(page->node->listen, own);
    if (*endpoint == '\0') endpoint = own;
    if (*org == '\0') {
        why_set(why, _("Choose the organisation that gets the node."));
    } else if (!node_is_org(org)) {
        why_set(why, _("'%s' cannot be the code of an organisation"), org);
    } else if (*endpoint != '\0' && !node_is_endpoint(endpoint, false)) {
        why_set(why, _("'%s' is not of the form tcp://HOST:PORT with a port from 1 to 65535"), endpoint);
    } else if (form_value(form, "life") != NULL && !words_duration_parse(form_text(form, "life"), &life_s)) {
        why_set(why, _("Choose how long the token is good."));
    } else {
        bool replace = form_value(form, "replace") != NULL;
        inviting->made =
            invitation_make(".", org, endpoint, life_s, replace, &inviting->invitation, why) == 0;
    }
    return inviting->made;
}

bool inviting_act(page_t *page, const asked_t **ret_asked, why_t *why)
{
    inviting_t *inviting = page_keep(page, sizeof *inviting, forget);
    Selenga__Invite wish;
    *ret_asked = NULL;
    if (!inviting->made && !make(page, inviting, why)) return true;
    invitation_request(&inviting->invitation, form_text(&page->request->form, "level"), &wish);
    const client_request_t request = {.service = SERVICE_REGISTRY,
                                      .type = MSG_INVITE,
                                      .body = &wish,
                                      .reply = MSG_INVITE_REPLY,
                                      .descriptor = &selenga__invite_reply__descriptor,
                                      .timeout_ms = PAGE_ASK_MS,
                                      .account = page->session->account.name};
    if (!page_try(page, &request, ret_asked)) return false;
    const asked_t *asked = *ret_asked;
    if (asked->status == CLIENT_DONE && !invitation_granted(&inviting->invitation, asked->body)) {
        *ret_asked = NULL;
        why_set(why, _("%s gave an answer that cannot be read; are all programs of one version?"),
                words_service(SERVICE_REGISTRY));
    }
    return true;
}

void inviting_write_token(page_t *page)
{
    html_t *html = &page->body;
    inviting_t *inviting = page_keep(page, sizeof *inviting, forget);
    const token_t *token = &inviting->invitation.token;
    char text[TOKEN_TEXT_MAX];
    token_text(token, text);
    page_title(page, "%s", _("Invite a node"));
    part_note(html, PART_GOOD,
              _("Here is the token. It is shown on this page alone: copy it, or print the page (Ctrl+P)."));
    html_raw(html, "<section class=\"slip\"><h2>");
    html_textf(html, _("Invitation of a node: %s"), token->org);
    html_raw(html, "</h2><p>");
    html_textf(html, _("Level: %s. Hub: %s. Good once, until "), states_level(token->rank, page->lang),
               token->endpoint);
    html_moment(html, token->expires_s);
    html_raw(html, ".</p><p><label>");
    html_text(html, _("Token"));
    html_raw(html, "<textarea readonly rows=\"5\" class=\"code\" spellcheck=\"false\">");
    html_text(html, text);
    html_raw(html, "</textarea></label></p><p class=\"help\">");
    html_sentence(html,
                  token->replace
                      ? _("At the new computer: `selenga node join DIR @FILE --replace`, with the token "
                          "in the file. When it has joined, the node before it is cut off.")
                      : _("At the new computer: `selenga node join DIR @FILE`, with the token in the "
                          "file."));
    html_raw(html, " ");
    html_text(html, _("Keep the token secret until then: whoever is first to use it joins."));
    html_raw(html, "</p></section><p class=\"actions\">");
    part_link(html, "/op/neighbours", _("Neighbours and keys"));
    html_raw(html, "</p>");
    sodium_memzero(text, sizeof text);
}

// --- what is shown

bool inviting_ask(page_t *page, const Selenga__Records **ret_open, const Selenga__Records **ret_orgs)
{
    Selenga__Match state = SELENGA__MATCH__INIT, *where = &state;
    Selenga__List open = SELENGA__LIST__INIT, orgs = SELENGA__LIST__INIT;
    const char *find = form_text(&page->request->query, "find");
    state.field = (char *)(uintptr_t) "state";
    state.value = (char *)(uintptr_t) "open";
    open.has_kind = open.has_limit = orgs.has_kind = orgs.has_limit = true;
    open.kind = N_INVITE;
    open.limit = OPEN;
    open.where = &where;
    open.n_where = 1;
    orgs.kind = N_ORGANISATION;
    orgs.limit = ORGS;
    orgs.find = *find != '\0' ? (char *)(uintptr_t)find : NULL;
    bool all = page_ask(page, SERVICE_REGISTRY, MSG_LIST, &open, MSG_RECORDS, &selenga__records__descriptor,
                        ret_open);
    if (!all && !page->waiting) return false;
    return page_ask(page, SERVICE_REGISTRY, MSG_LIST, &orgs, MSG_RECORDS, &selenga__records__descriptor,
                    ret_orgs) &&
           all;
}

static void write_open_row(page_t *page, const Selenga__Record *record)
{
    html_t *html = &page->body;
    AUTO(msg_body_free)
    Selenga__InviteRecord *invite =
        msg_body_unpack(&selenga__invite_record__descriptor, slice(record->body.data, record->body.len));
    if (invite == NULL || invite->used_by.len > 0 || invite->expires_s <= wall_s()) return;
    html_raw(html, "<tr><td>");
    html_text(html, invite->org);
    html_raw(html, "</td><td>");
    html_text(html, states_level(invite->level != NULL ? level_rank(invite->level) : -1, page->lang));
    html_raw(html, "</td><td>");
    html_moment(html, invite->expires_s);
    html_raw(html, "</td><td>");
    if (invite->replace) html_text(html, _("takes the place of the node that is there"));
    html_raw(html, "</td></tr>");
}

static void write_open(page_t *page, const Selenga__Records *open)
{
    const char *const titles[] = {_("organisation"), _("level"), _("expires"), _("what for")};
    html_element(&page->body, "h2", _("Invitations that nobody has used yet"));
    part_table(&page->body, ARRAY_SIZE(titles), titles);
    for (size_t i = 0; i < open->n_records; i++) {
        AUTO(msg_body_free)
        Selenga__Record *record =
            msg_body_unpack(&selenga__record__descriptor, slice(open->records[i].data, open->records[i].len));
        if (record != NULL) write_open_row(page, record);
    }
    part_table_end(&page->body);
}

static void write_orgs(page_t *page, const Selenga__Records *orgs)
{
    html_t *html = &page->body;
    const char *chosen = form_text(&page->request->form, "org");
    html_raw(html, "<div class=\"field\"><label>");
    html_text(html, _("Organisation that gets the node"));
    html_raw(html, "<select name=\"org\" required>");
    part_option(html, "", "", *chosen == '\0');
    for (size_t i = 0; i < orgs->n_records; i++) {
        AUTO(msg_body_free)
        Selenga__Record *record =
            msg_body_unpack(&selenga__record__descriptor, slice(orgs->records[i].data, orgs->records[i].len));
        if (record == NULL) continue;
        AUTO(msg_body_free)
        Selenga__Organisation *org =
            msg_body_unpack(&selenga__organisation__descriptor, slice(record->body.data, record->body.len));
        char text[3 * CODE_MAX + FIELD_TEXT_MAX];
        if (org == NULL || org->code == NULL || strcmp(org->code, page->node->org) == 0) continue;
        snprintf(text, sizeof text, "%s · %s", org->code, org->name != NULL ? org->name : "");
        part_option(html, org->code, text, strcmp(org->code, chosen) == 0);
    }
    html_raw(html, "</select></label></div>");
    if (orgs->has_next)
        html_element(html, "p", _("There are more organisations. Find the one by its name or code."));
}

static void write_choices(page_t *page)
{
    html_t *html = &page->body;
    const form_t *form = &page->request->form;
    const char *level = form_text(form, "level");
    char text[64];
    const char *life = form_value(form, "life") != NULL ? form_text(form, "life") : LIVES[1];
    html_raw(html, "<div class=\"field\"><label>");
    html_text(html, _("Level of the node"));
    html_raw(html, "<select name=\"level\">");
    part_option(html, "", _("by the organisation's kind"), *level == '\0');
    for (int rank = 0; rank < LEVELS && level_name(rank) != NULL; rank++)
        if (rank < (int)page->node->rank)
            part_option(html, level_name(rank), states_level(rank, page->lang),
                        strcmp(level, level_name(rank)) == 0);
    html_raw(html, "</select></label></div><div class=\"field\"><label>");
    html_text(html, _("The token is good for"));
    html_raw(html, "<select name=\"life\">");
    for (size_t i = 0; i < ARRAY_SIZE(LIVES); i++) {
        int64_t seconds = 0;
        (void)words_duration_parse(LIVES[i], &seconds);
        part_option(html, LIVES[i], words_duration((uint64_t)seconds, page->lang, text, sizeof text),
                    strcmp(life, LIVES[i]) == 0);
    }
    html_raw(html, "</select></label></div>");
}

void inviting_write(page_t *page, const Selenga__Records *open, const Selenga__Records *orgs)
{
    html_t *html = &page->body;
    const form_t *form = &page->request->form;
    char endpoint[TOKEN_ENDPOINT_MAX + 1] = "";
    bool guessed = invitation_endpoint(page->node->listen, endpoint);
    if (open->n_records > 0) write_open(page, open);
    html_element(html, "h2", _("Invite a node"));
    if (page->node->listen[0] == '\0') {
        html_raw(html, "<p>");
        html_sentence(html,
                      _("This node takes no children. Set `listen` in its `node.conf` and start it again."));
        html_raw(html, "</p>");
        return;
    }
    html_raw(html, "<form class=\"filter\" method=\"get\" action=\"/op/neighbours\"><label>");
    html_text(html, _("Find an organisation"));
    html_raw(html, "<input type=\"search\" name=\"find\"");
    html_attribute(html, "value", form_text(&page->request->query, "find"));
    html_raw(html, "></label><button>");
    html_text(html, _("Show"));
    html_raw(html, "</button></form><div class=\"narrow\">");
    forms_begin(page, "/op/neighbours");
    write_orgs(page, orgs);
    write_choices(page);
    forms_input(page, "endpoint", _("How the child reaches this hub"),
                form_value(form, "endpoint") != NULL ? form_text(form, "endpoint") : endpoint);
    if (guessed)
        html_element(html, "p",
                     _("This is the computer's own name; put the address by which others know it."));
    html_raw(html, "<p><label><input type=\"checkbox\" name=\"replace\"");
    if (form_value(form, "replace") != NULL) html_raw(html, " checked");
    html_raw(html, "> ");
    html_text(html, _("It takes the place of the organisation's node, which is cut off when it joins"));
    html_raw(html, "</label></p>");
    forms_button(page, "act", "invite", _("Make the invitation"), false);
    forms_end(page);
    html_raw(html, "</div>");
}
