// SPDX-License-Identifier: Apache-2.0
// One page in the making. The console has one thread and never waits for the node: a page is a function that
// asks what it needs and, while an answer is on its way, returns. When all have come it is called again from
// its beginning, and each question has its answer at once. So it reads like a program that waits, and others
// are served meanwhile. What it does beside asking (a session, a cookie) comes behind its last question.
#pragma once
#include "common/node/client.h"
#include "common/node/node.h"
#include "proto/api.pb-c.h"
#include "services/console/counts.h"
#include "services/console/drafts.h"
#include "services/console/html.h"
#include "services/console/request.h"
#include "services/console/session.h"

enum {
    PAGE_ASKS = 96,       // questions of one page
    PAGE_ASK_MS = 10000,  // how long each may take
    PAGE_FACTS_MS = 2000, // and those of the frame
    PAGE_HELD = 32 << 20, // bytes of answers that one page may have
    PAGE_COOKIES = 2,
    PAGE_COOKIE = 192,
};

typedef struct page page_t;
typedef void page_fn(page_t *page);

typedef struct asked {
    page_t *page;
    uint64_t number; // of the client, while it is under way
    bool over;
    client_status_t status;
    client_why_t why;
    void *body;
} asked_t;

// How the node's records stand, as each page shows it.
typedef struct facts {
    bool asked, known, has_parent;
    uint64_t waiting, refused, quiet_s; // not above yet; refused above; since anything was taken there
    bool offline;
} facts_t;

struct page {
    const request_t *request;
    const node_conf_t *node;
    sessions_t *sessions;
    drafts_t *drafts; // NULL: none are kept
    struct jobs *jobs;
    struct upload *upload;  // what came with the form; NULL: no file could
    struct setup *setup;    // where there is no node yet (setup.h); NULL: there is one
    const counts_t *counts; // of all requests so far
    session_t *session;     // NULL: nobody is logged in
    lang_t lang;
    form_t draft; // what the reader wants back
    bool typing;  // it shows a form whose text is kept until it is saved (keeping.h)
    // of what is asked
    client_t **client; // NULL in it: the node does not answer yet
    asked_t asks[PAGE_ASKS];
    size_t n_asks, at, pending;
    bool waiting;
    void *kept; // what a run made of its answers, for the next
    void (*kept_free)(void *kept);
    void (*answered)(void *context); // all that was asked is there
    void *context;
    // what comes of it
    facts_t facts;
    unsigned status; // of HTTP
    char title[256];
    html_t body; // of the page, or all of the answer where `bare`
    bool bare;
    const char *type;    // of a bare one
    char attachment[64]; // Content-Disposition of a bare one; "": none
    unsigned refresh_s;  // the browser asks again after so long; 0: it does not
    char location[REQUEST_URI_MAX];
    char cookies[PAGE_COOKIES][PAGE_COOKIE];
    size_t n_cookies;
    char entered[SESSION_ID]; // the session that began here, for its cookie; "": none did
};

// Asks a service. True: *ret_body is the answer, which belongs to the page. False: return at once; then it is
// on its way, or, where page->waiting is not set, it failed, and the page says why.
bool page_ask(page_t *page, uint32_t service, uint32_t type, const void *body, uint32_t reply,
              const ProtobufCMessageDescriptor *descriptor, void *ret_body);
// The same where a failure is no end of the page: *ret_asked is the question, over or under way.
bool page_try(page_t *page, const client_request_t *request, const asked_t **ret_asked);
// Zeroed memory at the first run of a page, the same at its later ones: for what is dear to make of answers.
// It ends with the page, by free_kept and free(). One of a page.
void *page_keep(page_t *page, size_t size, void (*free_kept)(void *kept));
// Why a question failed, in words.
void page_fail(page_t *page, const asked_t *asked);
// Forgets what was written, not what was answered: before the function is called again.
void page_again(page_t *page);
void page_clear(page_t *page);

// The page is no more than these words.
void page_refuse(page_t *page, unsigned status, const char *title, const char *text);
void page_go(page_t *page, const char *format, ...) __attribute__((format(printf, 2, 3)));
void page_title(page_t *page, const char *format, ...) __attribute__((format(printf, 2, 3)));
// NAME=VALUE; max_age_s 0: with the browser, < 0: it goes at once. HttpOnly, SameSite=Strict.
void page_cookie(page_t *page, const char *name, const char *value, int max_age_s);
// The hidden field without which no form is taken.
void page_token(const page_t *page, html_t *html);

// All of the HTML document: head, what stands on every page, the page's own.
void frame_write(page_t *page, html_t *html);
// Asks what the frame shows. False: it is on its way.
bool frame_ask(page_t *page);
// Asks each service for its queue to the node above, as the line at the bottom of every page does; by number.
void frame_ask_queues(page_t *page, const asked_t *ret_asked[static SERVICES_END]);
