// SPDX-License-Identifier: Apache-2.0
// The door for browsers: libmicrohttpd in the loop of the program, bounded; under TLS where others reach it.
// It decides what needs no page: method, Host, Origin, token, size, time, who may; all else is a page's
// (page.h).
#pragma once
#include "services/console/page.h"

enum {
    HTTP_CONNECTIONS = 64,
    HTTP_OF_ADDRESS = 8,
    HTTP_HEAD_MAX = 32 * 1024,
};

typedef struct http http_t;

typedef struct http_setup {
    const char *listen; // HOST:PORT
    const char *names;  // of this computer for others; where there are any, under TLS
    unsigned idle_s;    // without a byte
    unsigned request_s; // until a request is whole and its answer taken
    const node_conf_t *node;
    client_t **client;
    drafts_t *drafts;    // NULL: none are kept
    struct setup *setup; // there is no node yet; NULL: there is one
} http_setup_t;

// Where to listen: "127.0.0.1:7780", "[::1]:0", "localhost:7780". Anything that others than this computer
// could reach is refused with a sentence where there are no names. 0, or -1 with why.
int http_open(const http_setup_t *setup, http_t **ret_http, why_t *why);
void http_close(http_t **http);

const char *http_url(const http_t *http); // "http://127.0.0.1:7780"
int http_fd(const http_t *http);          // readable when http_turn has something to do
// In how many milliseconds it has something to do even if nothing comes; -1: never.
long http_due_ms(http_t *http);
// Takes nobody new: the socket that listened, for whoever goes on with it to close. -1: there is none.
int http_quiesce(http_t *http);
void http_turn(http_t *http);
// Every few seconds: ends connections that take too long, makes the next certificate before this one ends.
void http_tick(http_t *http, uint64_t now_ms);
// Other names than before, under a certificate for them; who is connected stays. 0; or -1 with why, and all
// is as it was: they cannot be read, or it is TLS or not TLS that changes, for which the console starts anew.
int http_rename(http_t *http, const char *names, why_t *why);
