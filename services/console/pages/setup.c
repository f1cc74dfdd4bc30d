// SPDX-License-Identifier: Apache-2.0
// A computer without a node: whoever has the code of its first start makes one here, and gets its recovery
// phrase to print.
#include "services/console/setup.h"
#include "common/base/clock.h"
#include "common/base/text.h"
#include "common/node/phrase.h"
#include "common/node/root.h"
#include "common/schema/fault.h"
#include "common/schema/kinds.h"
#include "common/schema/states.h"
#include "proto/message.h"
#include "services/console/entering.h"
#include "services/console/pages.h"
#include "services/console/steps.h"
#include <sodium.h>
#include <stdio.h>

enum {
    LEVELS = 4,
    LOOK_S = 2,    // how soon the browser looks again
    REFUSED = 422, // what was typed
};
#define REGION "region"
#define CHILDREN "tcp://0.0.0.0:7703"

// --- pieces

static void write_why(page_t *page, const char *why)
{
    bool done = false;
    slice_t rest = slice_text(why), line;
    if (*why == '\0') return;
    html_raw(&page->body, "<div class=\"note bad\" role=\"alert\">");
    while (text_next_piece(&rest, '\n', &done, &line)) {
        char text[SETUP_WHY];
        snprintf(text, sizeof text, "%.*s", (int)line.size, (const char *)line.data);
        html_raw(&page->body, "<p>");
        html_sentence(&page->body, text);
        html_raw(&page->body, "</p>");
    }
    html_raw(&page->body, "</div>");
}

static void write_hidden(html_t *html, const char *name, const char *value)
{
    html_raw(html, "<input type=\"hidden\"");
    html_attribute(html, "name", name);
    html_attribute(html, "value", value);
    html_raw(html, ">");
}

static void write_form(page_t *page, const char *act)
{
    html_t *html = &page->body;
    html_raw(html, "<form class=\"narrow\" method=\"post\" action=\"/setup\">");
    entering_guest(page, "token");
    write_hidden(html, "lang", lang_name(page->lang));
    write_hidden(html, "act", act);
}

static void write_help(html_t *html, const char *text)
{
    html_raw(html, "<p class=\"help\">");
    html_sentence(html, text);
    html_raw(html, "</p>");
}

static void write_end(html_t *html, const char *button)
{
    html_raw(html, "<button class=\"main\">");
    html_text(html, button);
    html_raw(html, "</button></form>");
}

static void write_code(page_t *page)
{
    entering_input(page, "code", _("Code of the first start"), "text", "", "off");
    write_help(&page->body,
               _("It stands on the terminal where this was started, and in the file beside the node's "
                 "folder whose name ends in `.setup`."));
}

// One that may stay empty.
static void write_input(page_t *page, const char *name, const char *label, const char *value)
{
    html_t *html = &page->body;
    html_raw(html, "<div class=\"field\"><label");
    html_attribute(html, "for", name);
    html_raw(html, ">");
    html_text(html, label);
    html_raw(html, "</label><input autocomplete=\"off\"");
    html_attribute(html, "id", name);
    html_attribute(html, "name", name);
    html_attribute(html, "value", value);
    html_raw(html, "></div>");
}

static void write_level(page_t *page, const char *chosen)
{
    html_t *html = &page->body;
    html_raw(html, "<div class=\"field\"><label for=\"level\">");
    html_text(html, _("Level of the node"));
    html_raw(html, "</label><select id=\"level\" name=\"level\">");
    for (int rank = LEVELS - 1; rank >= 0; rank--) {
        html_raw(html, "<option");
        html_attribute(html, "value", level_name(rank));
        if (strcmp(level_name(rank), chosen) == 0) html_raw(html, " selected");
        html_raw(html, ">");
        html_text(html, states_level(rank, page->lang));
        html_raw(html, "</option>");
    }
    html_raw(html, "</select></div>");
}

static void write_listen(page_t *page, const char *value)
{
    write_input(page, "listen", _("Where nodes below connect"), value);
    write_help(&page->body,
               _("`tcp://HOST:PORT`; the address `0.0.0.0` is all of this computer. Empty: no node will be "
                 "below this one."));
}

// --- what is asked

static void write_choice(page_t *page)
{
    html_t *html = &page->body;
    static const struct {
        const char *as, *title, *text;
    } ways[] = {
        {"join", N_("Join by a token"),
         N_("The operator of the node above has given you a token, one long line that begins with "
            "`selenga1`. This is how "
            "schools join, and municipalities below a region.")},
        {"new", N_("A new region"),
         N_("This will be the uppermost node, and others will be below it: the region's centre makes one.")},
    };
    html_raw(html, "<p>");
    html_sentence(
        html,
        _("There is no node of Selenga on this computer yet. Here it is made, in five steps; you may leave "
          "and come back."));
    html_raw(html, "</p>");
    for (size_t i = 0; i < ARRAY_SIZE(ways); i++) {
        html_raw(html, "<h2><a href=\"/setup?as=");
        html_segment(html, ways[i].as);
        html_raw(html, "&amp;lang=");
        html_segment(html, lang_name(page->lang));
        html_raw(html, "\">");
        html_text(html, _(ways[i].title));
        html_raw(html, "</a></h2><p>");
        html_sentence(html, _(ways[i].text));
        html_raw(html, "</p>");
    }
}

