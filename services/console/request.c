// SPDX-License-Identifier: Apache-2.0
#include "services/console/request.h"
#include "common/base/text.h"
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

static bool add_segment(request_t *request, slice_t piece, char **at)
{
    if (request->n_segments == REQUEST_SEGMENTS || piece.size == 0) return false;
    if (!form_decode(piece, false, *at)) return false;
    if (strcmp(*at, ".") == 0 || strcmp(*at, "..") == 0 || strpbrk(*at, "\n\t") != NULL) return false;
    request->segments[request->n_segments++] = *at;
    *at += strlen(*at) + 1;
    return true;
}

static bool split_path(request_t *request, slice_t path)
{
    bool done = false, good = path.size > 0 && path.data[0] == '/';
    slice_t piece;
    if (!good || path.size == 1) return good;
    request->memory = xmalloc(path.size + 1);
    char *at = request->memory;
    path = slice(path.data + 1, path.size - 1);
    while (good && text_next_piece(&path, '/', &done, &piece)) good = add_segment(request, piece, &at);
    return good;
}

bool request_uri(request_t *request, const char *uri)
{
    size_t n = strcspn(uri, "?");
    request->uri = uri;
    bool good = strlen(uri) <= REQUEST_URI_MAX && strchr(uri, '#') == NULL &&
                split_path(request, slice(uri, n)) &&
                form_parse(slice_text(uri[n] == '?' ? uri + n + 1 : ""), &request->query);
    if (!good) request_free(request);
    return good;
}

void request_free(request_t *request)
{
    form_free(&request->query);
    form_free(&request->form);
    free(request->memory);
    *request = (request_t){0};
}

static bool is_called(const char *host, const char *name, uint16_t port, uint16_t standard)
{
    char wanted[REQUEST_HOST_MAX];
    bool v6 = strchr(name, ':') != NULL;
    int n = snprintf(wanted, sizeof wanted, "%s%s%s", v6 ? "[" : "", name, v6 ? "]" : "");
    if (port == standard && strcasecmp(host, wanted) == 0) return true;
    snprintf(wanted + n, sizeof wanted - (size_t)n, ":%u", port);
    return strcasecmp(host, wanted) == 0;
}

bool request_is_for_us(const char *host, uint16_t port, const console_names_t *names)
{
    static const char *const own[] = {"localhost", "127.0.0.1", "::1"};
    uint16_t standard = names->n > 0 ? 443 : 80;
    bool called = false;
    if (host == NULL) return false;
    for (size_t i = 0; i < ARRAY_SIZE(own); i++) called |= is_called(host, own[i], port, standard);
    for (size_t i = 0; i < names->n; i++) called |= is_called(host, names->names[i], port, standard);
    return called;
}

bool request_is_ours(const request_t *request)
{
    char own[REQUEST_HOST_MAX + 16];
    if (request->host == NULL) return false;
    int n = snprintf(own, sizeof own, "http%s://%s/", request->secure ? "s" : "", request->host);
    if (n < 0 || (size_t)n >= sizeof own) return false;
    if (request->origin == NULL)
        return request->referer != NULL && strncasecmp(request->referer, own, (size_t)n) == 0;
    own[n - 1] = '\0';
    return strcasecmp(request->origin, own) == 0;
}

bool request_has_form(const request_t *request)
{
    static const char wanted[] = "application/x-www-form-urlencoded";
    if (request->type == NULL || strncasecmp(request->type, wanted, sizeof wanted - 1) != 0) return false;
    return strchr("; ", request->type[sizeof wanted - 1]) != NULL; // strchr finds the end as well
}

bool request_cookie(const request_t *request, const char *name, char *ret, size_t size)
{
    bool done = false;
    slice_t rest = slice_text(request->cookie != NULL ? request->cookie : ""), piece;
    char full[64];
    int length = snprintf(full, sizeof full, "%s%s", request->secure ? REQUEST_SECURE_COOKIE : "", name);
    assert(length > 0 && (size_t)length < sizeof full);
    size_t n = (size_t)length;
    name = full;
    while (text_next_piece(&rest, ';', &done, &piece)) {
        piece = text_trim(piece);
        if (piece.size <= n || piece.data[n] != '=' || memcmp(piece.data, name, n) != 0) continue;
        if (piece.size - n > size) return false;
        memcpy(ret, piece.data + n + 1, piece.size - n - 1);
        ret[piece.size - n - 1] = '\0';
        return true;
    }
    return false;
}

const char *request_safe_path(const char *path)
{
    bool own = path != NULL && path[0] == '/' && path[1] != '/' && strpbrk(path, "\\\r\n\t #") == NULL &&
               strlen(path) <= REQUEST_URI_MAX / 4;
    for (const char *at = path; own && *at != '\0'; at++)
        own = (unsigned char)*at > 0x20 && (unsigned char)*at < 0x7f;
    return own ? path : "/";
}
