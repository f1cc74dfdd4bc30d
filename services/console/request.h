// SPDX-License-Identifier: Apache-2.0
// A request of a browser, and what must be so before anybody looks at it. Nothing here knows a socket.
#pragma once
#include "common/node/console.h"
#include "services/console/form.h"

enum {
    REQUEST_URI_MAX = 8 * 1024, // bytes of a path with its query
    REQUEST_SEGMENTS = 6,
    REQUEST_HOST_MAX = 64,
};

typedef struct request {
    bool secure; // it came under TLS
    bool post;   // else GET, or HEAD, which is answered alike
    const char *segments[REQUEST_SEGMENTS];
    size_t n_segments;
    form_t query, form;
    const char *uri;  // as it came
    const char *host; // all of them as they came; NULL: there was none
    const char *origin, *referer, *cookie, *language, *type;
    char *memory; // of segments
} request_t;

// Splits the URI: an absolute path without empty, "." or ".." segments, also written with %2E, and a query.
// True, and request_free ends it; false: it is none. `uri` must outlive it.
bool request_uri(request_t *request, const char *uri);
void request_free(request_t *request);

// A page of this computer is called by the computer's own name, whatever another site's name leads to:
// localhost, 127.0.0.1 or [::1], or one of those by which others call it, with the port on which the console
// listens.
bool request_is_for_us(const char *host, uint16_t port, const console_names_t *names);
// Was it sent by one of our own pages? By Origin, or, where there is none, by Referer.
bool request_is_ours(const request_t *request);
// Is the body that of a form?
bool request_has_form(const request_t *request);

// Under TLS cookies have names that no other port and no other site can set.
#define REQUEST_SECURE_COOKIE "__Host-"

// The value of a cookie, into `ret` of `size` bytes. False: there is none, or it does not fit.
bool request_cookie(const request_t *request, const char *name, char *ret, size_t size);
// A path of this console to go on to, or "/": nothing that leads elsewhere.
const char *request_safe_path(const char *path);