static void write_new(page_t *page, const setup_wish_t *wish)
{
    write_form(page, "new");
    write_code(page);
    entering_input(page, "org", _("Code of the organisation"), "text", wish->org, "off");
    write_help(
        &page->body,
        _("As it stands in the region's list of organisations, e.g. `03`. It cannot be changed later."));
    write_input(page, "name", _("Name of the node, for people"), wish->name);
    write_level(page, *wish->level != '\0' ? wish->level : REGION);
    write_listen(page, *wish->org != '\0' ? wish->listen : CHILDREN);
    write_end(&page->body, _("Make the node"));
}

static void write_join(page_t *page, const setup_wish_t *wish)
{
    write_form(page, "join");
    write_code(page);
    entering_input(page, "invitation", _("Token"), "text", wish->token, "off");
    write_help(&page->body,
               _("The line from the operator of the node above, whole. Organisation and level stand in it. "
                 "That node must be reachable now. A computer that takes the place of a lost one is made "
                 "on the command line: `selenga node join --help`."));
    write_input(page, "name", _("Name of the node, for people"), wish->name);
    write_listen(page, wish->listen);
    write_end(&page->body, _("Join"));
}

static void write_resume(page_t *page)
{
    html_element(&page->body, "p",
                 _("A node is on this computer already, and its recovery phrase was not printed yet. Type "
                   "the code to go on."));
    write_form(page, "resume");
    write_code(page);
    write_end(&page->body, _("Go on"));
}

static bool is_owner(const page_t *page)
{
    return page->setup->owner[0] != '\0' && entering_guest_fits(page, page->setup->owner);
}

// as: which of the two ways; NULL: none was chosen. wish: what was typed.
static void write_asking(page_t *page, const char *as, const setup_wish_t *wish, const char *why)
{
    steps_write(page, STEP_NODE);
    write_why(page, why);
    if (page->setup->state != SETUP_ASKS)
        write_resume(page);
    else if (as != NULL && strcmp(as, "join") == 0)
        write_join(page, wish);
    else if (as != NULL && strcmp(as, "new") == 0)
        write_new(page, wish);
    else
        write_choice(page);
}

// --- the phrase

// Whose sheet it is.
static void write_whose(page_t *page)
{
    why_t why;
    html_t *html = &page->body;
    AUTO(node_conf_clear) node_conf_t conf = {0};
    if (node_conf_load(page->setup->dir, &conf, &why) != 0) return;
    html_raw(html, "<dl class=\"card\"><dt>");
    html_text(html, _("Node"));
    html_raw(html, "</dt><dd>");
    html_text(html, conf.name);
    html_raw(html, "</dd><dt>");
    html_text(html, _("Organisation"));
    html_raw(html, "</dt><dd>");
    html_text(html, conf.org);
    html_raw(html, "</dd><dt>");
    html_text(html, _("Printed"));
    html_raw(html, "</dt><dd>");
    html_moment(html, wall_s());
    html_raw(html, "</dd></dl>");
}

static void write_phrase(page_t *page)
{
    char text[PHRASE_TEXT];
    uint8_t root[ROOT_SIZE];
    why_t why;
    html_t *html = &page->body;
    steps_write(page, STEP_PHRASE);
    write_why(page, page->setup->why);
    if (root_load(page->setup->dir, root, &why) != 0) {
        write_why(page, why.text);
        return;
    }
    phrase_print(root, lang_name(page->lang), text);
    html_raw(html, "<p class=\"note ok\" role=\"status\">");
    html_sentence(html,
                  _("The node is made. Print this sheet now (Ctrl+P) or copy it by hand: a browser shows "
                    "the words only "
                    "until you go on."));
    html_raw(html, "</p><section class=\"sheet\"><h2>");
    html_text(html, _("Recovery phrase of the node"));
    html_raw(html, "</h2><p class=\"code\">");
    html_text(html, text);
    html_raw(html, "</p>");
    write_whose(page);
    html_element(
        html, "p",
        _("With these words a node that was lost comes back as itself; whoever else has them can be this "
          "node. "
          "Keep the sheet apart from the computer, where only the head of the organisation can take it."));
    html_raw(html, "</section>");
    write_form(page, "go");
    write_end(html, _("The sheet is on paper: start the node"));
    sodium_memzero(root, sizeof root);
    sodium_memzero(text, sizeof text);
}

static void write_wait(page_t *page, step_t at, const char *text)
{
    steps_write(page, at);
    page->refresh_s = LOOK_S;
    html_raw(&page->body, "<p class=\"note\" role=\"status\">");
    html_text(&page->body, text);
    html_raw(&page->body, "</p>");
}

// --- the form

