// SPDX-License-Identifier: Apache-2.0
// JSON on stdout.
#include "services/cli/output.h"

#include <stdio.h>

#include "common/base/date.h"
#include "common/base/util.h"
#include "common/forms/json.h"
#include "services/cli/terminal.h"

enum {
    DOCUMENT_FLAGS = JSON_INDENT(2) | JSON_EXACT,
    ELEMENT_FLAGS = JSON_COMPACT | JSON_EXACT,
};

// JSON may escape any character: what could command a terminal is escaped wherever the document goes. The
// library escapes C0 itself and hands over whole characters.
static int write_some(const char *text, size_t size, void *to)
{
    AUTO(xfree) char *buf = xmalloc(TERMINAL_ESCAPE * size + 1);
    size_t n = terminal_escape(text, size, buf);
    return fwrite(buf, 1, n, to) == n ? 0 : -1;
}

void output_json(json_t **document)
{
    json_dump_callback(*document, write_some, stdout, DOCUMENT_FLAGS);
    fputc('\n', stdout);
    json_decref(*document);
    *document = NULL;
}

void output_array_begin(output_array_t *self)
{
    self->n = 0;
    fputc('[', stdout);
}

void output_array_add(output_array_t *self, json_t **element)
{
    fputs(self->n++ ? ",\n" : "\n", stdout);
    json_dump_callback(*element, write_some, stdout, ELEMENT_FLAGS);
    json_decref(*element);
    *element = NULL;
}

void output_array_end(output_array_t *self)
{
    fputs(self->n ? "\n]\n" : "]\n", stdout);
}

json_t *output_text(const char *text)
{
    json_t *json = text && *text ? json_string(text) : NULL;
    return json ? json : json_null();
}

const char *output_time_text(int64_t unix_s, char buf[OUTPUT_TIME_TEXT])
{
    return moment_text(unix_s, buf)[0] != '\0' ? buf : NULL;
}

json_t *output_time(bool known, int64_t unix_s)
{
    char text[OUTPUT_TIME_TEXT];
    return output_text(known ? output_time_text(unix_s, text) : NULL);
}

json_t *output_integer(bool known, int64_t number)
{
    return known ? json_integer(number) : json_null();
}
