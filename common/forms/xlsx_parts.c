// SPDX-License-Identifier: Apache-2.0
// See xlsx_private.h.
#include "common/forms/xlsx_private.h"
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    BLOCK = 16 * 1024,
    PART_MAX = 1024 * 1024 * 1024, // bytes of a part, unpacked
    RATIO_MAX = 300,               // of what a part unpacks to
    RATIO_FROM = 1024 * 1024,      // below which no ratio counts
};

void xlsx_fail(xlsx_book_t *book)
{
    book->failed = true;
    if (book->parser != NULL) XML_StopParser(book->parser, XML_FALSE);
}

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

// Both kinds of data begin with the book.
static void take_text(void *data, const XML_Char *bytes, int n)
{
    xlsx_book_t *book = *(xlsx_book_t **)data;
    if (!book->text.on) return;
    if (book->text.used + (size_t)n >= XLSX_TEXT_MAX) {
        xlsx_fail(book);
        return;
    }
    memcpy(book->text.bytes + book->text.used, bytes, (size_t)n);
    book->text.used += (size_t)n;
    book->text.bytes[book->text.used] = '\0';
}

// No table program writes a document type; what defines entities may grow without end.
static void refuse_doctype(void *data, const XML_Char *name, const XML_Char *system, const XML_Char *public,
                           int internal)
{
    (void)name, (void)system, (void)public, (void)internal;
    xlsx_fail(*(xlsx_book_t **)data);
}

static bool is_bomb(const zip_stat_t *stat)
{
    bool sized = (stat->valid & ZIP_STAT_SIZE) != 0 && (stat->valid & ZIP_STAT_COMP_SIZE) != 0;
    return !sized || stat->size > PART_MAX ||
           (stat->size > RATIO_FROM && stat->size / RATIO_MAX > stat->comp_size);
}

static bool parse(xlsx_book_t *book, zip_file_t *file, uint64_t size)
{
    for (;;) {
        void *block = XML_GetBuffer(book->parser, BLOCK);
        zip_int64_t n = block != NULL ? zip_fread(file, block, BLOCK) : -1;
        if (n < 0 || (uint64_t)n > size) return false; // more than the archive said
        size -= (uint64_t)n;
        if (XML_ParseBuffer(book->parser, (int)n, n == 0) != XML_STATUS_OK || book->failed) return false;
        if (n == 0) return true;
    }
}

bool xlsx_read_part(xlsx_book_t *book, const char *name, bool may_lack, XML_StartElementHandler start,
                    XML_EndElementHandler end, void *data)
{
    zip_stat_t stat;
    if (zip_stat(book->zip, name, 0, &stat) != 0) return may_lack;
    if (is_bomb(&stat)) return false;
    zip_file_t *file = zip_fopen(book->zip, name, 0);
    if (file == NULL) return false; // locked by a password, too
    book->parser = XML_ParserCreate(NULL);
    XML_SetUserData(book->parser, data);
    XML_SetElementHandler(book->parser, start, end);
    XML_SetCharacterDataHandler(book->parser, take_text);
    XML_SetStartDoctypeDeclHandler(book->parser, refuse_doctype);
    bool ok = parse(book, file, stat.size);
    XML_ParserFree(book->parser);
    book->parser = NULL;
    zip_fclose(file);
    return ok && !book->failed;
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
        if (book->n_formats == XLSX_STYLES_MAX) return xlsx_fail(book);
        book->formats = xrealloc(book->formats, (book->n_formats + 1) * sizeof *book->formats);
        book->formats[book->n_formats++] = (unsigned)strtoul(number, NULL, 10);
    }
    if (xlsx_is(element, "cellXfs")) book->in_formats = true;
    if (!book->in_formats || !xlsx_is(element, "xf")) return;
    if (book->n_styles == XLSX_STYLES_MAX) return xlsx_fail(book);
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
    if (book->texts_used + size > XLSX_TEXTS_MAX) return xlsx_fail(book);
    if (book->texts_used + size > book->texts_room) {
        book->texts_room = 2 * book->texts_room + size;
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
