// SPDX-License-Identifier: Apache-2.0
// Objects of a JSON document one by one. A scanner that knows strings and brackets cuts them out, bounded in
// size and depth; jansson then sees one at a time. So an array of a million records needs memory for one, and
// 10,000 open brackets are refused at the ninth.
#include "common/base/i18n.h"
#include "common/forms/json.h"
#include <errno.h>
#include <string.h>

struct json_stream {
    FILE *in;
    char *text; // JSON_RECORD_MAX bytes
    size_t line, began;
    enum { AT_START, AFTER_OBJECT, AFTER_ELEMENT, AT_END } state;
};

json_stream_t *json_stream_new(FILE *in)
{
    json_stream_t *stream = xcalloc(1, sizeof *stream);
    stream->in = in;
    stream->text = xmalloc(JSON_RECORD_MAX);
    stream->line = stream->began = 1;
    return stream;
}

void json_stream_destroy(json_stream_t **stream_p)
{
    if (*stream_p == NULL) return;
    xfree(&(*stream_p)->text);
    xfree(stream_p);
}

size_t json_stream_line(const json_stream_t *stream)
{
    return stream->began;
}

static int next_char(json_stream_t *s)
{
    int c = getc_unlocked(s->in);
    s->line += c == '\n';
    return c;
}

static int next_token(json_stream_t *s)
{
    int c;
    do c = next_char(s);
    while (c == ' ' || c == '\t' || c == '\r' || c == '\n');
    return c;
}

static int fail(json_stream_t *s, const char *code, const char *first, const char *second, fault_t *ret_fault)
{
    s->state = AT_END;
    fault_set(ret_fault, code, NULL, first, second);
    return JSON_E_FAULT;
}

static int fail_syntax(json_stream_t *s, size_t line, const char *what, fault_t *ret_fault)
{
    char text[32];
    snprintf(text, sizeof text, "%zu", line);
    return fail(s, "JSON-SYNTAX", text, what, ret_fault);
}

static int fail_bound(json_stream_t *s, const char *code, int bound, fault_t *ret_fault)
{
    char text[32];
    snprintf(text, sizeof text, "%d", bound);
    return fail(s, code, text, NULL, ret_fault);
}

// Cuts out the object whose opening brace was just read. Brackets are only counted: jansson matches them.
static int cut_object(json_stream_t *s, size_t *ret_size, fault_t *ret_fault)
{
    size_t n = 0;
    int depth = 0, c = '{';
    bool in_string = false, escaped = false;
    s->began = s->line;
    for (;; c = next_char(s)) {
        if (c == EOF) return fail_syntax(s, s->line, N_("the text ends within a record"), ret_fault);
        if (n == JSON_RECORD_MAX) return fail_bound(s, "JSON-SIZE", JSON_RECORD_MAX, ret_fault);
        s->text[n++] = (char)c;
        if (in_string) {
            in_string = escaped || c != '"';
            escaped = !escaped && c == '\\';
        } else if (c == '"') {
            in_string = true;
        } else if (c == '{' || c == '[') {
            if (++depth > JSON_DEPTH_MAX) return fail_bound(s, "JSON-DEPTH", JSON_DEPTH_MAX, ret_fault);
        } else if ((c == '}' || c == ']') && --depth == 0) {
            *ret_size = n;
            return 0;
        }
    }
}

// jansson says it in English only.
static const char *what_is_wrong(const json_error_t *error)
{
    static const struct {
        enum json_error_code code;
        const char *text;
    } WRONG[] = {{json_error_invalid_utf8, N_("this is not text in UTF-8")},
                 {json_error_duplicate_key, N_("a name stands there twice")},
                 {json_error_numeric_overflow, N_("the number is too large")},
                 {json_error_null_character, N_("it holds a NUL character")},
                 {json_error_null_byte_in_key, N_("it holds a NUL character")},
                 {json_error_premature_end_of_input, N_("the text ends within a record")}};
    for (size_t i = 0; i < ARRAY_SIZE(WRONG); i++)
        if (WRONG[i].code == json_error_code(error)) return WRONG[i].text;
    return N_("a name, a value, a comma, a colon or a bracket is missing or too much");
}

static int load_object(json_stream_t *s, json_t **ret_json, fault_t *ret_fault)
{
    size_t size = 0;
    json_error_t error;
    int rc = cut_object(s, &size, ret_fault);
    if (rc != 0) return rc;
    json_t *json = json_loadb(s->text, size, JSON_REJECT_DUPLICATES, &error);
    if (json == NULL) {
        size_t line = error.line > 0 ? s->began + (size_t)error.line - 1 : s->began;
        return fail_syntax(s, line, what_is_wrong(&error), ret_fault);
    }
    *ret_json = json;
    return 0;
}

static int end_of_text(json_stream_t *s, fault_t *ret_fault)
{
    if (next_token(s) != EOF) return fail(s, "JSON-SHAPE", NULL, NULL, ret_fault);
    if (ferror(s->in)) return fail_syntax(s, s->line, strerrordesc_np(EIO), ret_fault);
    s->state = AT_END;
    return JSON_E_END;
}

// The first character that counts; a byte order mark before it does not.
static int first_token(json_stream_t *s)
{
    int c = next_token(s);
    if (c == 0xef && next_char(s) == 0xbb && next_char(s) == 0xbf) c = next_token(s);
    return c;
}

int json_stream_next(json_stream_t *s, json_t **ret_json, fault_t *ret_fault)
{
    int c = 0;
    switch (s->state) {
    case AT_END:
        return JSON_E_END;
    case AFTER_ELEMENT:
        c = next_token(s);
        if (c == ']') return end_of_text(s, ret_fault);
        if (c != ',')
            return fail_syntax(s, s->line, N_("a comma or the closing bracket is expected"), ret_fault);
        c = next_token(s);
        break;
    case AFTER_OBJECT: // a single object was the whole document
        return end_of_text(s, ret_fault);
    case AT_START:
        c = first_token(s);
        if (c == '{') {
            s->state = AFTER_OBJECT;
            return load_object(s, ret_json, ret_fault);
        }
        if (c != '[') return fail(s, "JSON-SHAPE", NULL, NULL, ret_fault);
        c = next_token(s);
        if (c == ']') return end_of_text(s, ret_fault);
        break;
    }
    if (c != '{') return fail(s, "JSON-SHAPE", NULL, NULL, ret_fault);
    s->state = AFTER_ELEMENT;
    return load_object(s, ret_json, ret_fault);
}
