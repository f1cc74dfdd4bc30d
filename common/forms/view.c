// SPDX-License-Identifier: Apache-2.0
#include "common/forms/view.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#include "common/base/arena.h"
#include "common/base/date.h"
#include "common/forms/words.h"
#include "common/schema/ids.h"

view_t view_for(lang_t lang)
{
    return (view_t){lang == LANG_EN ? VIEW_CODES : VIEW_WORDS, lang};
}

// --- values

const char *view_name(const field_rule_t *field, view_t view)
{
    return view.form == VIEW_WORDS ? bilingual_in(&field->label, view.lang) : field->name;
}

static const char *word_text(const field_rule_t *field, const char *code, lang_t lang)
{
    const field_word_t *word = field_word(field, slice_text(code));
    return word ? bilingual_in(&word->label, lang) : code;
}

// Each code's word; a code without one stands as it is. What does not fit is left out whole.
static const char *set_text(const field_rule_t *field, const char *codes, lang_t lang, char *buffer)
{
    size_t used = 0;
    buffer[0] = '\0';
    while (*codes) {
        size_t n = strcspn(codes, ";");
        const field_word_t *word = field_word(field, slice(codes, n));
        const char *text = word ? bilingual_in(&word->label, lang) : codes;
        size_t size = word ? strlen(text) : n;
        if (used + size + sizeof "; " > VIEW_TEXT) break;
        used +=
            (size_t)snprintf(buffer + used, VIEW_TEXT - used, "%s%.*s", used ? "; " : "", (int)size, text);
        codes += n + (codes[n] == ';');
    }
    return buffer;
}

const char *view_day(int32_t days, lang_t lang, char buffer[static VIEW_TEXT])
{
    return i18n_day(lang, days, buffer);
}

const char *view_day_text(const char *text, lang_t lang, char buffer[static VIEW_TEXT])
{
    int32_t days;
    return text != NULL && date_parse(text, &days) ? view_day(days, lang, buffer) : text;
}

const char *view_moment(int64_t unix_s, lang_t lang, char buffer[static VIEW_TEXT])
{
    struct tm at;
    time_t moment = (time_t)unix_s;
    bool good = lang == LANG_RU && localtime_r(&moment, &at) != NULL;
    if (good && strftime(buffer, VIEW_TEXT, "%d.%m.%Y %H:%M", &at) > 0) return buffer;
    return moment_text(unix_s, buffer);
}

static const char *decimal_words(const char *text, lang_t lang, char *buffer)
{
    if (text != buffer) text_copy(buffer, VIEW_TEXT, text);
    char *point = strchr(buffer, '.');
    if (point && lang == LANG_RU) *point = ',';
    return buffer;
}

static const char *words_text(const kind_rule_t *kind, const body_t *body, size_t i, lang_t lang,
                              char *buffer)
{
    const field_rule_t *field = &kind->fields[i];
    switch (field->type) {
    case FIELD_ENUM:
        return word_text(field, body_str(kind, body, i), lang);
    case FIELD_SET:
        return set_text(field, body_str(kind, body, i), lang, buffer);
    case FIELD_BOOL:
        return body_int(kind, body, i) != 0 ? i18n_in(lang, "yes") : i18n_in(lang, "no");
    case FIELD_DATE:
        return view_day((int32_t)body_int(kind, body, i), lang, buffer);
    case FIELD_DECIMAL:
        return decimal_words(body_print(kind, body, i, buffer), lang, buffer);
    case FIELD_TEXT:
    case FIELD_INT:
    case FIELD_REF:
    case FIELD_REFS:
    case FIELD_ANY_REF:
    case FIELD_BYTES:
    case FIELD_DIGITS:
        break;
    }
    return body_print(kind, body, i, buffer);
}

const char *view_value(const kind_rule_t *kind, const body_t *body, size_t i, view_t view,
                       char buffer[static VIEW_TEXT])
{
    if (!body_has(kind, body, i)) return "";
    if ((kind->fields[i].flags & F_REASON) != 0)
        return reason_text_in(body_str(kind, body, i), view.lang, buffer);
    if ((kind->fields[i].flags & F_MOMENT) != 0)
        return view.form == VIEW_WORDS ? view_moment(body_int(kind, body, i), view.lang, buffer)
                                       : moment_text(body_int(kind, body, i), buffer);
    if (view.form == VIEW_WORDS) return words_text(kind, body, i, view.lang, buffer);
    return body_print(kind, body, i, buffer);
}

// --- records

// The record's body, or NULL when it is a tombstone, of an unknown kind, or damaged.
static body_t *read_body(const kind_rule_t *kind, const Selenga__Record *record, arena_t *arena)
{
    body_t *body = NULL;
    if (!kind || record->deleted) return NULL;
    if (body_unpack(kind, slice(record->body.data, record->body.len), arena, &body, NULL) != 0) return NULL;
    return body;
}

view_result_t view_lines(const Selenga__Record *record, view_t view, view_line_t *line, void *context)
{
    const kind_rule_t *kind = kind_by_number(record->kind);
    char home[PATH_TEXT] = "", version[64], value[VIEW_TEXT];
    path_t path;
    if (path_from_bytes(slice(record->home.data, record->home.len), &path)) path_text(&path, home);
    line(context, i18n_in(view.lang, "organisation"), record->org ? record->org : "-");
    line(context, i18n_in(view.lang, "home"), home);
    snprintf(version, sizeof version, "%" PRIu32 ".%" PRIu64 ".%016" PRIx64, record->inc, record->seq,
             record->boot);
    line(context, i18n_in(view.lang, "version"), version);
    AUTO(arena_destroy) arena_t *arena = arena_new(record->body.len);
    const body_t *body = read_body(kind, record, arena);
    for (size_t i = 0; body && i < kind->n_fields; i++)
        if (body_has(kind, body, i))
            line(context, view_name(&kind->fields[i], view), view_value(kind, body, i, view, value));
    return body ? VIEW_WHOLE : record->deleted ? VIEW_DELETED : VIEW_UNREADABLE;
}

// --- lists

void view_columns(grid_t *grid, const kind_rule_t *kind, view_t view)
{
    if (!kind || !kind_has_key(kind)) grid_column(grid, i18n_in(view.lang, "id"));
    if (!kind) grid_column(grid, i18n_in(view.lang, "organisation"));
    for (size_t i = 0; kind && i < kind->n_fields; i++)
        if ((kind->fields[i].flags & F_LIST) != 0) grid_column(grid, view_name(&kind->fields[i], view));
}

void view_row(grid_t *grid, const kind_rule_t *kind, const Selenga__Record *record, view_t view)
{
    char value[VIEW_TEXT], id[RID_TEXT];
    if (!kind || !kind_has_key(kind)) grid_cell(grid, words_id(&record->id, id));
    if (!kind) grid_cell(grid, record->org);
    AUTO(arena_destroy) arena_t *arena = arena_new(record->body.len);
    const body_t *body = read_body(kind, record, arena);
    for (size_t i = 0; kind && i < kind->n_fields; i++)
        if ((kind->fields[i].flags & F_LIST) != 0)
            grid_cell(grid, body ? view_value(kind, body, i, view, value) : NULL);
}
