// SPDX-License-Identifier: Apache-2.0
#include "services/console/choices.h"
#include "common/base/text.h"
#include "common/forms/find.h"
#include "common/forms/layout.h"
#include "services/console/parts.h"
#include <ctype.h>
#include <stdio.h>

typedef struct choice {
    const fields_t *fields;
    size_t i;
    bool many; // of several references
} choice_t;

static void write_name(html_t *html, const choice_t *of, const char *mark)
{
    html_raw(html, " name=\"");
    html_text(html, mark);
    html_text(html, of->fields->prefix);
    html_text(html, of->fields->kind->fields[of->i].name);
    html_raw(html, "\"");
}

// focus: without the script the reader goes on here.
static void write_choice(html_t *html, const choice_t *of, const char *ref, bool chosen, bool focus)
{
    char name[VIEW_TEXT];
    html_raw(html, "<label><input");
    html_attribute(html, "type", of->many ? "checkbox" : "radio");
    write_name(html, of, "f.");
    html_attribute(html, "value", ref);
    if (chosen) html_raw(html, " checked");
    if (focus) html_raw(html, " autofocus");
    html_raw(html, "> <span>");
    if (*ref == '\0') {
        html_text(html, _("not said"));
    } else if (*picker_name(of->fields->picker, of->i, ref, name) != '\0') {
        html_text(html, name);
        html_raw(html, " <span class=\"muted\">");
        html_text(html, ref);
        html_raw(html, "</span>");
    } else {
        html_text(html, ref);
    }
    html_raw(html, "</span></label> ");
}

static bool is_held(const choice_t *of, const char *ref)
{
    bool done = false;
    slice_t rest = slice_text(of->fields->texts[of->i]), piece;
    if (!of->many) return strcmp(of->fields->texts[of->i], ref) == 0;
    while (text_next_piece(&rest, ';', &done, &piece))
        if (slice_equal(text_trim(piece), slice_text(ref))) return true;
    return false;
}

static void write_held(html_t *html, const choice_t *of, bool chosen)
{
    char ref[FIELD_TEXT_MAX];
    bool done = false;
    slice_t rest = slice_text(of->fields->texts[of->i]), piece = rest;
    while (of->many ? text_next_piece(&rest, ';', &done, &piece) : !done) {
        piece = text_trim(piece);
        done |= !of->many;
        if (piece.size == 0 || piece.size >= sizeof ref) continue;
        memcpy(ref, piece.data, piece.size);
        ref[piece.size] = '\0';
        write_choice(html, of, ref, chosen, false);
    }
}

void choices_write(html_t *html, const fields_t *fields, size_t i)
{
    const field_rule_t *field = &fields->kind->fields[i];
    const choice_t of = {fields, i, field->type == FIELD_REFS};
    size_t n;
    bool more, any = *fields->texts[i] != '\0';
    bool answered = picker_answers(fields->picker, i, &n, &more);
    bool sure = answered && picker_sure(fields->picker);
    if (!answered) n = 0;
    if (answered && *picker_words(fields->picker, i) != '\0') {
        html_raw(html, "<input type=\"hidden\"");
        write_name(html, &of, "w.");
        html_attribute(html, "value", picker_words(fields->picker, i));
        html_raw(html, ">");
    }
    bool taken = sure && is_held(&of, picker_hit(fields->picker, 0));
    write_held(html, &of, of.many || taken || !sure);
    for (size_t k = 0; k < n; k++) {
        const char *ref = picker_hit(fields->picker, k);
        if (!is_held(&of, ref)) write_choice(html, &of, ref, sure && k == 0, k == 0);
        any = true;
    }
    if (any && !of.many && (field->flags & F_REQUIRED) == 0) write_choice(html, &of, "", false, false);
}

const char *choices_said(const fields_t *fields, size_t i, char *buf, size_t size)
{
    size_t n;
    bool more;
    char other[2 * FIND_MAX + 1];
    const char *words = picker_words(fields->picker, i);
    buf[0] = '\0';
    if (!picker_answers(fields->picker, i, &n, &more)) return buf;
    if (*words == '\0')
        snprintf(buf, size, "%s", _("Type a part of a name or a code."));
    else if (n == 0 && isascii(words[0]) && layout_other(words, other, sizeof other))
        snprintf(buf, size, _("Nothing fits. Was '%s' meant?"), other);
    else if (n == 0)
        snprintf(buf, size, "%s", _("Nothing fits. A part of a name or a code is enough."));
    else if (more)
        snprintf(buf, size, _("The first %zu of more: narrow the search."), n);
    else
        snprintf(buf, size, i18n_n("%zu fits.", "%zu fit.", n), n);
    return buf;
}

void choices_note(page_t *page, const fields_t *fields)
{
    if (page->request->post && page->status == 200 && picker_seeks(page, fields))
        part_note(&page->body, PART_PLAIN,
                  _("Choose who or what is meant. Nothing is saved yet; all that you typed is here."));
}

void choices_open(html_t *html)
{
    html_raw(html, "<button hidden></button>");
}
