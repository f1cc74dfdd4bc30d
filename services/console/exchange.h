// SPDX-License-Identifier: Apache-2.0
// One request and its answer: what is looked at before a page is asked, and the page's life.
#pragma once
#include "services/console/jobs.h"
#include "services/console/router.h"
#include "services/console/upload.h"

// What all exchanges have in common.
typedef struct house {
    const node_conf_t *node;
    client_t **client;
    sessions_t sessions;
    jobs_t *jobs;
    drafts_t *drafts;    // NULL: none are kept
    struct setup *setup; // there is no node yet; NULL: there is one
    counts_t counts;
    uint16_t port;
    console_names_t names; // of this computer for others; where there are any, all comes under TLS
    lang_t lang;           // of whoever does not say which he reads
} house_t;

typedef struct exchange {
    house_t *house;
    request_t request;
    char *uri;
    uint8_t *body;
    size_t body_size, body_room;
    uint64_t since_ms; // when it came
    bool uploads;      // the body is a form with a file: whoever has the connection makes `upload`
    upload_t *upload;
    const route_t *route; // NULL: it was refused before
    bool again;           // whoever sent it has to log in first (again.h)
    page_t page;
    bool done;
    void (*ready)(void *context); // called when a page that had to wait is done
    void *context;
} exchange_t;

// uri: as it came; copied. Whoever frees it ends it with exchange_clear.
void exchange_init(exchange_t *self, house_t *house, const char *uri);
void exchange_clear(exchange_t *self);

// The head is here, with the headers in request. announced: bytes of the body, as the browser says; 0: it
// does not. What it may say once only: Host and Content-Length. False: it is refused, and the answer is
// there.
bool exchange_begin(exchange_t *self, const char *method, bool host_twice, bool length_twice,
                    uint64_t announced);
// Some of the body. False: it is too much, and there is no answer.
bool exchange_take(exchange_t *self, const void *bytes, size_t size);
// The request is whole. True: the answer is there; false: `ready` will be called.
bool exchange_run(exchange_t *self, uint64_t now_ms);

// The bytes of the answer, for the caller to free. Once.
char *exchange_answer(exchange_t *self, size_t *ret_size);
