// SPDX-License-Identifier: Apache-2.0
// See xlsx_private.h: names, styles, shared texts.
#include "common/forms/xlsx_private.h"
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

bool xlsx_is(const XML_Char *element, const char *name)
{
    const char *colon = strchr(element, ':');
    return strcmp(colon != NULL ? colon + 1 : element, name) == 0;
}

const char *xlsx_attribute(const XML_Char **attributes, const char *name)
{
    for (; *attributes != NULL; attributes += 2)
        if (strcmp(attributes[0], name) == 0) return attributes[1];
    return NULL;
}

void xlsx_text_begin(xlsx_book_t *book)
{
    if (book->text.bytes == NULL) book->text.bytes = xmalloc(XLSX_TEXT_MAX);
    book->text.used = 0;
    book->text.bytes[0] = '\0';
}

// --- which sheet -----------------------------------------------------------------------------------

static void start_workbook(void *data, const XML_Char *element, const XML_Char **attributes)
{
    xlsx_book_t *book = *(xlsx_book_t **)data;
    if (xlsx_is(element, "workbookPr")) {
        const char *value = xlsx_attribute(attributes, "date1904");
        book->is_1904 = value != NULL && (strcmp(value, "1") == 0 || strcmp(value, "true") == 0);
    }
    const char *id = xlsx_is(element, "sheet") ? xlsx_attribute(attributes, "r:id") : NULL;
    if (id != NULL && book->sheet_id[0] == '\0') snprintf(book->sheet_id, sizeof book->sheet_id, "%s", id);
}

static void start_relations(void *data, const XML_Char *element, const XML_Char **attributes)
{
    xlsx_book_t *book = *(xlsx_book_t **)data;
    const char *id = xlsx_attribute(attributes, "Id"), *target = xlsx_attribute(attributes, "Target");
    if (!xlsx_is(element, "Relationship") || id == NULL || target == NULL || strcmp(id, book->sheet_id) != 0)
        return;
    if (target[0] == '/')
        snprintf(book->sheet, sizeof book->sheet, "%s", target + 1);
    else
        snprintf(book->sheet, sizeof book->sheet, "xl/%s", target);
}

// --- styles ----------------------------------------------------------------------------------------

// "dd.mm.yyyy" and its like: d, m or y that is no part of a quoted text or of a condition.
static bool shows_days(const char *format)
{
    bool quoted = false, bracket = false;
    for (const char *c = format; *c != '\0'; c++) {
        if (*c == '"') quoted = !quoted;
        if (*c == '[') bracket = true;
        if (*c == ']') bracket = false;
        if (*c == '\\' && c[1] != '\0') {
            c++;
            continue;
        }
        if (!quoted && !bracket && strchr("dyDY", *c) != NULL) return true;
    }
    return false;
}

static bool is_day_format(const xlsx_book_t *book, unsigned number)
{
    if ((number >= 14 && number <= 17) || number == 22) return true;
    for (size_t i = 0; i < book->n_formats; i++)
        if (book->formats[i] == number) return true;
    return false;
}

static void start_styles(void *data, const XML_Char *element, const XML_Char **attributes)
{
    xlsx_book_t *book = *(xlsx_book_t **)data;
    const char *number = xlsx_attribute(attributes, "numFmtId"),
               *code = xlsx_attribute(attributes, "formatCode");
    if (xlsx_is(element, "numFmt") && number != NULL && code != NULL && shows_days(code)) {
        if (book->n_formats == XLSX_FORMATS_MAX) return xlsx_too_large(book);
        book->formats = xrealloc(book->formats, (book->n_formats + 1) * sizeof *book->formats);
        book->formats[book->n_formats++] = (unsigned)strtoul(number, NULL, 10);
    }
    if (xlsx_is(element, "cellXfs")) book->in_formats = true;
    if (!book->in_formats || !xlsx_is(element, "xf")) return;
    if (book->n_styles == XLSX_STYLES_MAX) return xlsx_too_large(book);
    book->is_day = xrealloc(book->is_day, (book->n_styles + 1) * sizeof *book->is_day);
    book->is_day[book->n_styles++] =
        number != NULL && is_day_format(book, (unsigned)strtoul(number, NULL, 10));
}

static void end_styles(void *data, const XML_Char *element)
{
    if (xlsx_is(element, "cellXfs")) (*(xlsx_book_t **)data)->in_formats = false;
}

// --- shared texts ----------------------------------------------------------------------------------

static void start_texts(void *data, const XML_Char *element, const XML_Char **attributes)
{
    xlsx_book_t *book = *(xlsx_book_t **)data;
    (void)attributes;
    if (xlsx_is(element, "si")) xlsx_text_begin(book);
    if (xlsx_is(element, "rPh")) book->phonetic = true;
    if (xlsx_is(element, "t") && !book->phonetic) book->text.on = book->text.bytes != NULL;
}

static void keep_text(xlsx_book_t *book)
{
    size_t size = book->text.used + 1;
    size_t places = (book->n_texts + 1) * sizeof *book->places;
    if (book->texts_used + size + places > XLSX_TEXTS_MAX) return xlsx_too_large(book);
    if (book->texts_used + size > book->texts_room) {
        book->texts_room = 2 * book->texts_room + size;
        if (book->texts_room > XLSX_TEXTS_MAX) book->texts_room = XLSX_TEXTS_MAX;
        book->texts = xrealloc(book->texts, book->texts_room);
    }
    if (book->n_texts == book->texts_size) {
        book->texts_size = 2 * book->texts_size + 64;
        book->places = xrealloc(book->places, book->texts_size * sizeof *book->places);
    }
    memcpy(book->texts + book->texts_used, book->text.bytes, size);
    book->places[book->n_texts++] = book->texts_used;
    book->texts_used += size;
}

static void end_texts(void *data, const XML_Char *element)
{
    xlsx_book_t *book = *(xlsx_book_t **)data;
    if (xlsx_is(element, "t")) book->text.on = false;
    if (xlsx_is(element, "rPh")) book->phonetic = false;
    if (xlsx_is(element, "si") && book->text.bytes != NULL) keep_text(book);
}

static void end_nothing(void *data, const XML_Char *element)
{
    (void)data, (void)element;
}

bool xlsx_read_book(xlsx_book_t *book)
{
    snprintf(book->sheet, sizeof book->sheet, "xl/worksheets/sheet1.xml");
    return xlsx_read_part(book, "xl/workbook.xml", false, start_workbook, end_nothing, &book) &&
           xlsx_read_part(book, "xl/_rels/workbook.xml.rels", true, start_relations, end_nothing, &book) &&
           xlsx_read_part(book, "xl/styles.xml", true, start_styles, end_styles, &book) &&
           xlsx_read_part(book, "xl/sharedStrings.xml", true, start_texts, end_texts, &book);
}

void xlsx_book_clear(xlsx_book_t *book)
{
    if (book->zip != NULL) zip_discard(book->zip);
    xfree(&book->texts);
    xfree(&book->places);
    xfree(&book->is_day);
    xfree(&book->formats);
    xfree(&book->text.bytes);
}
