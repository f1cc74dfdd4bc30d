// SPDX-License-Identifier: Apache-2.0
// What a browser sends: a form, an address, texts on a page.
#include "common/base/text.h"
#include "services/console/html.h"
#include "services/console/router.h"
#include "tests/fuzz/fuzz.h"
#include <stdlib.h>

// Whatever the text: no markup of its own, and nothing that is no UTF-8.
static void shows_as_text(const char *text)
{
    html_t html = {0};
    size_t size;
    html_text(&html, text);
    char *bytes = html_take(&html, &size);
    for (size_t i = 0; i < size; i++)
        assert(bytes[i] != '<' && bytes[i] != '>' && bytes[i] != '"' && bytes[i] != '\'');
    assert(utf8_is_valid(slice(bytes, size)));
    free(bytes);
}

static void try_form(slice_t in)
{
    form_t form;
    if (!form_parse(in, &form)) {
        assert(form.n == 0 && form.memory == NULL);
        return;
    }
    assert(form.n <= FORM_PAIRS_MAX);
    for (size_t i = 0; i < form.n; i++) {
        assert(utf8_is_valid(slice_text(form.pairs[i].name)) && strlen(form.pairs[i].name) <= FORM_NAME_MAX);
        assert(utf8_is_valid(slice_text(form.pairs[i].value)));
        assert(form_value(&form, form.pairs[i].name) != NULL);
    }
    form_free(&form);
}

static void try_address(const char *text)
{
    request_t request = {0};
    const route_t *route;
    if (request_uri(&request, text)) {
        for (size_t i = 0; i < request.n_segments; i++)
            assert(*request.segments[i] != '\0' && strcmp(request.segments[i], "..") != 0);
        if (route_find(&request, &route) == ROUTE_FOUND && route->roles != 0)
            assert(route_may(route, NULL, "03") == ROUTE_LOG_IN);
    }
    request_free(&request);
    const char *path = request_safe_path(text);
    assert(path[0] == '/' && path[1] != '/');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char value[SESSION_ID];
    slice_t in = slice(data, size);
    try_form(in);
    char *text = fuzz_text(in);
    try_address(text);
    shows_as_text(text);
    request_t request = {.host = text, .origin = text, .cookie = text, .type = text};
    if (request_cookie(&request, "selenga", value, sizeof value)) assert(strlen(value) < sizeof value);
    static const console_names_t names = {{"school.local", "fd00::1"}, 2};
    assert(!request_is_for_us(text, 7780, &names) || strstr(text, ":7780") != NULL);
    request.secure = true;
    if (request_cookie(&request, "selenga", value, sizeof value))
        assert(strstr(text, REQUEST_SECURE_COOKIE) != NULL);
    console_names_t read;
    why_t why;
    if (console_names(text, &read, &why) == 0)
        for (size_t i = 0; i < read.n; i++) assert(*read.names[i] != '\0');
    (void)request_is_ours(&request);
    (void)request_has_form(&request);
    free(text);
    return 0;
}