// False: one of them does not fit, and is empty.
static bool read_wish(const form_t *form, setup_wish_t *wish)
{
    *wish = (setup_wish_t){.joins = strcmp(form_text(form, "act"), "join") == 0};
    const struct {
        const char *name;
        char *to;
        size_t size;
    } fields[] = {{"org", wish->org, sizeof wish->org},
                  {"level", wish->level, sizeof wish->level},
                  {"name", wish->name, sizeof wish->name},
                  {"listen", wish->listen, sizeof wish->listen},
                  {"invitation", wish->token, sizeof wish->token}};
    bool whole = true;
    for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
        whole &= text_copy(fields[i].to, fields[i].size, form_text(form, fields[i].name));
    return whole;
}

// What keeps the form from being tried; "": nothing.
static void check(page_t *page, const setup_wish_t *wish, bool whole, const char *act,
                  char why[static SETUP_WHY])
{
    unsigned wait_s;
    fault_t fault;
    char number[16];
    why[0] = '\0';
    if (!setup_code_fits(page->setup, form_text(&page->request->form, "code"), mono_ms(), &wait_s)) {
        snprintf(number, sizeof number, "%u", wait_s);
        fault_set(&fault, "LOGIN-WAIT", "", number);
        if (wait_s > 0)
            fault_text(&fault, why, SETUP_WHY);
        else
            snprintf(why, SETUP_WHY, "%s", _("This is not the code of the first start."));
        page->status = 403;
        return;
    }
    if (page->setup->state != SETUP_ASKS || strcmp(act, "resume") == 0) return;
    bool named = wish->joins ? *wish->token != '\0' : *wish->org != '\0';
    if (!whole)
        snprintf(why, SETUP_WHY, "%s", _("One of the fields is too long."));
    else if (!named)
        snprintf(why, SETUP_WHY, "%s",
                 wish->joins ? _("Paste the token.") : _("Say which organisation the node is of."));
    else if (*wish->listen != '\0' && !node_is_endpoint(wish->listen, false))
        snprintf(why, SETUP_WHY,
                 _("'%s' is no address of the form tcp://HOST:PORT with a port from 1 to 65535"),
                 wish->listen);
    if (*why != '\0') page->status = REFUSED;
}

static void go_on(page_t *page)
{
    page_go(page, "/setup?lang=%s", lang_name(page->lang));
}

static void take_form(page_t *page)
{
    char why[SETUP_WHY];
    setup_wish_t wish;
    const form_t *form = &page->request->form;
    const char *act = form_text(form, "act");
    bool whole = read_wish(form, &wish);
    check(page, &wish, whole, act, why);
    if (*why != '\0') {
        write_asking(page, act, &wish, why);
        return;
    }
    (void)text_copy(page->setup->owner, sizeof page->setup->owner, form_text(form, "token"));
    if (page->setup->state == SETUP_ASKS && strcmp(act, "resume") != 0)
        setup_begin(page->setup, &wish, page->lang);
    go_on(page);
}

static void leave(page_t *page)
{
    if (page->setup->state == SETUP_MADE && is_owner(page)) (void)setup_leave(page->setup);
    go_on(page);
}

static void show(page_t *page)
{
    const setup_t *setup = page->setup;
    const char *as = form_value(&page->request->query, "as");
    bool owner = is_owner(page), failed = owner && setup->why[0] != '\0' && as == NULL;
    if (setup->state == SETUP_MADE && owner)
        write_phrase(page);
    else if (setup->state == SETUP_WORKS && owner)
        write_wait(page, STEP_NODE, _("The node is being made. This page goes on by itself."));
    else if (setup->state == SETUP_OVER)
        write_wait(page, STEP_OPERATOR, _("The node is starting. This page goes on by itself."));
    else if (failed)
        write_asking(page, setup->wish.joins ? "join" : "new", &setup->wish, setup->why);
    else
        write_asking(page, as, &(setup_wish_t){.joins = false}, "");
}

// --- behind it: the node is there, and its services begin

static void wait_for_node(page_t *page)
{
    const asked_t *asked;
    const client_request_t request = {.service = SERVICE_REGISTRY,
                                      .type = MSG_STATUS,
                                      .reply = MSG_STATUS_REPLY,
                                      .descriptor = &selenga__status__descriptor,
                                      .timeout_ms = PAGE_FACTS_MS};
    if (!page_try(page, &request, &asked)) return;
    if (asked->status == CLIENT_DONE)
        page_go(page, "/%s?lang=%s", first_is_open() ? "first" : "login", lang_name(page->lang));
    else
        write_wait(page, STEP_OPERATOR, _("The node is starting. This page goes on by itself."));
}

void page_setup(page_t *page)
{
    const char *lang = form_value(&page->request->form, "lang");
    page->session = NULL;
    page_title(page, "%s", _("First start"));
    if (lang != NULL) (void)lang_by_name(lang, &page->lang);
    i18n_use(page->lang);
    if (page->setup == NULL)
        wait_for_node(page);
    else if (!page->request->post)
        show(page);
    else if (strcmp(form_text(&page->request->form, "act"), "go") == 0)
        leave(page);
    else
        take_form(page);
}
